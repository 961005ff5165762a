from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

SHAPES = [(), (5,), (3, 2), (2, 3, 4)]


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in SHAPES:
        for delta in (0.1, 1.0, 4.0):
            for weight in (None, rng.random(shape) * 2):
                yield case(rng.normal(0, 3, shape), rng.normal(0, 3, shape), delta, weight)
    yield case(np.array([0.25, 0.5, 1.0, 2.0, 5.0, 0.0, -5.0]), np.zeros(7), 0.5)
    yield case(np.array([1e200, -1e200, np.inf, np.nan]), np.zeros(4), 1.0)
    yield case(np.zeros(0), np.zeros(0), 1.0)


def case(input: Any, target: Any, delta: float, weight: Any = None) -> tuple[dict[str, Any], Any]:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    arguments = {"input": input, "target": target, "delta": delta} | ({} if weight is None else {"weight": weight})
    t = torch.tensor(target)
    w = None if weight is None else torch.tensor(weight)
    return arguments, lambda x, reduction: F.huber_loss(x, t, reduction, delta, w)
