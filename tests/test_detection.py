"""Where the losses on boxes mean something else than torchvision, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

import losscli
from losscli.errors import DataError


def test_the_gradient_of_ciou_is_that_of_the_loss_where_torchvision_holds_alpha_constant() -> None:
    box, target = np.array([0.0, 0.0, 2.0, 1.0]), [1.0, 0.0, 3.0, 4.0]
    gradient = losscli.complete_box_iou(box, target).gradient()
    moved = [losscli.complete_box_iou(box + h * np.eye(4)[3], target).mean for h in (1e-6, -1e-6)]
    assert gradient[3] == pytest.approx((moved[0] - moved[1]) / 2e-6, rel=1e-6)


def test_a_box_with_no_width_and_no_height_has_a_number_where_torchvision_has_nan() -> None:
    assert losscli.complete_box_iou([1.0, 1, 1, 1], [0.0, 0, 2, 2]).mean == pytest.approx(1.0)


def test_boxes_nearly_alike_and_boxes_of_any_size_keep_their_digits() -> None:
    tiny = 2.0**-40
    loss = losscli.generalized_box_iou([0.0, 0, 1, 1], [0.0, 0, 1 + tiny, 1], eps=0).mean
    assert loss == pytest.approx(tiny / (1 + tiny), rel=1e-15)
    assert losscli.distance_box_iou([0.0, 0, 1e300, 1e300], [0.0, 0, 2e300, 1e300]).mean == pytest.approx(0.55)


def test_sides_in_the_wrong_order_are_named() -> None:
    with pytest.raises(DataError, match=r"input\[1, 2\] is 0.5, but a box is .*not x, y, width, height"):
        losscli.generalized_box_iou([[0, 0, 1, 1], [1, 1, 0.5, 2]], [[0, 0, 1, 1], [0, 0, 1, 1]])
    with pytest.raises(DataError, match="input has 5 numbers in a row, but takes 4"):
        losscli.generalized_box_iou([0, 0, 1, 1, 1], [0, 0, 1, 1])
