"""Boxes: what the losses on them measure, in mpmath and in torch operations as torchvision writes it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from mpmath import mp, mpf

import losscli
from losscli.errors import DataError


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    """Boxes with sides in order; tame ones have no side in common, where the losses have kinks."""
    rows = rows[:1]
    values: dict[str, Any] = {}
    if draw(st.booleans()):
        values["eps"] = draw(st.sampled_from([0.0, 1e-7, 1e-3]))
    unit = 1.0 if tame else draw(st.sampled_from([1.0, 1.0, 2.0**-300, 2.0**400, 2.0**-10]))
    ordinary = st.lists(st.integers(-12, 12).map(lambda n: n / 4), min_size=4, max_size=4, unique=tame)
    odd = st.lists(st.floats(-3, 3), min_size=4, max_size=4)
    size = int(np.prod(rows))
    found: dict[str, list[Any]] = {"input": [], "target": []}
    for _ in range(size):
        across, up = (draw(ordinary if tame else st.one_of(ordinary, odd)) for _ in range(2))
        for name, pick in (("input", (0, 1)), ("target", (2, 3))):
            (x1, x2), (y1, y2) = (sorted(side[i] for i in pick) for side in (across, up))
            if x2 - x1 < 1e-3 or y2 - y1 < 1e-3:  # a side of no length: an angle of nothing
                x2, y2 = x1 + 1, y1 + 1
            found[name].append([x1 * unit, y1 * unit, x2 * unit, y2 * unit])
    return values | {name: np.array(boxes, dtype=np.float64).reshape(*rows, 4) for name, boxes in found.items()}


def measured(row: dict[str, Any]) -> dict[str, Any]:
    """Every quantity of the three losses, as the papers define it."""
    x1, y1, x2, y2 = map(mpf, row["input"])
    u1, v1, u2, v2 = map(mpf, row["target"])
    eps = mpf(row["eps"])
    across, up = min(x2, u2) - max(x1, u1), min(y2, v2) - max(y1, v1)
    intersection = across * up if across > 0 and up > 0 else mpf(0)
    union = (x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - intersection
    w, h = max(x2, u2) - min(x1, u1), max(y2, v2) - min(y1, v1)
    distance = ((x1 + x2 - u1 - u2) / 2) ** 2 + ((y1 + y2 - v1 - v2) / 2) ** 2
    iou = intersection / (union + eps)
    v = 4 / mp.pi**2 * (mp.atan((u2 - u1) / (v2 - v1)) - mp.atan((x2 - x1) / (y2 - y1))) ** 2
    alpha = v / (1 - iou + v + eps) if v else mpf(0)
    return {
        "intersection": intersection,
        "union": union,
        "IoU": iou,
        "enclosing": w * h,
        "empty share": (w * h - union) / (w * h + eps),
        "distance^2": distance,
        "diagonal^2": w**2 + h**2,
        "moved": distance / (w**2 + h**2 + eps),
        "v": v,
        "alpha": alpha,
    }


def result(value: Any, steps: dict[str, Any]) -> dict[str, Any]:
    # the distance and v are squares of differences, which may cancel; the loss does not feel it
    return {"value": value, "divisor": 1, "counts": True, "steps": steps, "step size": 1}


def golden_cases(rng: np.random.Generator, formula: Callable[[dict[str, Any]], Any]) -> Iterator[Any]:
    for rows in ((), (1,), (4,), (7,)):
        for eps in (None, 0.0, 1e-2):
            for spread in (1.0, 3.0):
                yield golden_case(golden_boxes(rng, rows, spread), golden_boxes(rng, rows, spread), eps, formula)
    inside = np.array([[0.0, 0, 4, 4], [1, 1, 2, 2], [0, 0, 1, 1], [0, 0, 1, 2]])
    other = np.array([[1.0, 1, 2, 2], [0, 0, 4, 4], [1, 0.25, 2, 0.75], [0, 0, 1, 1]])
    yield golden_case(inside, other, None, formula)


def claims(rng: np.random.Generator, formula: Callable[[dict[str, Any]], Any]) -> Iterator[Any]:
    """What torchvision's formula gives: it has no wheel for the environment that makes claims."""
    import torch

    for rows in (1, 2, 3, 4, 5):
        a, b = (golden_boxes(rng, (rows,), 1.0).round(2) for _ in range(2))
        arguments = {"input": a, "target": b, "reduction": "none"}
        yield "torchvision", arguments, formula(golden_measured(torch.tensor(a), torch.tensor(b), 1e-7))


def golden_boxes(rng: np.random.Generator, rows: tuple[int, ...], spread: float) -> Any:
    corner = rng.normal(0, spread, (*rows, 2))
    return np.concatenate([corner, corner + rng.random((*rows, 2)) * 3 + 0.1], axis=-1)


def golden_case(input: Any, target: Any, eps: float | None, formula: Callable[[dict[str, Any]], Any]) -> Any:
    import torch

    true = torch.tensor(target)

    def function(x: Any, reduction: str) -> Any:
        loss = formula(golden_measured(x, true, 1e-7 if eps is None else eps))
        return loss if reduction == "none" else loss.mean() if reduction == "mean" else loss.sum()

    return {"input": input, "target": target} | ({} if eps is None else {"eps": eps}), function


def golden_measured(a: Any, b: Any, eps: float) -> dict[str, Any]:
    import torch

    x1, y1, x2, y2 = a.unbind(-1)
    u1, v1, u2, v2 = b.unbind(-1)
    across, up = torch.min(x2, u2) - torch.max(x1, u1), torch.min(y2, v2) - torch.max(y1, v1)
    intersection = torch.where((across > 0) & (up > 0), across * up, torch.zeros_like(across))
    union = (x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - intersection
    w, h = torch.max(x2, u2) - torch.min(x1, u1), torch.max(y2, v2) - torch.min(y1, v1)
    turn = torch.atan((u2 - u1) / (v2 - v1)) - torch.atan((x2 - x1) / (y2 - y1))
    return {
        "eps": eps,
        "iou": intersection / (union + eps),
        "union": union,
        "enclosing": w * h,
        "distance": ((x1 + x2 - u1 - u2) / 2) ** 2 + ((y1 + y2 - v1 - v2) / 2) ** 2,
        "diagonal": w**2 + h**2 + eps,
        "v": 4 / math.pi**2 * turn**2,
    }


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
