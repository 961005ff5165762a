from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mp, mpf

from tests.references.binary_cross_entropy_with_logits import softplus
from tests.strategies import ORDINARY, REALS, SHARES


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    classes = draw(st.integers(1, 5))
    shape = (*rows[:1], classes)
    values = {
        "logits": draw(npst.arrays(float, shape, elements=ORDINARY if tame else REALS)),
        "labels": draw(npst.arrays(float, shape, elements=SHARES)),
    }
    if draw(st.booleans()):
        values["weight"] = draw(npst.arrays(float, (classes,), elements=st.floats(0, 4, width=32)))
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    z, t = row["logits"], row["labels"]
    w = row["weight"] or [1.0] * len(z)
    terms = [
        w[c] * (mpf(t[c]) * softplus(-mpf(z[c])) + (1 - mpf(t[c])) * softplus(mpf(z[c]))) / len(z)
        for c in range(len(z))
    ]
    steps = {
        "logit": z,
        "sigmoid": [1 / (1 + mp.exp(-mpf(x))) for x in z],
        "log sigmoid": [-softplus(-mpf(x)) for x in z],
        "log (1 - sigmoid)": [-softplus(mpf(x)) for x in z],
        "target": t,
        "class weight": w,
        "loss": terms,
    }
    return {"value": mp.fsum(terms), "divisor": 1, "counts": True, "steps": steps}
