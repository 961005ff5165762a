"""What the claims about libraries share: inputs of few digits, and the libraries in float64.

They run only where claims are made (tests/README.md says how), so libraries are imported inside the functions.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

SHAPES = [(1,), (4,), (3, 2), (2, 3), (2, 2, 2)]
CLASS_SHAPES = [(1, 3), (4, 2), (3, 4), (2, 3, 3), (2, 1, 2, 4)]  # the classes last


def numbers(rng: np.random.Generator, *shape: int, spread: float = 3) -> Any:
    return rng.normal(0, spread, shape).round(2)


def shares(rng: np.random.Generator, *shape: int) -> Any:
    """Numbers from 0 to 1, at times the ends themselves."""
    return rng.integers(0, 21, shape) / 20


def distributions(rng: np.random.Generator, *shape: int) -> Any:
    """Rows along the last axis that sum to 1; some hold zeros."""
    return rng.multinomial(20, np.full(shape[-1], 1 / shape[-1]), shape[:-1]) / 20


def one_hot(labels: Any, classes: int) -> Any:
    return np.eye(classes)[labels]


def keras() -> Any:
    """Keras in float64, as its user gets it: with its epsilon of 1e-7, and PyTorch under it unless it has a backend."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    keras.config.set_floatx("float64")
    keras.config.set_epsilon(1e-7)
    return keras


def optax() -> Any:
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    return optax
