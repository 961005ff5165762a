from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

LIBRARY = "scipy"
SHAPES = [(4,), (3, 2), (6, 5), (2, 3, 4)]


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in SHAPES:
        for power in (1, 10):
            yield case(*(distribution(rng.random(shape) ** power) for _ in range(2)))
    yield case(np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]), np.array([[0.0, 1.0], [0.5, 0.5], [0.25, 0.75]]))


def case(probs: Any, target: Any) -> tuple[dict[str, Any], Any]:
    from scipy.spatial.distance import jensenshannon

    def function(p: Any, reduction: str) -> Any:
        loss = jensenshannon(p, target, axis=0 if p.ndim == 1 else 1) ** 2
        return {"none": loss, "mean": loss.mean(), "sum": loss.sum()}[reduction]

    return {"probs": probs, "target": target}, function


def distribution(a: Any) -> Any:
    return a / a.sum(axis=0 if a.ndim == 1 else 1, keepdims=True)
