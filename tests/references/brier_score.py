from __future__ import annotations

from typing import Any

from mpmath import mp, mpf


def reference(row: dict[str, Any]) -> dict[str, Any]:
    p, label = [mpf(x) for x in row["probs"]], row["labels"]
    hot = [int(c == label) for c in range(len(p))]
    half = row["scale_by_half"] == "yes" or (row["scale_by_half"] == "auto" and len(p) < 3)
    squared = [(a - b) ** 2 for a, b in zip(p, hot, strict=True)]
    steps = {
        "prob": p,
        "target": hot,
        "prob - target": [a - b for a, b in zip(p, hot, strict=True)],
        "squared": squared,
        "label": label,
        "prob[y]": p[label],
    }
    return {"value": mp.fsum(squared) / (2 if half else 1), "divisor": 1, "counts": True, "steps": steps}
