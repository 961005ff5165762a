"""Where multiclass losses differ from the library that defines them, and what they refuse or warn of."""

from __future__ import annotations

import numpy as np
import pytest

import losscli
from losscli.errors import DataError, LosscliWarning


def test_alpha_of_focal_softmax_is_a_number_or_one_a_class() -> None:
    one = losscli.categorical_focal_cross_entropy([[0.1, 0.2], [1.0, 2.0]], [0, 1], alpha=0.5)
    each = losscli.categorical_focal_cross_entropy([[0.1, 0.2], [1.0, 2.0]], [0, 1], alpha=[0.5, 0.5])
    assert one.value.tolist() == each.value.tolist()
    with pytest.raises(DataError, match="alpha"):
        losscli.categorical_focal_cross_entropy([[0.1, 0.2]], [0], alpha=[1, 2, 3])


def test_brier_warns_of_rows_that_are_no_probabilities() -> None:
    with pytest.warns(LosscliWarning, match="do not sum to 1"):
        assert losscli.brier_score([[0.5, 0.2, 0.1]], [0]).mean == pytest.approx(0.3)


def test_the_gradient_of_cross_entropy_behind_a_layer_is_that_of_the_hidden_vectors() -> None:
    hidden, matrix = np.array([[0.5, -1.0]]), np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    gradient = losscli.linear_cross_entropy(hidden, matrix, [2]).gradient()
    np.testing.assert_allclose(gradient, losscli.cross_entropy(hidden @ matrix.T, [2]).gradient() @ matrix)
