from __future__ import annotations

from typing import Any

from mpmath import mp, mpf


def reference(row: dict[str, Any]) -> dict[str, Any]:
    p, t = mpf(row["probs"]), mpf(row["labels"])
    w = 1.0 if row["weight"] is None else row["weight"]
    log_p = max(mp.log(p), mpf(-100)) if p else mpf(-100)
    log_q = max(mp.log(1 - p), mpf(-100)) if p < 1 else mpf(-100)
    steps = {"prob": p, "label": t, "log prob": log_p, "log (1 - prob)": log_q, "weight": w}
    return {"value": -w * (t * log_p + (1 - t) * log_q), "divisor": 1, "counts": True, "steps": steps}
