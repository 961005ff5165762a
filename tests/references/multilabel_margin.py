from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mp, mpf

from tests.references.multi_margin import scores


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    logits = scores(draw, rows[:1], tame)["logits"]
    width = draw(st.integers(1, logits.shape[-1]))
    labels = draw(npst.arrays(np.int64, (*rows[:1], width), elements=st.integers(-1, logits.shape[-1] - 1)))
    assume(width < 3 or not ((labels == 0) | (labels == 1)).all(axis=-1).any())  # looks multi-hot
    return {"logits": logits, "labels": labels}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    z, listed = [mpf(x) for x in row["logits"]], row["labels"]
    listed = listed[: listed.index(-1)] if -1 in listed else listed
    losses = [
        mp.fsum(max(mpf(0), 1 - z[y] + x) for y in listed) / len(z) if c not in listed else mpf(0)
        for c, x in enumerate(z)
    ]
    steps = {
        "logit": z,
        "target": [int(c in listed) for c in range(len(z))],
        "contribution": losses,
        "classes that apply": len(set(listed)),
    }
    return {"value": mp.fsum(losses), "divisor": 1, "counts": True, "steps": steps}
