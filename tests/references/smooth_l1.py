from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from mpmath import mpf

from tests.references.mean_absolute_error import inputs


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    beta = draw(st.sampled_from([0.0, 0.5, 1.0, 3.0] if tame else [0.0, 0.1, 1.0, 700.0, 1e-300, 1e300]))
    return inputs(draw, rows, tame, (0.0, beta)) | {"beta": beta}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    e, beta = mpf(row["input"]) - mpf(row["target"]), mpf(row["beta"])
    value = e**2 / (2 * beta) if abs(e) < beta else abs(e) - beta / 2
    steps = {"input": row["input"], "target": row["target"], "error": e, "|error|": abs(e)}
    return {"value": value, "divisor": 1, "counts": True, "steps": steps}
