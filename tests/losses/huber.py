from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mpmath import mpf

import losscli
from tests.losses import _claims
from tests.losses._predictions import WEIGHTS, inputs
from tests.strategies import arrays


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    delta = draw(st.sampled_from([0.5, 1.0, 3.0] if tame else [0.1, 1.0, 700.0, 1e-300, 1e300]))
    values = inputs(draw, rows, tame, (0.0, delta)) | {"delta": delta}
    if draw(st.booleans()):
        values["weight"] = draw(arrays(float, rows, elements=st.floats(0, 4, width=32) if tame else WEIGHTS))
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    e, delta = mpf(row["input"]) - mpf(row["target"]), mpf(row["delta"])
    w = 1 if row["weight"] is None else row["weight"]
    value = w * (e**2 / 2 if abs(e) <= delta else delta * (abs(e) - delta / 2))
    steps = {"input": row["input"], "target": row["target"], "error": e, "|error|": abs(e), "weight": w}
    return {"value": value, "divisor": 1, "counts": True, "steps": steps}


GOLDEN_SHAPES = [(), (5,), (3, 2), (2, 3, 4)]


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in GOLDEN_SHAPES:
        for delta in (0.1, 1.0, 4.0):
            for weight in (None, rng.random(shape) * 2):
                yield golden_case(rng.normal(0, 3, shape), rng.normal(0, 3, shape), delta, weight)
    yield golden_case(np.array([0.25, 0.5, 1.0, 2.0, 5.0, 0.0, -5.0]), np.zeros(7), 0.5)
    yield golden_case(np.array([1e200, -1e200, np.inf, np.nan]), np.zeros(4), 1.0)
    yield golden_case(np.zeros(0), np.zeros(0), 1.0)


def golden_case(input: Any, target: Any, delta: float, weight: Any = None) -> tuple[dict[str, Any], Any]:
    import torch
    from torch.nn import functional as F

    arguments = {"input": input, "target": target, "delta": delta} | ({} if weight is None else {"weight": weight})
    t = torch.tensor(target)
    w = None if weight is None else torch.tensor(weight)
    return arguments, lambda x, reduction: F.huber_loss(x, t, reduction, delta, w)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    keras, optax = _claims.keras(), _claims.optax()
    for shape in _claims.SHAPES:
        x, t = _claims.numbers(rng, *shape), _claims.numbers(rng, *shape)
        delta = float(rng.integers(1, 9) / 2)
        arguments = {"input": x, "target": t, "delta": delta}
        yield "PyTorch", arguments, torch.nn.HuberLoss(delta=delta)(torch.tensor(x), torch.tensor(t))
        yield "Keras", arguments, keras.losses.Huber(delta)(t, x)
        yield "optax", arguments | {"reduction": "none"}, optax.losses.huber_loss(x, t, delta=delta)


def test_weights_divide_the_mean_of_mse_and_l1_but_as_in_pytorch_not_of_huber() -> None:
    arguments = ([1.0, 2.0], [0.0, 0.0])
    assert losscli.mean_squared_error(*arguments, weight=[1, 3]).mean == 13 / 4
    assert losscli.mean_absolute_error(*arguments, weight=[1, 3]).mean == 7 / 4
    assert losscli.huber(*arguments, weight=[1, 3]).mean == (0.5 + 3 * 1.5) / 2
