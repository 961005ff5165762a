from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from mpmath import mp, mpf

import losscli
from losscli.errors import DataError
from tests.losses import _claims
from tests.losses._sklearn import elementwise
from tests.strategies import arrays

ABOVE = st.one_of(
    st.floats(-0.999, 10), st.floats(0, 1e300), st.sampled_from([0.0, 1e-300, 1e300, -0.5, 1e10, -1 + 2.0**-53])
)


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    elements = st.floats(0, 5, width=32) if tame else ABOVE
    return {name: draw(arrays(float, rows, elements=elements)) for name in ("input", "target")}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    with mp.workdps(400):
        log_x, log_t = mp.log1p(row["input"]), mp.log1p(row["target"])
        value = (log_x - log_t) ** 2
    steps = {"input": mpf(row["input"]), "target": row["target"], "log(1 + input)": log_x, "log(1 + target)": log_t}
    steps["difference"] = log_x - log_t
    return {"value": value, "divisor": 1, "counts": True, "steps": steps}


GOLDEN_LIBRARY = "sklearn"
GOLDEN_REDUCTIONS = ("none", "mean")
GOLDEN_SHAPES = [(5,), (3, 2), (2, 3, 4)]


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in GOLDEN_SHAPES:
        for scale in (0.1, 1, 1e6):
            yield golden_case(rng.random(shape) * scale, rng.random(shape) * scale)
    yield golden_case(np.array([-0.5, -0.999, 0.0, 1e-10, 1e300]), np.array([0.0, 1.0, 0.0, 0.0, -0.5]))


def golden_case(input: Any, target: Any) -> tuple[dict[str, Any], Any]:
    from sklearn.metrics import mean_squared_log_error

    return {"input": input, "target": target}, elementwise(mean_squared_log_error, target)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    from sklearn.metrics import mean_squared_log_error

    keras = _claims.keras()
    for shape in _claims.SHAPES:
        x, t = (np.maximum(_claims.numbers(rng, *shape), -0.9) for _ in range(2))
        raised = {"input": np.maximum(x, 1e-7), "target": np.maximum(t, 1e-7)}
        yield "Keras", raised, keras.losses.MeanSquaredLogarithmicError()(t, x)
        if len(shape) < 3:
            yield "sklearn", {"input": x, "target": t}, mean_squared_log_error(t, x)


def test_the_logarithm_of_1_plus_a_number_needs_one_above_minus_1() -> None:
    with pytest.raises(DataError, match=r"input\[1\] is -1, but must be above -1"):
        losscli.mean_squared_logarithmic_error([0.0, -1.0], [0.0, 0.0])
