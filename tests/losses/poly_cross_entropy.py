from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from mpmath import mp, mpf

from tests.losses import _claims, _curve


def reference(row: dict[str, Any]) -> dict[str, Any]:
    epsilon = mpf(row["epsilon"])

    def miss(lp: Any) -> Any:
        return 1 - mp.exp(lp)

    expected = _curve.reference(
        row, lambda lp: -lp + epsilon * miss(lp), "1 - softmax{}", miss, [1.0] * len(row["logits"])
    )
    if epsilon < 0:  # then the two terms cancel
        two = _curve.reference(
            row, lambda lp: -lp - epsilon * miss(lp), "1 - softmax{}", miss, [1.0] * len(row["logits"])
        )
        expected["size"] = two["value"]
    return expected


GOLDEN_LIBRARY = "optax 0.2.8"
GOLDEN_REDUCTIONS = ("none",)  # optax leaves the rest to its user


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    for shape in [(4,), (1, 3), (5, 3), (6, 5)]:
        rows, classes = shape[:-1], shape[-1]
        q = rng.random(shape)
        for labels in (rng.integers(0, classes, rows), q / q.sum(axis=-1, keepdims=True)):
            for options in ({}, {"epsilon": -1.0}, {"epsilon": 0.5}):
                arguments: dict[str, Any] = {"logits": rng.normal(0, 3, shape), "labels": labels, **options}
                hot = labels if labels.shape == shape else np.eye(classes)[labels]

                def each(x: Any, _: str, hot: Any = hot, options: Any = options) -> Any:
                    return optax.losses.poly_loss_cross_entropy(x, hot, **options)

                yield arguments, each


def claims(rng: np.random.Generator) -> Iterator[Any]:
    optax = _claims.optax()
    for shape in _claims.CLASS_SHAPES:
        z, y = _claims.numbers(rng, *shape), rng.integers(0, shape[-1], shape[:-1])
        one_hot = _claims.one_hot(y, shape[-1])
        arguments = {"logits": z, "labels": y, "class_axis": -1, "reduction": "none"}
        yield "optax", arguments, optax.losses.poly_loss_cross_entropy(z, one_hot)
