from __future__ import annotations

from typing import Any

from mpmath import mp, mpf

from tests.references.binary_cross_entropy_with_logits import softplus


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, y = mpf(row["logits"]), row["labels"]
    steps = {"logit": x, "label": y, "y x": y * x, "sigmoid(y x)": 1 / (1 + mp.exp(-y * x))}
    return {"value": softplus(-y * x), "divisor": 1, "counts": True, "steps": steps}
