from __future__ import annotations

from typing import Any

from mpmath import mpf


def reference(row: dict[str, Any]) -> dict[str, Any]:
    e = mpf(row["input"]) - mpf(row["target"])
    w = 1 if row["weight"] is None else row["weight"]
    steps = {"input": row["input"], "target": row["target"], "error": e, "weight": w}
    return {"value": w * e**2, "divisor": w, "counts": True, "steps": steps}
