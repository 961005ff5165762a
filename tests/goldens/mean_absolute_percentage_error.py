from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.goldens.log_cosh import keras_function

LIBRARY = "keras"
SHAPES = [(1,), (5,), (3, 2), (2, 3, 4)]


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in SHAPES:
        for scale in (1e-3, 1, 1e6):
            yield case(rng.normal(0, scale, shape), rng.normal(0, scale, shape))
    yield case(np.array([1.0, -2.0, 0.0, 1e-8]), np.array([0.0, 1e-8, 0.0, -1e-8]))
    yield case(np.array([np.inf, np.nan, 1.0]), np.array([1.0, 1.0, -np.inf]))


def case(input: Any, target: Any) -> tuple[dict[str, Any], Any]:
    return {"input": input, "target": target}, keras_function("mean_absolute_percentage_error", target)
