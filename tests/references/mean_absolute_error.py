from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mpf

from tests.strategies import ORDINARY, REALS

WEIGHTS = st.one_of(st.floats(0, 4, width=32), st.sampled_from([0.0, 1.0, 1e-300, 1e300]))


def inputs(draw: Any, rows: tuple[int, ...], tame: bool, kinks: tuple[float, ...] = (0.0,)) -> dict[str, Any]:
    """Predictions and true values; when tame, their distance keeps away from the kinks of the loss."""
    if not tame:
        return {name: draw(npst.arrays(float, rows, elements=REALS)) for name in ("input", "target")}
    target = draw(npst.arrays(float, rows, elements=ORDINARY))
    away = ORDINARY.filter(lambda e: all(abs(abs(e) - kink) > 1e-3 for kink in kinks))
    return {"input": np.asarray(target + draw(npst.arrays(float, rows, elements=away))), "target": target}


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    values = inputs(draw, rows, tame)
    if draw(st.booleans()):
        values["weight"] = draw(npst.arrays(float, rows, elements=st.floats(0, 4, width=32) if tame else WEIGHTS))
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    e = mpf(row["input"]) - mpf(row["target"])
    w = 1 if row["weight"] is None else row["weight"]
    steps = {"input": row["input"], "target": row["target"], "error": e, "weight": w}
    return {"value": w * abs(e), "divisor": w, "counts": True, "steps": steps}
