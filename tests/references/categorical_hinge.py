from __future__ import annotations

from typing import Any

from hypothesis import assume
from mpmath import mp, mpf

from tests.references.multi_margin import scores


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    values = scores(draw, rows, tame)
    if tame:  # nor are two classes equally close
        z = values["logits"]
        gaps = abs(z[..., :, None] - z[..., None, :])
        assume(((gaps > 1e-3).sum(axis=(-1, -2)) == z.shape[-1] * (z.shape[-1] - 1)).all())
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    z, y = [mpf(x) for x in row["logits"]], row["labels"]
    other, closest = max(((x, -c) for c, x in enumerate(z) if c != y), default=(-mp.inf, 0))
    loss = max(mpf(0), 1 - z[y] + other)
    steps = {
        "logit": z,
        "1 - z[y] + z": [1 - z[y] + x for x in z],
        "loss": [loss if c == -closest else 0 for c in range(len(z))],
        "label": y,
        "logit[y]": z[y],
        "closest class": -closest,
        "its logit": other,
    }
    return {"value": loss, "divisor": 1, "counts": True, "steps": steps}
