from __future__ import annotations

from typing import Any

from mpmath import mp, mpf

from tests.references import _curve


def reference(row: dict[str, Any]) -> dict[str, Any]:
    gamma = mpf(row["gamma"])
    alpha = row["alpha"] or [0.25] * len(row["logits"])

    def weight(lp: Any) -> Any:
        return (1 - mp.exp(lp)) ** gamma

    return _curve.reference(row, lambda lp: -weight(lp) * lp, "(1 - softmax{})^gamma", weight, alpha)
