from __future__ import annotations

from typing import Any

from mpmath import mp, mpf


def reference(row: dict[str, Any]) -> dict[str, Any]:
    lp, label = row["log_probs"], row["labels"]
    w = row["weight"] or [1.0] * len(lp)
    counts = label != row["ignore_index"]
    divisor = w[label] if counts else 0
    hot = [float(counts and c == label) for c in range(len(lp))]
    steps = {
        "log prob": lp,
        "prob": [mp.exp(x) for x in lp],
        "target": hot,
        "loss": [divisor * t * -mpf(x) for t, x in zip(hot, lp, strict=True)],
        "label": label,
        "weight": divisor,
    }
    if counts:
        steps["log prob[y]"] = lp[label]
    value = -mpf(w[label]) * mpf(lp[label]) if counts else 0
    return {"value": value, "divisor": divisor, "counts": counts, "steps": steps}
