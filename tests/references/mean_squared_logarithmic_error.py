from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mp, mpf

ABOVE = st.one_of(
    st.floats(-0.999, 10), st.floats(0, 1e300), st.sampled_from([0.0, 1e-300, 1e300, -0.5, 1e10, -1 + 2.0**-53])
)


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    elements = st.floats(0, 5, width=32) if tame else ABOVE
    return {name: draw(npst.arrays(float, rows, elements=elements)) for name in ("input", "target")}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    with mp.workdps(400):
        log_x, log_t = mp.log1p(row["input"]), mp.log1p(row["target"])
        value = (log_x - log_t) ** 2
    steps = {"input": mpf(row["input"]), "target": row["target"], "log(1 + input)": log_x, "log(1 + target)": log_t}
    steps["difference"] = log_x - log_t
    return {"value": value, "divisor": 1, "counts": True, "steps": steps}
