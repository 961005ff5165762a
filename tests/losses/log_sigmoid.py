from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from mpmath import mp, mpf

from tests.losses import _claims


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x = mpf(row["logits"])
    sigmoid = 1 / (1 + mp.exp(-x))
    steps = {"logit": x, "sigmoid": sigmoid}
    return {"value": -mp.log1p(mp.exp(-x)), "divisor": 1, "counts": True, "steps": steps}


GOLDEN_REDUCTIONS = ("none",)


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    from torch.nn import functional as F

    for shape in [(), (6,), (3, 2), (2, 3, 4)]:
        yield {"logits": rng.normal(0, 10, shape)}, lambda x, _: F.logsigmoid(x)
    yield {"logits": np.array([700.0, -700.0, 0.0, np.inf, -np.inf, np.nan])}, lambda x, _: F.logsigmoid(x)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import jax
    import torch

    keras = _claims.keras()
    jax.config.update("jax_enable_x64", True)
    for shape in _claims.SHAPES:
        x = _claims.numbers(rng, *shape, spread=20)
        yield "PyTorch", {"logits": x}, torch.nn.LogSigmoid()(torch.tensor(x))
        yield "Keras", {"logits": x}, keras.activations.log_sigmoid(x)
        yield "JAX", {"logits": x}, jax.nn.log_sigmoid(x)
