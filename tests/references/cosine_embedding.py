from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mpf

from tests.references import cosine_distance
from tests.strategies import SIGNS


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    values = cosine_distance.arguments(draw, rows, tame)
    values["labels"] = draw(npst.arrays(float, rows, elements=SIGNS))
    values["margin"] = draw(st.sampled_from([0.0, 0.5, -0.3]))
    if tame:  # no corner
        pairs = zip(*(values[n].reshape(-1, values[n].shape[-1]).tolist() for n in ("input1", "input2")), strict=True)
        assume(all(abs(float(cosine_distance.exact(x, y)[0]) - values["margin"]) > 1e-3 for x, y in pairs))
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, y = row["input1"], row["input2"]
    cosine, norm1, norm2 = cosine_distance.exact(x, y, 9.999999960041972e-13)  # 1e-12 in float32
    steps = {
        "x1": x,
        "x2": y,
        "x1 x2": [mpf(a) * b for a, b in zip(x, y, strict=True)],
        "label": row["labels"],
        "|x1|": norm1,
        "|x2|": norm2,
        "cosine": cosine,
    }
    expected = {"divisor": 1, "counts": True, "steps": steps, "step size": 1}
    if row["labels"] > 0:
        return expected | {"value": 1 - cosine}
    # what is left of products, or of a cosine and a margin, that cancel
    return expected | {"value": max(mpf(0), cosine - mpf(row["margin"])), "size": 1}
