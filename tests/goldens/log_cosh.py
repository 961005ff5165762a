from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np

LIBRARY = "keras"
SHAPES = [(1,), (5,), (3, 2), (2, 3, 4)]


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in SHAPES:
        for scale in (0.1, 1, 30):
            yield case(rng.normal(0, scale, shape), rng.normal(0, scale, shape))
    yield case(np.array([1e4, -1e4, 0.0, np.nan]), np.zeros(4))


def case(input: Any, target: Any) -> tuple[dict[str, Any], Any]:
    return {"input": input, "target": target}, keras_function("log_cosh", target)


def keras_function(name: str, target: Any) -> Any:
    """A function of keras.losses, element by element: Keras averages the last axis, here one of length 1."""
    os.environ |= {"KERAS_BACKEND": "jax", "JAX_ENABLE_X64": "1"}
    import keras
    from keras.src.backend.common import dtypes

    keras.config.set_floatx("float64")
    dtypes.BIT64_TO_BIT32_DTYPE.clear()  # float64 with float32 is float32 for Keras, and its mean asks that way

    def function(x: Any, reduction: str) -> Any:
        loss = np.asarray(getattr(keras.losses, name)(target[..., None], x[..., None]), dtype=np.float64)
        return {"none": loss, "mean": loss.mean(), "sum": loss.sum()}[reduction]

    return function
