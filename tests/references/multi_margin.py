from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mp, mpf

from tests.strategies import ORDINARY, REALS


def scores(draw: Any, rows: tuple[int, ...], tame: bool, margin: float = 1.0) -> dict[str, Any]:
    """Scores and labels; if tame, no class is at its corner."""
    classes = draw(st.integers(1, 5))
    logits = draw(npst.arrays(float, (*rows, classes), elements=ORDINARY if tame else REALS))
    labels = draw(npst.arrays(np.int64, rows, elements=st.integers(0, classes - 1)))
    if tame:
        gaps = abs(logits[..., :, None] - logits[..., None, :])
        assume((abs(gaps - abs(margin)) > 1e-3).all())
    return {"logits": logits, "labels": labels}


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    margin = draw(st.sampled_from([1.0, 0.0625, 2.5, -0.5]))
    values = scores(draw, rows, tame, margin) | {"margin": margin}
    if draw(st.booleans()):
        values["p"] = 2
    if draw(st.booleans()):
        classes = values["logits"].shape[-1]
        values["weight"] = draw(npst.arrays(float, (classes,), elements=st.floats(0, 4, width=32)))
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    z, y, margin = [mpf(x) for x in row["logits"]], row["labels"], mpf(row["margin"])
    w = mpf(1 if row["weight"] is None else row["weight"][y])
    over = [margin - z[y] + x for x in z]
    losses = [w * max(mpf(0), x) ** row["p"] / len(z) if c != y else mpf(0) for c, x in enumerate(over)]
    steps = {"logit": z, "m - z[y] + z": over, "loss": losses, "label": y, "weight": w, "logit[y]": z[y]}
    return {"value": mp.fsum(losses), "divisor": 1, "counts": True, "steps": steps}
