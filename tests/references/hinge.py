from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mpf

from tests.strategies import ORDINARY, REALS, SIGNS

CORNERLESS = ORDINARY.filter(lambda x: abs(abs(x) - 1) > 1e-3)


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    logits = draw(npst.arrays(float, rows, elements=CORNERLESS if tame else st.one_of(REALS, st.floats(0.99, 1.01))))
    return {"logits": logits, "labels": draw(npst.arrays(float, rows, elements=SIGNS))}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, y = mpf(row["logits"]), row["labels"]
    steps = {"logit": x, "label": y, "y x": y * x, "1 - y x": 1 - y * x}
    return {"value": max(0, 1 - y * x), "divisor": 1, "counts": True, "steps": steps}
