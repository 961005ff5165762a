from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    for shape in [(4,), (1, 3), (5, 3), (6, 8)]:
        classes = int(rng.integers(2, 6))
        for weighted in (False, True):
            for more in ({}, {"linear_bias": rng.normal(0, 1, classes)}, {"label_smoothing": 0.1}):
                labels = rng.integers(0, classes, shape[:-1])
                labels = np.where(rng.random(labels.shape) < 0.2, -100, labels)
                arguments: dict[str, Any] = {
                    "hidden": rng.normal(0, 1, shape),
                    "linear_weight": rng.normal(0, 1, (classes, shape[-1])),
                    "labels": labels,
                    **more,
                }
                arguments |= {"weight": rng.random(classes) + 0.1} if weighted else {}
                given = {k: torch.tensor(v) if isinstance(v, np.ndarray) else v for k, v in arguments.items()}
                matrix, target = given.pop("linear_weight"), torch.tensor(labels)
                del given["hidden"], given["labels"]

                def function(
                    x: Any, reduction: str, matrix: Any = matrix, target: Any = target, given: Any = given
                ) -> Any:
                    return F.linear_cross_entropy(x, matrix, target, reduction=reduction, **given)

                # where all rows are ignored the mean is NaN for both, but PyTorch's gradient is too
                yield arguments, function
