from __future__ import annotations

from typing import Any

from mpmath import mp, mpf


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x = mpf(row["logits"])
    sigmoid = 1 / (1 + mp.exp(-x))
    steps = {"logit": x, "sigmoid": sigmoid}
    return {"value": -mp.log1p(mp.exp(-x)), "divisor": 1, "counts": True, "steps": steps}
