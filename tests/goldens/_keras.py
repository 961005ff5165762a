"""Keras with PyTorch under it, in float64: its losses can be differentiated as PyTorch's own.

.torch/bin/pip install keras==3.15.1
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any


def losses() -> Any:
    """The functions of keras.losses, without their clipping of probabilities to 1e-7."""
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
