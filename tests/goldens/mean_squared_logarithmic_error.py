from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.goldens.pinball import elementwise

LIBRARY = "sklearn"
REDUCTIONS = ("none", "mean")
SHAPES = [(5,), (3, 2), (2, 3, 4)]


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in SHAPES:
        for scale in (0.1, 1, 1e6):
            yield case(rng.random(shape) * scale, rng.random(shape) * scale)
    yield case(np.array([-0.5, -0.999, 0.0, 1e-10, 1e300]), np.array([0.0, 1.0, 0.0, 0.0, -0.5]))


def case(input: Any, target: Any) -> tuple[dict[str, Any], Any]:
    from sklearn.metrics import mean_squared_log_error

    return {"input": input, "target": target}, elementwise(mean_squared_log_error, target)
