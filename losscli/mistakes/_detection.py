"""The mistakes in the formulas of losses between boxes: a function a loss, under its name."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from losscli.compute.variants import Call
from losscli.mistakes import Variant, mistake, of_rows


def generalized_box_iou(call: Call) -> Iterator[Variant]:
    a, b = call.x, call.t
    both = np.maximum(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0).prod(axis=1)
    union = sum((c[:, 2:] - c[:, :2]).prod(axis=1) for c in (a, b)) - both
    with np.errstate(all="ignore"):
        iou = both / union
        logarithm = -np.log(iou)
    for name, value, what in (
        ("iou-for-giou", 1 - iou, "1 - IoU, without what is added for boxes that lie apart"),
        ("iou-log", logarithm, "minus the logarithm of the IoU (UnitBox)"),
    ):
        yield mistake(name, of_rows(call, value), what, "", "use the same loss.", 3, input=name)


complete_box_iou = distance_box_iou = generalized_box_iou
