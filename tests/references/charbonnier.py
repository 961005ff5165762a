from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from mpmath import mp, mpf

from tests.references.mean_absolute_error import inputs


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    epsilon = draw(st.sampled_from([0.5, 1.0, 3.0] if tame else [1e-300, 1e-12, 1e-3, 1.0, 1e300]))
    return inputs(draw, rows, tame, ()) | {"epsilon": epsilon}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    with mp.workdps(700):
        e, epsilon = mpf(row["input"]) - mpf(row["target"]), mpf(row["epsilon"])
        value = mp.sqrt(e**2 + epsilon**2)
    steps = {"input": row["input"], "target": row["target"], "error": e}
    return {"value": value, "divisor": 1, "counts": True, "steps": steps}
