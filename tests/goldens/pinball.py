from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

LIBRARY = "sklearn"
REDUCTIONS = ("none", "mean")
SHAPES = [(5,), (3, 2), (2, 3, 4)]


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in SHAPES:
        for quantile in (0.0, 0.1, 0.5, 0.9, 1.0):
            yield case(rng.normal(0, 3, shape), rng.normal(0, 3, shape), quantile)
    yield case(np.array([0.0, 1.0, 1e100]), np.array([0.0, 1.0, -1e-100]), 0.25)


def case(input: Any, target: Any, quantile: float) -> tuple[dict[str, Any], Any]:
    from sklearn.metrics import mean_pinball_loss

    return {"input": input, "target": target, "quantile": quantile}, elementwise(
        lambda t, x: mean_pinball_loss(t, x, alpha=quantile), target
    )


def elementwise(mean: Any, target: Any) -> Any:
    """A metric that scikit-learn has as a mean alone: the mean, and the mean of each element by itself."""

    def function(x: Any, reduction: str) -> Any:
        if reduction == "mean":
            return mean(target.ravel(), x.ravel())
        pairs = zip(target.ravel(), x.ravel(), strict=True)
        return np.array([mean([t], [v]) for t, v in pairs]).reshape(x.shape)

    return function
