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
        for power in (-1.5, 0.0, 1.0, 1.5, 1.9, 2.0, 3.0, 4.0):
            target = rng.exponential(3, shape) + 0.1
            if power < 2:
                target = np.where(rng.random(shape) < 0.3, 0.0, target)
            if power <= 0:
                target = target - 1
            yield case(rng.exponential(3, shape) + 0.1, target, power)


def case(input: Any, target: Any, power: float) -> tuple[dict[str, Any], Any]:
    from sklearn.metrics import mean_tweedie_deviance

    arguments = {"input": input, "target": target, "power": power}
    return arguments, elementwise(lambda t, x: mean_tweedie_deviance(t, x, power=power), target)
