from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

import losscli
from tests.losses import _claims, _keras


def reference(row: dict[str, Any]) -> dict[str, Any]:
    with mp.workdps(400):  # cosh e - 1 is 1e-324 where the loss is hardly representable
        e = mpf(row["input"]) - mpf(row["target"])
        value = mp.log(mp.cosh(e))
    steps = {"input": row["input"], "target": row["target"], "error": e, "cosh(error)": mp.cosh(e)}
    return {"value": value, "divisor": 1, "counts": True, "steps": steps}


GOLDEN_LIBRARY = "keras"
GOLDEN_SHAPES = [(1,), (5,), (3, 2), (2, 3, 4)]


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in GOLDEN_SHAPES:
        for scale in (0.1, 1, 30):
            yield golden_case(rng.normal(0, scale, shape), rng.normal(0, scale, shape))
    yield golden_case(np.array([1e4, -1e4, 0.0, np.nan]), np.zeros(4))


def golden_case(input: Any, target: Any) -> tuple[dict[str, Any], Any]:
    return {"input": input, "target": target}, _keras.in_arrays("log_cosh", target)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    keras, optax = _claims.keras(), _claims.optax()
    for shape in _claims.SHAPES:
        x, t = _claims.numbers(rng, *shape, spread=20), _claims.numbers(rng, *shape)
        yield "Keras", {"input": x, "target": t}, keras.losses.LogCosh()(t, x)
        yield "optax", {"input": x, "target": t, "reduction": "none"}, optax.losses.log_cosh(x, t)


def test_log_cosh_keeps_its_digits_where_keras_and_optax_have_none() -> None:
    assert losscli.log_cosh([2e-9], [0.0]).mean == pytest.approx(2e-18, rel=1e-15)
