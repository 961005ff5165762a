from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from mpmath import mpf

import losscli
from losscli.errors import DataError
from tests.losses import _claims


def reference(row: dict[str, Any]) -> dict[str, Any]:
    e = mpf(row["input"]) - mpf(row["target"])
    w = 1 if row["weight"] is None else row["weight"]
    steps = {"input": row["input"], "target": row["target"], "error": e, "weight": w}
    return {"value": w * e**2, "divisor": w, "counts": True, "steps": steps}


GOLDEN_SHAPES = [(), (5,), (3, 2), (2, 3, 4)]


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in GOLDEN_SHAPES:
        for weight in (None, rng.random(shape) * 2, np.full(shape, 2.0)):
            yield golden_case(rng.normal(0, 3, shape), rng.normal(0, 3, shape), weight)
    yield golden_case(np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 5.0]), np.array([1.0, 0.0, 3.0]))
    yield golden_case(np.array([1.0, 2.0]), np.array([0.0, 0.0]), np.array([0.0, 0.0]))
    yield golden_case(np.array([1e100, -1e-100, np.inf, np.nan, 1.0]), np.array([0.0, 0.0, 1.0, 1.0, -np.inf]), None)
    yield golden_case(np.zeros(0), np.zeros(0), None)
    yield golden_case(rng.normal(0, 3, 4), rng.normal(0, 3, 4), np.array([1.0, -0.5, np.nan, 2.0]))
    yield golden_case(rng.normal(0, 3, 3), rng.normal(0, 3, 3), np.array([1.0, -0.5, 2.0]))


def golden_case(input: Any, target: Any, weight: Any) -> tuple[dict[str, Any], Any]:
    import torch
    from torch.nn import functional as F

    arguments = {"input": input, "target": target} | ({} if weight is None else {"weight": weight})
    t = torch.tensor(target)
    w = None if weight is None else torch.tensor(weight)
    return arguments, lambda x, reduction: F.mse_loss(x, t, weight=w, reduction=reduction)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch
    from sklearn.metrics import mean_squared_error

    keras, optax = _claims.keras(), _claims.optax()
    for shape in _claims.SHAPES:
        x, t = _claims.numbers(rng, *shape), _claims.numbers(rng, *shape)
        given = {"input": x, "target": t}
        yield "PyTorch", given, torch.nn.MSELoss()(torch.tensor(x), torch.tensor(t))
        yield "Keras", given, keras.losses.MeanSquaredError()(t, x)
        yield "optax", given | {"reduction": "none"}, optax.losses.squared_error(x, t)
        yield "optax", given | {"reduction": "none"}, 2 * optax.losses.l2_loss(x, t)
        if len(shape) < 3:
            yield "sklearn", given, mean_squared_error(t, x)


def test_a_column_against_a_row_is_an_error_with_both_shapes_where_pytorch_makes_a_square() -> None:
    with pytest.raises(DataError, match=r"target has the shape \(3\), but input has \(3, 1\)"):
        losscli.mean_squared_error([[1.0], [2.0], [3.0]], [1.0, 2.0, 3.0])


def test_a_weight_must_have_the_shape_of_the_input() -> None:
    with pytest.raises(DataError, match=r"weight has the shape \(2\), but input has \(2, 2\)"):
        losscli.mean_squared_error(np.zeros((2, 2)), np.zeros((2, 2)), weight=[1, 2])
