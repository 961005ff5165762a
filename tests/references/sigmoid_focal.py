from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mp, mpf

from tests.references.binary_cross_entropy_with_logits import softplus
from tests.strategies import ORDINARY, REALS, SHARES


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    values = {
        "logits": draw(npst.arrays(float, rows, elements=ORDINARY if tame else REALS)),
        "labels": draw(npst.arrays(float, rows, elements=SHARES)),
    }
    if draw(st.booleans()):
        values["alpha"] = draw(st.sampled_from([-1.0, 0.0, 0.25, 0.7, 1.0]))
    if draw(st.booleans()):
        values["gamma"] = draw(st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.7]))
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, t, alpha, gamma = (mpf(row[name]) for name in ("logits", "labels", "alpha", "gamma"))
    p = 1 / (1 + mp.exp(-x))
    miss = 1 - p * t - (1 - p) * (1 - t)
    ce = t * softplus(-x) + (1 - t) * softplus(x)
    balance = alpha * t + (1 - alpha) * (1 - t) if alpha >= 0 else mpf(1)
    steps = {
        "logit": x,
        "label": t,
        "sigmoid": p,
        "1 - p_t": miss,
        "(1 - p_t)^gamma": miss**gamma,
        "cross entropy": ce,
        "alpha_t": balance,
    }
    return {"value": balance * miss**gamma * ce, "divisor": 1, "counts": True, "steps": steps}
