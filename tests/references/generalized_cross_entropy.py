from __future__ import annotations

from typing import Any

from mpmath import mp, mpf

from tests.references import _curve


def reference(row: dict[str, Any]) -> dict[str, Any]:
    q = mpf(row["q"])

    def power(lp: Any) -> Any:
        return mp.exp(lp) ** q

    return _curve.reference(row, lambda lp: (1 - power(lp)) / q, "softmax{}^q", power, [1.0] * len(row["logits"]))
