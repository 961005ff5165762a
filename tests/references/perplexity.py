from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mp, mpf

from tests.references import cross_entropy


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    """Without shift, where rows are not independent."""
    classes = draw(st.integers(1, 5))
    numbers = st.floats(-5, 5, width=32) if tame else st.one_of(st.floats(-5, 5), st.floats(-300, 300))
    values: dict[str, Any] = {
        "logits": draw(npst.arrays(np.float64, (*rows, classes), elements=numbers)),
        "labels": draw(npst.arrays(np.int64, rows, elements=st.integers(0, classes - 1))),
    }
    if draw(st.booleans()):
        values["ignore_index"] = draw(st.sampled_from([-100, -1, 0]))
        ignored = draw(npst.arrays(np.bool_, rows))
        values["labels"] = np.where(ignored, values["ignore_index"], values["labels"])
    if draw(st.booleans()):
        values["bits"] = draw(st.booleans())
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    expected = cross_entropy.reference(row | {"weight": None, "label_smoothing": 0.0})
    return expected | ({"value": mpf(expected["value"]) / mp.log(2)} if row["bits"] else {})
