"""Where margin losses differ from the library that defines them, and what they refuse or warn of."""

from __future__ import annotations

import pytest

import losscli
from losscli.errors import DataError


def test_labels_0_and_1_are_refused_where_they_would_be_silently_wrong() -> None:
    said = r"labels\[1\] is 0, but a label is -1 or 1"
    with pytest.raises(DataError, match=said):
        losscli.margin_ranking([1.0, 2.0], [2.0, 1.0], [1, 0])
    with pytest.raises(DataError, match=said):
        losscli.hinge_embedding([1.0, 2.0], [1, 0])
    with pytest.raises(DataError, match=said):
        losscli.cosine_embedding([[1.0], [2.0]], [[1.0], [2.0]], [1, 0])


def test_multi_hot_rows_are_no_lists_of_labels() -> None:
    with pytest.raises(DataError, match="looks multi-hot"):
        losscli.multilabel_margin([[0.1, 0.2, 0.4, 0.8]], [[1, 0, 0, 1]])
    with pytest.raises(DataError, match=r"labels\[0, 1\] is 4, but there are 4 classes"):
        losscli.multilabel_margin([[0.1, 0.2, 0.4, 0.8]], [[3, 4, -1, -1]])


def test_a_list_of_labels_may_be_shorter_than_the_row_of_scores() -> None:
    short = losscli.multilabel_margin([0.1, 0.2, 0.4, 0.8], [3, 0])
    assert short.mean == losscli.multilabel_margin([0.1, 0.2, 0.4, 0.8], [3, 0, -1, 1]).mean


def test_categorical_hinge_holds_no_0_for_the_label_itself_as_that_of_keras_does() -> None:
    assert losscli.categorical_hinge([-3.0, -2.0, 0.5], 2).mean == 0.0  # Keras: 0.5
