from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

SHAPES = [(), (5,), (3, 2), (2, 3, 4)]


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in SHAPES:
        for beta in (0.0, 0.1, 1.0, 4.0):
            yield case(rng.normal(0, 3, shape), rng.normal(0, 3, shape), beta)
    yield case(np.array([0.25, 0.5, 1.0, 2.0, 5.0, 0.0, -5.0]), np.zeros(7), 0.5)
    yield case(np.array([0.0, 1e200, -1e200, np.inf, np.nan]), np.zeros(5), 1.0)
    yield case(np.array([0.0, 1.0, -2.0]), np.zeros(3), 0.0)
    yield case(np.zeros(0), np.zeros(0), 1.0)


def case(input: Any, target: Any, beta: float) -> tuple[dict[str, Any], Any]:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    arguments = {"input": input, "target": target, "beta": beta}
    t = torch.tensor(target)
    return arguments, lambda x, reduction: F.smooth_l1_loss(x, t, reduction=reduction, beta=beta)
