"""Where embedding losses differ from the library that defines them, and what they refuse or warn of."""

from __future__ import annotations

import numpy as np
import pytest

import losscli
from losscli.errors import DataError, LosscliWarning


def test_a_vector_of_zeros_has_no_direction() -> None:
    with pytest.warns(LosscliWarning, match="input2 has a vector of zeros"):
        result = losscli.cosine_distance([[1.0, 2.0]], [[0.0, 0.0]])
    assert result.value.tolist() == [1.0]
    assert result.gradient().tolist() == [[0.0, 0.0]]


def test_the_cosine_distance_of_nearly_parallel_vectors_keeps_its_digits() -> None:
    found = losscli.cosine_distance([[1.0, 0.0], [1.0, 0.0], [1e-300, 0.0]], [[1.0, 1e-9], [1e200, 1e100], [2.0, 1e-9]])
    np.testing.assert_allclose(found.value, [5e-19, 5e-201, 1.25e-19], rtol=1e-15)


def test_an_anchor_without_a_positive_does_not_count() -> None:
    embeddings = [[1.0, 0.0], [1.0, 0.2], [0.0, 1.0]]
    result = losscli.supervised_contrastive(embeddings, [0, 0, 7])
    assert (result.count, result.ignored, result.value[2]) == (2, 1, 0.0)
    assert result.mean == pytest.approx(result.sum / 2)


def test_a_batch_needs_rows_of_vectors() -> None:
    with pytest.raises(DataError, match="rows of vectors"):
        losscli.info_nce([1.0, 2.0], [1.0, 2.0])
    with pytest.raises(DataError, match="no rows"):
        losscli.info_nce(np.zeros((0, 2)), np.zeros((0, 2)))
