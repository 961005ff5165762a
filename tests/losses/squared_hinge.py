from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.losses import _claims, _keras, hinge

arguments = hinge.arguments


def reference(row: dict[str, Any]) -> dict[str, Any]:
    expected = hinge.reference(row)
    return expected | {"value": expected["value"] ** 2}


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch

    keras = _keras.losses()
    for shape in [(1,), (4,), (4, 2), (2, 4, 2), (64,)]:
        labels = rng.choice([-1.0, 1.0], shape)
        # odd sixteenths of 2**n elements: Keras computes this one in float32, and halves the gradient at the corner
        logits = (2 * rng.integers(-30, 30, shape) + 1) / 16

        def each(x: Any, labels: Any = labels) -> Any:
            # Keras takes the mean over a last axis: one of length 1 leaves each element its own loss
            return keras.squared_hinge(torch.tensor(labels)[..., None], x[..., None]).double()

        yield {"logits": logits, "labels": labels}, _keras.reduced(each)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    keras = _claims.keras()
    for shape in _claims.SHAPES:
        x, y = _claims.numbers(rng, *shape, spread=2), rng.choice([-1.0, 1.0], shape)
        yield "Keras", {"logits": x, "labels": y}, keras.losses.SquaredHinge()(y, x)
