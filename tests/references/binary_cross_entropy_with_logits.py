from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mp, mpf

from tests.strategies import ORDINARY, REALS, SHARES


def softplus(x: Any) -> Any:
    return mp.log1p(mp.exp(x))


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    values = {
        "logits": draw(npst.arrays(float, rows, elements=ORDINARY if tame else REALS)),
        "labels": draw(npst.arrays(float, rows, elements=SHARES)),
    }
    for name in ("weight", "pos_weight"):
        if draw(st.booleans()):
            shape = draw(st.sampled_from([rows, rows[1:], ()]))
            values[name] = draw(npst.arrays(float, shape, elements=st.floats(0, 4, width=32)))
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, t = mpf(row["logits"]), mpf(row["labels"])
    w = 1.0 if row["weight"] is None else row["weight"]
    pw = 1.0 if row["pos_weight"] is None else row["pos_weight"]
    steps = {
        "logit": x,
        "label": t,
        "sigmoid": 1 / (1 + mp.exp(-x)),
        "log sigmoid": -softplus(-x),
        "log (1 - sigmoid)": -softplus(x),
        "pos weight": pw,
        "weight": w,
    }
    value = w * (pw * t * softplus(-x) + (1 - t) * softplus(x))
    return {"value": value, "divisor": 1, "counts": True, "steps": steps}
