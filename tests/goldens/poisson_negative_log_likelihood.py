from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

SHAPES = [(), (5,), (3, 2), (2, 3, 4)]


def cases(rng: np.random.Generator) -> Iterator[Any]:
    for shape in SHAPES:
        for full in (False, True):
            for target in (rng.poisson(3, shape) * 1.0, rng.random(shape) * 4):
                yield case(rng.normal(0, 2, shape), np.asarray(target), True, full, 1e-8)
                for eps in (1e-8, 0.5):
                    yield case(rng.exponential(2, shape), np.asarray(target), False, full, eps)
    yield case(np.array([0.0, 0.0, 1e-20]), np.array([3.0, 0.0, 1.0]), False, False, 1e-8)
    yield case(np.array([0.0, 3.0]), np.array([3.0, 0.0]), False, False, 0.0)
    yield case(np.array([710.0, -800.0, np.nan, -np.inf]), np.array([1.0, 2.0, 1.0, 1.0]), True, True, 1e-8)


def case(input: Any, target: Any, log_input: bool, full: bool, eps: float) -> Any:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    arguments = {"input": input, "target": target, "log_input": log_input, "full": full, "eps": eps}
    t = torch.tensor(target)
    return arguments, lambda x, r: F.poisson_nll_loss(x, t, log_input, full, eps=eps, reduction=r)
