from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mpf

from tests.strategies import ORDINARY, REALS, SIGNS


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    elements = ORDINARY if tame else REALS
    input1, input2 = (draw(npst.arrays(float, rows, elements=elements)) for _ in range(2))
    margin = draw(st.sampled_from([0.0, 0.0625, 3.0, -1.0]))
    labels = draw(npst.arrays(float, draw(st.sampled_from([rows, ()])), elements=SIGNS))
    if tame:
        assume((np.abs(margin - labels * (input1 - input2)) > 1e-3).all())
    return {"input1": input1, "input2": input2, "labels": labels, "margin": margin}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    a, b, y, margin = (mpf(row[name]) for name in ("input1", "input2", "labels", "margin"))
    short = margin - y * (a - b)
    steps = {"input1": a, "input2": b, "label": y, "x1 - x2": a - b, "m - y (x1 - x2)": short}
    return {"value": max(mpf(0), short), "divisor": 1, "counts": True, "steps": steps}
