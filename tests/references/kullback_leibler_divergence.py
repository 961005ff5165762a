from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mp, mpf

from tests.strategies import ORDINARY


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    """Distributions apart, close and equal, with classes that have no share."""
    shape = (*rows, draw(st.integers(1, 5)))
    log_probs = _log_softmax(draw(npst.arrays(float, shape, elements=ORDINARY if tame else st.floats(-300, 300))))
    distance = draw(st.sampled_from([0.0, 1e-12, 1e-6, 1e-3, 1.0, 30.0]))
    away = draw(npst.arrays(float, shape, elements=st.floats(-1, 1, width=32)))
    log_target = _log_softmax(log_probs + distance * away)
    if draw(st.booleans()):
        return {"log_probs": log_probs, "target": log_target, "log_target": True}
    target = np.exp(log_target)
    target[draw(npst.arrays(bool, shape)) & (target < 0.1)] = 0.0
    return {"log_probs": log_probs, "target": target}


def _log_softmax(z: Any) -> Any:
    below = z - z.max(axis=-1, keepdims=True)
    return below - np.log(np.exp(below).sum(axis=-1, keepdims=True))


def reference(row: dict[str, Any]) -> dict[str, Any]:
    lp = [mpf(x) for x in row["log_probs"]]
    t = [mp.exp(x) if row["log_target"] else mpf(x) for x in row["target"]]
    ratio = [(mp.log(q) if q else mp.ninf) - x for q, x in zip(t, lp, strict=True)]
    value = [q * r if q else mpf(0) for q, r in zip(t, ratio, strict=True)]
    steps = {
        "log prob": lp,
        "prob": [mp.exp(x) for x in lp],
        "target prob": t,
        "log target prob": [mp.log(q) if q else mp.ninf for q in t],
        "log ratio": ratio,
        "loss": value,
    }
    # log t is computed to about 2**-74: nearer to log p than 2**-24 the difference has fewer digits than a float64
    return {"value": value, "divisor": 1, "counts": True, "steps": steps, "size": mpf(2) ** -24}
