from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mpf

from tests.references.mean_absolute_error import WEIGHTS, inputs


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    delta = draw(st.sampled_from([0.5, 1.0, 3.0] if tame else [0.1, 1.0, 700.0, 1e-300, 1e300]))
    values = inputs(draw, rows, tame, (0.0, delta)) | {"delta": delta}
    if draw(st.booleans()):
        values["weight"] = draw(npst.arrays(float, rows, elements=st.floats(0, 4, width=32) if tame else WEIGHTS))
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    e, delta = mpf(row["input"]) - mpf(row["target"]), mpf(row["delta"])
    w = 1 if row["weight"] is None else row["weight"]
    value = w * (e**2 / 2 if abs(e) <= delta else delta * (abs(e) - delta / 2))
    steps = {"input": row["input"], "target": row["target"], "error": e, "|error|": abs(e), "weight": w}
    return {"value": value, "divisor": 1, "counts": True, "steps": steps}
