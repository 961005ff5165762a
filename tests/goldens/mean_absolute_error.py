from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

SHAPES = [(), (5,), (3, 2), (2, 3, 4)]


def cases(rng: np.random.Generator) -> Iterator[Any]:
    for shape in SHAPES:
        for weight in (None, rng.random(shape) * 2, np.full(shape, 2.0)):
            yield case(rng.normal(0, 3, shape), rng.normal(0, 3, shape), weight)
    yield case(np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 5.0]), np.array([1.0, 0.0, 3.0]))
    yield case(np.array([1.0, 2.0]), np.array([0.0, 0.0]), np.array([0.0, 0.0]))
    yield case(np.array([1e100, -1e-100, np.inf, 1.0]), np.array([0.0, 0.0, 1.0, -np.inf]), None)
    # the gradient of NaN is NaN, in PyTorch 0
    yield *case(np.array([np.nan, 1.0]), np.array([1.0, 0.0]), None), "grad mean", "grad sum"
    yield case(np.zeros(0), np.zeros(0), None)


def case(input: Any, target: Any, weight: Any) -> tuple[dict[str, Any], Any]:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    arguments = {"input": input, "target": target} | ({} if weight is None else {"weight": weight})
    t = torch.tensor(target)
    w = None if weight is None else torch.tensor(weight)
    return arguments, lambda x, reduction: F.l1_loss(x, t, weight=w, reduction=reduction)
