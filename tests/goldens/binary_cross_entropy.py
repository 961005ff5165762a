from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

SHAPES = [(), (4,), (3, 2), (2, 3, 2)]


def cases(rng: np.random.Generator) -> Iterator[Any]:
    for shape in SHAPES:
        for labels in (rng.integers(0, 2, shape) * 1.0, rng.random(shape)):
            for weight in (None, rng.random(shape) * 2, rng.random(shape[1:]), np.array(0.5)):
                yield case(rng.random(shape), np.asarray(labels), weight)
    extremes = np.array([0.0, 1.0, 0.0, 1.0, 1e-50, 1e-300])
    # PyTorch's floor of the gradient's divisor is 1e-12 in float32, 9.99999996e-13
    yield *case(extremes, np.array([1.0, 0.0, 0.0, 1.0, 1.0, 0.0]), None), "grad mean", "grad sum"
    yield case(np.zeros(0), np.zeros(0), None)


def case(probs: Any, labels: Any, weight: Any) -> tuple[dict[str, Any], Any]:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    arguments = {"probs": probs, "labels": labels} | ({} if weight is None else {"weight": weight})
    t = torch.tensor(labels)
    w = None if weight is None else torch.tensor(weight)
    return arguments, lambda x, reduction: F.binary_cross_entropy(x, t, w, reduction=reduction)
