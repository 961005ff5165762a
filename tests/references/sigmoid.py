from __future__ import annotations

from typing import Any

from mpmath import mp, mpf


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x = mpf(row["logits"])
    steps = {"logit": x, "exp(-|x|)": mp.exp(-abs(x))}
    return {"value": 1 / (1 + mp.exp(-x)), "divisor": 1, "counts": True, "steps": steps}
