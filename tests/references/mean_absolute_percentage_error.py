from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from mpmath import mpf

from tests.references.mean_absolute_error import inputs


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    values = inputs(draw, rows, tame)
    epsilon = draw(st.sampled_from([1e-7, 0.125] if tame else [0.0, 1e-7, 0.125]))
    near = np.abs(values["target"]) < 0.125  # a target below epsilon warns
    shift = np.where(near, 2.0, 0.0)
    return {n: np.asarray(a + shift) for n, a in values.items()} | {"epsilon": epsilon}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, t, epsilon = mpf(row["input"]), mpf(row["target"]), mpf(row["epsilon"])
    divisor = max(abs(t), epsilon)
    steps = {"input": x, "target": t, "error": x - t, "divisor": divisor}
    return {"value": 100 * abs(x - t) / divisor, "divisor": 1, "counts": True, "steps": steps}
