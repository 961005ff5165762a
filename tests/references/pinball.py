from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from mpmath import mpf

from tests.references.mean_absolute_error import inputs


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    quantile = draw(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.1, 0.5, 1.0])))
    return inputs(draw, rows, tame) | {"quantile": quantile}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    e, q = mpf(row["target"]) - mpf(row["input"]), mpf(row["quantile"])
    steps = {"input": row["input"], "target": row["target"], "target - input": e, "factor": q if e >= 0 else 1 - q}
    return {"value": max(q * e, (q - 1) * e), "divisor": 1, "counts": True, "steps": steps}
