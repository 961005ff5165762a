"""The metrics of scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np


def elementwise(mean: Any, target: Any) -> Any:
    """A metric that scikit-learn has as a mean alone: the mean, and the mean of each element by itself."""

    def function(x: Any, reduction: str) -> Any:
        if reduction == "mean":
            return mean(target.ravel(), x.ravel())
        pairs = zip(target.ravel(), x.ravel(), strict=True)
        return np.array([mean([t], [v]) for t, v in pairs]).reshape(x.shape)

    return function
