from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mpmath import mpf

from tests.losses import _claims
from tests.losses._predictions import inputs


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    beta = draw(st.sampled_from([0.0, 0.5, 1.0, 3.0] if tame else [0.0, 0.1, 1.0, 700.0, 1e-300, 1e300]))
    return inputs(draw, rows, tame, (0.0, beta)) | {"beta": beta}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    e, beta = mpf(row["input"]) - mpf(row["target"]), mpf(row["beta"])
    value = e**2 / (2 * beta) if abs(e) < beta else abs(e) - beta / 2
    steps = {"input": row["input"], "target": row["target"], "error": e, "|error|": abs(e)}
    return {"value": value, "divisor": 1, "counts": True, "steps": steps}


GOLDEN_SHAPES = [(), (5,), (3, 2), (2, 3, 4)]


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in GOLDEN_SHAPES:
        for beta in (0.0, 0.1, 1.0, 4.0):
            yield golden_case(rng.normal(0, 3, shape), rng.normal(0, 3, shape), beta)
    yield golden_case(np.array([0.25, 0.5, 1.0, 2.0, 5.0, 0.0, -5.0]), np.zeros(7), 0.5)
    yield golden_case(np.array([0.0, 1e200, -1e200, np.inf, np.nan]), np.zeros(5), 1.0)
    yield golden_case(np.array([0.0, 1.0, -2.0]), np.zeros(3), 0.0)
    yield golden_case(np.zeros(0), np.zeros(0), 1.0)


def golden_case(input: Any, target: Any, beta: float) -> tuple[dict[str, Any], Any]:
    import torch
    from torch.nn import functional as F

    arguments = {"input": input, "target": target, "beta": beta}
    t = torch.tensor(target)
    return arguments, lambda x, reduction: F.smooth_l1_loss(x, t, reduction=reduction, beta=beta)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    keras, optax = _claims.keras(), _claims.optax()
    for shape in _claims.SHAPES:
        x, t = _claims.numbers(rng, *shape), _claims.numbers(rng, *shape)
        beta = float(rng.integers(1, 9) / 2)
        arguments = {"input": x, "target": t, "beta": beta}
        yield "PyTorch", arguments, torch.nn.SmoothL1Loss(beta=beta)(torch.tensor(x), torch.tensor(t))
        yield "Keras", arguments, keras.losses.Huber(beta)(t, x) / beta
        yield "optax", arguments | {"reduction": "none"}, optax.losses.huber_loss(x, t, delta=beta) / beta
