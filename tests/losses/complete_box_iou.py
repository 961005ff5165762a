from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import losscli
from tests.losses import _boxes

arguments = _boxes.arguments


def reference(row: dict[str, Any]) -> dict[str, Any]:
    m = _boxes.measured(row)
    return _boxes.result(1 - m["IoU"] + m["moved"] + m["alpha"] * m["v"], m)


def formula(b: dict[str, Any]) -> Any:
    return 1 - b["iou"] + b["distance"] / b["diagonal"] + b["v"] ** 2 / (1 - b["iou"] + b["v"] + b["eps"])


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    """torchvision has no wheel for the environment that makes these: its published formula, written anew in torch."""
    return _boxes.golden_cases(rng, formula)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    yield from _boxes.claims(rng, formula)


def test_the_gradient_of_ciou_is_that_of_the_loss_where_torchvision_holds_alpha_constant() -> None:
    box, target = np.array([0.0, 0.0, 2.0, 1.0]), [1.0, 0.0, 3.0, 4.0]
    gradient = losscli.complete_box_iou(box, target).gradient()
    moved = [losscli.complete_box_iou(box + h * np.eye(4)[3], target).mean for h in (1e-6, -1e-6)]
    assert gradient[3] == pytest.approx((moved[0] - moved[1]) / 2e-6, rel=1e-6)


def test_a_box_with_no_width_and_no_height_has_a_number_where_torchvision_has_nan() -> None:
    assert losscli.complete_box_iou([1.0, 1, 1, 1], [0.0, 0, 2, 2]).mean == pytest.approx(1.0)
