from __future__ import annotations

from typing import Any

from mpmath import mp, mpf

from tests.references import _curve


def reference(row: dict[str, Any]) -> dict[str, Any]:
    epsilon = mpf(row["epsilon"])

    def miss(lp: Any) -> Any:
        return 1 - mp.exp(lp)

    expected = _curve.reference(
        row, lambda lp: -lp + epsilon * miss(lp), "1 - softmax{}", miss, [1.0] * len(row["logits"])
    )
    if epsilon < 0:  # then the two terms cancel
        two = _curve.reference(
            row, lambda lp: -lp - epsilon * miss(lp), "1 - softmax{}", miss, [1.0] * len(row["logits"])
        )
        expected["size"] = two["value"]
    return expected
