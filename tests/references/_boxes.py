from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from mpmath import mp, mpf


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
