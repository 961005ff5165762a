"""Labels that are -1 or 1."""

from typing import Any

import numpy as np
import pytest

import losscli
from losscli.compute.arguments import BLOCK
from losscli.errors import DataError, LosscliWarning


@pytest.mark.parametrize("loss", [losscli.hinge, losscli.squared_hinge])
def test_labels_0_and_1_are_taken_as_signs_with_a_warning(loss: Any) -> None:
    with pytest.warns(LosscliWarning, match="taken as -1 and 1"):
        found = loss([0.5, 0.5], [0, 1]).value
    assert found.tolist() == loss([0.5, 0.5], [-1, 1]).value.tolist()


@pytest.mark.parametrize(
    "call",
    [
        lambda labels: losscli.margin_ranking([1.0, 2.0], [2.0, 1.0], labels, margin=0.5),
        lambda labels: losscli.hinge_embedding([0.25, 0.5], labels),
        lambda labels: losscli.soft_margin([1.0, 2.0], labels),
        lambda labels: losscli.cosine_embedding([[1.0], [2.0]], [[1.0], [2.0]], labels),
    ],
)
def test_labels_that_are_all_0_or_1_are_refused_and_other_numbers_are_used_with_a_warning(call: Any) -> None:
    for labels in ([1, 0], [0, 0], [True, False]):
        with pytest.raises(DataError, match=r"labels holds only 0 and 1, but a label is -1 or 1\. Write -1 for 0\."):
            call(labels)
    call([1, 1])
    with pytest.warns(LosscliWarning, match=r"^labels\[1\] is 0, but a label should be -1 or 1. It is used as it is.$"):
        assert np.isfinite(call([-1, 0]).loss)


def test_labels_neither_1_nor_minus_1_mean_what_they_mean_in_pytorch() -> None:
    with pytest.warns(LosscliWarning, match="should be -1 or 1"):
        assert losscli.hinge_embedding([0.25, 3.0], [0.5, 2]).value.tolist() == [1.0, 3.0]
    with pytest.warns(LosscliWarning, match="should be -1 or 1"):
        assert losscli.cosine_embedding([[1.0], [1.0]], [[1.0], [1.0]], [0.5, -1]).value.tolist() == [
            0.0,
            pytest.approx(1, abs=1e-11),
        ]
    with pytest.warns(LosscliWarning, match="should be -1 or 1"):
        assert losscli.margin_ranking([3.0], [1.0], [-2]).loss == 4
    with pytest.warns(LosscliWarning, match="should be -1 or 1"):
        assert losscli.soft_margin([3.0], [-0.5]).loss == losscli.soft_margin([1.5], [-1]).loss
    with pytest.warns(LosscliWarning, match="should be -1 or 1"):
        assert losscli.hinge([3.0], [-0.5]).loss == 2.5


def test_all_rows_say_whether_labels_are_0_and_1_and_not_only_those_of_a_block() -> None:
    labels = np.repeat([-1.0, 0.0], BLOCK + 5)
    with pytest.warns(LosscliWarning) as said:
        losscli.soft_margin(np.zeros(labels.size), labels)
    assert [str(w.message) for w in said] == [
        f"labels[{BLOCK + 5}] is 0, but a label should be -1 or 1. It is used as it is."
    ]
    with pytest.raises(DataError, match="only 0 and 1"):
        losscli.soft_margin(np.zeros(labels.size), abs(labels))
