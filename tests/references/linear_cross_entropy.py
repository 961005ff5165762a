from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mp, mpf

from tests.references import cross_entropy

EIGHTHS = st.integers(-64, 64).map(lambda n: n / 8)  # their products and sums are exact: the logits have no rounding


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    dimensions, classes = draw(st.integers(1, 4)), draw(st.integers(1, 5))

    def eighths(*shape: int) -> Any:
        return draw(npst.arrays(float, shape, elements=EIGHTHS))

    labels = draw(npst.arrays(np.int64, rows, elements=st.integers(0, classes - 1)))
    values = {
        "hidden": eighths(*rows, dimensions),
        "linear_weight": eighths(classes, dimensions),
        "labels": np.where(draw(npst.arrays(np.bool_, rows)), -100, labels),
    }
    if draw(st.booleans()):
        values["linear_bias"] = eighths(classes)
    if draw(st.booleans()):
        values["weight"] = draw(npst.arrays(float, (classes,), elements=st.floats(0, 4, width=32)))
    if draw(st.booleans()):
        values["label_smoothing"] = draw(st.sampled_from([0.1, 0.5, 1.0]))
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    bias = row["linear_bias"] or [0.0] * len(row["linear_weight"])
    logits = [
        mp.fsum(mpf(a) * mpf(b) for a, b in zip(row["hidden"], w, strict=True)) + b
        for w, b in zip(row["linear_weight"], bias, strict=True)
    ]
    return cross_entropy.reference(row | {"logits": logits})
