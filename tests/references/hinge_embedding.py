from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mpf

from tests.strategies import ORDINARY, REALS, SIGNS


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    x = draw(npst.arrays(float, rows, elements=ORDINARY if tame else REALS))
    margin = draw(st.sampled_from([1.0, 0.0625, 3.0]))
    if tame:
        assume((np.abs(margin - x) > 1e-3).all())
    return {"input": x, "labels": draw(npst.arrays(float, rows, elements=SIGNS)), "margin": margin}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, y, margin = (mpf(row[name]) for name in ("input", "labels", "margin"))
    steps = {"input": x, "label": y, "m - x": margin - x}
    return {"value": x if y > 0 else max(mpf(0), margin - x), "divisor": 1, "counts": True, "steps": steps}
