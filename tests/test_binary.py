"""Where binary losses differ from the library that defines them, and what they refuse or warn of."""

from __future__ import annotations

from typing import Any

import pytest

import losscli
from losscli.errors import LosscliWarning, UsageError


def test_soft_margin_stays_finite_where_pytorch_overflows() -> None:
    assert losscli.soft_margin([-800.0, 1e300], [1, -1]).value.tolist() == [800.0, 1e300]


@pytest.mark.parametrize("loss", [losscli.hinge, losscli.squared_hinge, losscli.soft_margin])
def test_labels_0_and_1_are_taken_as_signs_with_a_warning(loss: Any) -> None:
    with pytest.warns(LosscliWarning, match="taken as -1 and 1"):
        found = loss([0.5, 0.5], [0, 1]).value
    assert found.tolist() == loss([0.5, 0.5], [-1, 1]).value.tolist()


def test_focal_takes_an_alpha_between_0_and_1_or_none() -> None:
    assert losscli.sigmoid_focal([0.3], [1], alpha=-1).mean == pytest.approx(
        losscli.sigmoid_focal([0.3], [1], alpha=0.25).mean / 0.25
    )
    with pytest.raises(UsageError, match="alpha"):
        losscli.sigmoid_focal([0.3], [1], alpha=-0.5)
