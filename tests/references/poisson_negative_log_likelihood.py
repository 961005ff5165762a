from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mp, mpf

from tests.strategies import ORDINARY

RATES = st.floats(0, 100) | st.sampled_from([0.0, 1e-300, 1e300])
FEW = st.integers(0, 20).map(float) | st.floats(0, 5)
COUNTS = FEW | st.sampled_from([0.0, 1.0, 1e-300, 1e6])


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    log_input = draw(st.booleans())
    inputs = ORDINARY if tame else st.floats(-700, 700)
    if not log_input:
        inputs = st.floats(1, 5, width=32) if tame else RATES
    values = {
        "input": draw(npst.arrays(float, rows, elements=inputs)),
        "target": draw(npst.arrays(float, rows, elements=FEW if tame else COUNTS)),
        "log_input": log_input,
        "full": draw(st.booleans()),
    }
    return values | ({"eps": draw(st.sampled_from([1e-3, 0.5]))} if draw(st.booleans()) else {})


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, t = mpf(row["input"]), mpf(row["target"])
    rate, log_rate = (mp.exp(x), x) if row["log_input"] else (x, mp.log(x + mpf(row["eps"])))
    terms = [rate, -t * log_rate]
    if row["full"] and t > 1:
        terms += [t * mp.log(t), -t, mp.log(2 * mp.pi * t) / 2]
    steps = {"log rate": log_rate, "rate": rate, "target": t, "log t! by Stirling": mp.fsum(terms[2:])}
    return {
        "value": mp.fsum(terms),
        "divisor": 1,
        "counts": True,
        "steps": steps,
        "size": max(abs(term) for term in terms),  # they cancel where the prediction is right
    }
