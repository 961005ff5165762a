from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

LIBRARY = "scikit-learn 1.9.1"
REDUCTIONS = ("mean",)


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    from sklearn.metrics import brier_score_loss

    for shape in [(1, 2), (1, 3), (4, 2), (5, 3), (20, 6)]:
        for half, value in (("auto", "auto"), ("yes", True), ("no", False)):
            p = rng.random(shape)
            arguments = {
                "probs": p / p.sum(axis=1, keepdims=True),
                "labels": rng.integers(0, shape[1], shape[0]),
                "scale_by_half": half,
            }

            def function(x: Any, _: str, y: Any = arguments["labels"], value: Any = value) -> Any:
                return brier_score_loss(y, x, labels=range(x.shape[1]), scale_by_half=value)

            yield arguments, function
