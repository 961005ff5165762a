from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mpmath import mpf

from tests.losses import _claims, _keras
from tests.strategies import ORDINARY, REALS, SIGNS, arrays

CORNERLESS = ORDINARY.filter(lambda x: abs(abs(x) - 1) > 1e-3)


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    logits = draw(arrays(float, rows, elements=CORNERLESS if tame else st.one_of(REALS, st.floats(0.99, 1.01))))
    return {"logits": logits, "labels": draw(arrays(float, rows, elements=SIGNS))}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, y = mpf(row["logits"]), row["labels"]
    steps = {"logit": x, "label": y, "y x": y * x, "1 - y x": 1 - y * x}
    return {"value": max(0, 1 - y * x), "divisor": 1, "counts": True, "steps": steps}


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch

    keras = _keras.losses()
    for shape in [(1,), (4,), (4, 2), (2, 4, 2), (64,)]:
        labels = rng.choice([-1.0, 1.0], shape)
        # odd sixteenths of 2**n elements: Keras computes this one in float32, and halves the gradient at the corner
        logits = (2 * rng.integers(-30, 30, shape) + 1) / 16

        def each(x: Any, labels: Any = labels) -> Any:
            # Keras takes the mean over a last axis: one of length 1 leaves each element its own loss
            return keras.hinge(torch.tensor(labels)[..., None], x[..., None]).double()

        yield {"logits": logits, "labels": labels}, _keras.reduced(each)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    from sklearn.metrics import hinge_loss

    keras, optax = _claims.keras(), _claims.optax()
    for shape in _claims.SHAPES:
        x, y = _claims.numbers(rng, *shape, spread=2), rng.choice([-1.0, 1.0], shape)
        yield "Keras", {"logits": x, "labels": y}, keras.losses.Hinge()(y, x)
        zero_or_one = (y + 1) / 2
        yield "Keras", {"logits": x, "labels": zero_or_one}, keras.losses.Hinge()(zero_or_one, x)
        yield "optax", {"logits": x, "labels": y, "reduction": "none"}, optax.losses.hinge_loss(x, y)
        flat, both = _claims.numbers(rng, 4, spread=2), rng.permutation([-1.0, 1.0, 1.0, rng.choice([-1.0, 1.0])])
        yield "sklearn", {"logits": flat, "labels": both}, hinge_loss(both, flat)
