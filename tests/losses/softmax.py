from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from mpmath import mp, mpf

from tests.losses import _claims
from tests.losses.cross_entropy import log_softmax


def reference(row: dict[str, Any]) -> dict[str, Any]:
    z = row["logits"]
    lp = log_softmax(z)
    p = [mp.exp(x) for x in lp]
    steps = {
        "logit": z,
        "exp": [mp.exp(x) for x in z],
        "exp(z - max)": [mp.exp(mpf(x) - max(z)) for x in z],
        "softmax": p,
    }
    return {"value": p, "divisor": 1, "counts": True, "steps": steps}


GOLDEN_REDUCTIONS = ("none",)


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch

    for shape in [(5,), (1, 1), (3, 4), (2, 3, 4), (2, 3, 2, 2)]:
        for axis in range(len(shape)):
            arguments = {"logits": rng.normal(0, 5, shape), "class_axis": axis}
            yield arguments, lambda x, _, axis=axis: torch.softmax(x, axis)
        default = 0 if len(shape) == 1 else 1
        yield {"logits": rng.normal(0, 5, shape)}, lambda x, _, axis=default: torch.softmax(x, axis)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import jax
    import torch

    keras = _claims.keras()
    jax.config.update("jax_enable_x64", True)
    for shape in [(3,), (1, 2), (3, 4), (2, 3, 4), (2, 2, 2, 3)]:
        x, axis = _claims.numbers(rng, *shape, spread=8), int(rng.integers(len(shape)))
        yield "PyTorch", {"logits": x, "class_axis": axis}, torch.nn.Softmax(dim=axis)(torch.tensor(x))
        last = {"logits": x, "class_axis": -1}
        yield "Keras", last, keras.activations.softmax(keras.ops.convert_to_tensor(x))
        yield "JAX", last, jax.nn.softmax(x)
