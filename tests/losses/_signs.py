"""Labels that are -1 or 1."""

from typing import Any

import pytest

import losscli
from losscli.errors import DataError, LosscliWarning


@pytest.mark.parametrize("loss", [losscli.hinge, losscli.squared_hinge, losscli.soft_margin])
def test_labels_0_and_1_are_taken_as_signs_with_a_warning(loss: Any) -> None:
    with pytest.warns(LosscliWarning, match="taken as -1 and 1"):
        found = loss([0.5, 0.5], [0, 1]).value
    assert found.tolist() == loss([0.5, 0.5], [-1, 1]).value.tolist()


def test_labels_0_and_1_are_refused_where_they_would_be_silently_wrong() -> None:
    said = r"labels\[1\] is 0, but a label is -1 or 1"
    with pytest.raises(DataError, match=said):
        losscli.margin_ranking([1.0, 2.0], [2.0, 1.0], [1, 0])
    with pytest.raises(DataError, match=said):
        losscli.hinge_embedding([1.0, 2.0], [1, 0])
    with pytest.raises(DataError, match=said):
        losscli.cosine_embedding([[1.0], [2.0]], [[1.0], [2.0]], [1, 0])
