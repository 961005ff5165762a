from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from mpmath import mpf

import losscli
from losscli.errors import LosscliWarning
from tests.losses import _claims, _keras
from tests.losses._predictions import inputs


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


GOLDEN_LIBRARY = "keras"
GOLDEN_SHAPES = [(1,), (5,), (3, 2), (2, 3, 4)]


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in GOLDEN_SHAPES:
        for scale in (1e-3, 1, 1e6):
            yield golden_case(rng.normal(0, scale, shape), rng.normal(0, scale, shape))
    yield golden_case(np.array([1.0, -2.0, 0.0, 1e-8]), np.array([0.0, 1e-8, 0.0, -1e-8]))
    yield golden_case(np.array([np.inf, np.nan, 1.0]), np.array([1.0, 1.0, -np.inf]))


def golden_case(input: Any, target: Any) -> tuple[dict[str, Any], Any]:
    return {"input": input, "target": target}, _keras.in_arrays("mean_absolute_percentage_error", target)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    from sklearn.metrics import mean_absolute_percentage_error

    keras = _claims.keras()
    for shape in _claims.SHAPES:
        x, t = _claims.numbers(rng, *shape), _claims.numbers(rng, *shape)
        t.flat[0] = rng.choice([0.0, 1e-9, -1e-9, 1.0])
        given = {"input": x, "target": t}
        yield "Keras", given, keras.losses.MeanAbsolutePercentageError()(t, x)
        if len(shape) < 3:
            epsilon = {"epsilon": float(np.finfo(float).eps)}
            yield "sklearn", given | epsilon, 100 * mean_absolute_percentage_error(t, x)


def test_a_percentage_of_nothing_warns() -> None:
    with pytest.warns(LosscliWarning, match="a target is 0"):
        assert losscli.mean_absolute_percentage_error([1.0], [0.0]).mean == 1e9
    with pytest.warns(LosscliWarning, match="a target is 0"), pytest.warns(LosscliWarning, match="is inf"):
        assert losscli.mean_absolute_percentage_error([1.0], [0.0], epsilon=0).mean == np.inf
