"""Keras in float64: with PyTorch under it, where its losses can be differentiated as PyTorch's own, or with JAX.

.torch/bin/pip install keras==3.15.1 jax
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np


def losses() -> Any:
    """The functions of keras.losses on PyTorch, without their clipping of probabilities to 1e-7."""
    os.environ["KERAS_BACKEND"] = "torch"
    import keras

    keras.config.set_floatx("float64")
    keras.config.set_epsilon(0.0)
    return keras.losses


def reduced(each: Callable[[Any], Any]) -> Callable[[Any, str], Any]:
    """The function of the input and the reduction, from one that gives each row's loss."""

    def function(x: Any, reduction: str) -> Any:
        loss = each(x)
        return {"none": lambda: loss, "mean": loss.mean, "sum": loss.sum}[reduction]()

    return function


def in_arrays(name: str, target: Any) -> Any:
    """A function of keras.losses on JAX, element by element: Keras averages the last axis, here one of length 1."""
    os.environ |= {"KERAS_BACKEND": "jax", "JAX_ENABLE_X64": "1"}
    import keras
    from keras.src.backend.common import dtypes

    keras.config.set_floatx("float64")
    dtypes.BIT64_TO_BIT32_DTYPE.clear()  # float64 with float32 is float32 for Keras, and its mean asks that way

    def function(x: Any, reduction: str) -> Any:
        loss = np.asarray(getattr(keras.losses, name)(target[..., None], x[..., None]), dtype=np.float64)
        return {"none": loss, "mean": loss.mean(), "sum": loss.sum()}[reduction]

    return function
