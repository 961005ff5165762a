from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mp, mpf

from tests.references.mean_absolute_error import inputs

VARIANCES = st.floats(1e-6, 10) | st.sampled_from([1.0, 1e-6, 1e300])


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    shapes = {rows, rows[:-1], (*rows[:-1], 1), ()} if rows else {()}
    shape = draw(st.sampled_from(sorted(shapes)))
    elements = st.floats(0.5, 5, width=32) if tame else VARIANCES
    values = inputs(draw, rows, tame, ())
    values |= {"var": draw(npst.arrays(float, shape, elements=elements)), "full": draw(st.booleans())}
    return values | ({"eps": draw(st.sampled_from([0.0, 1e-6]))} if draw(st.booleans()) else {})


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, t, v = mpf(row["input"]), mpf(row["target"]), max(mpf(row["var"]), mpf(row["eps"]))
    terms = [mp.log(v) / 2, (x - t) ** 2 / v / 2] + [mp.log(2 * mp.pi) / 2] * row["full"]
    steps = {
        "input": x,
        "target": t,
        "variance": v,
        "error": x - t,
        "log variance": mp.log(v),
        "error^2 / variance": (x - t) ** 2 / v,
    }
    return {
        "value": mp.fsum(terms),
        "divisor": 1,
        "counts": True,
        "steps": steps,
        "size": max(abs(term) for term in terms),  # they may cancel
    }
