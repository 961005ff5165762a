from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from mpmath import mpf

import losscli
from losscli.errors import LosscliWarning
from tests.losses import _claims
from tests.losses._predictions import WEIGHTS, inputs
from tests.strategies import arrays


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    values = inputs(draw, rows, tame)
    if draw(st.booleans()):
        values["weight"] = draw(arrays(float, rows, elements=st.floats(0, 4, width=32) if tame else WEIGHTS))
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    e = mpf(row["input"]) - mpf(row["target"])
    w = 1 if row["weight"] is None else row["weight"]
    steps = {"input": row["input"], "target": row["target"], "error": e, "weight": w}
    return {"value": w * abs(e), "divisor": w, "counts": True, "steps": steps}


GOLDEN_SHAPES = [(), (5,), (3, 2), (2, 3, 4)]


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    for shape in GOLDEN_SHAPES:
        for weight in (None, rng.random(shape) * 2, np.full(shape, 2.0)):
            yield golden_case(rng.normal(0, 3, shape), rng.normal(0, 3, shape), weight)
    yield golden_case(np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 5.0]), np.array([1.0, 0.0, 3.0]))
    yield golden_case(np.array([1.0, 2.0]), np.array([0.0, 0.0]), np.array([0.0, 0.0]))
    yield golden_case(np.array([1e100, -1e-100, np.inf, 1.0]), np.array([0.0, 0.0, 1.0, -np.inf]), None)
    # the gradient of NaN is NaN, in PyTorch 0
    yield *golden_case(np.array([np.nan, 1.0]), np.array([1.0, 0.0]), None), "grad mean", "grad sum"
    yield golden_case(np.zeros(0), np.zeros(0), None)


def golden_case(input: Any, target: Any, weight: Any) -> tuple[dict[str, Any], Any]:
    import torch
    from torch.nn import functional as F

    arguments = {"input": input, "target": target} | ({} if weight is None else {"weight": weight})
    t = torch.tensor(target)
    w = None if weight is None else torch.tensor(weight)
    return arguments, lambda x, reduction: F.l1_loss(x, t, weight=w, reduction=reduction)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch
    from sklearn.metrics import mean_absolute_error

    keras = _claims.keras()
    for shape in _claims.SHAPES:
        x, t = _claims.numbers(rng, *shape), _claims.numbers(rng, *shape)
        given = {"input": x, "target": t}
        yield "PyTorch", given, torch.nn.L1Loss()(torch.tensor(x), torch.tensor(t))
        yield "Keras", given, keras.losses.MeanAbsoluteError()(t, x)
        if len(shape) < 3:
            yield "sklearn", given, mean_absolute_error(t, x)


def test_the_gradient_of_nan_is_nan_where_pytorch_has_0() -> None:
    with pytest.warns(LosscliWarning, match="is nan"):
        assert np.isnan(losscli.mean_absolute_error([np.nan], [0.0]).gradient()).all()
