from __future__ import annotations

from typing import Any

from mpmath import mp, mpf

from tests.references.cross_entropy import log_softmax


def reference(row: dict[str, Any]) -> dict[str, Any]:
    z = row["logits"]
    lp = log_softmax(z)
    p = [mp.exp(x) for x in lp]
    steps = {
        "logit": z,
        "exp": [mp.exp(x) for x in z],
        "exp(z - max)": [mp.exp(mpf(x) - max(z)) for x in z],
        "softmax": p,
    }
    return {"value": lp, "divisor": 1, "counts": True, "steps": steps}
