from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

REDUCTIONS = ("none", "mean", "sum", "batchmean")
SHAPES = [(4,), (3, 2), (2, 5), (2, 3, 4), (2, 3, 2, 2)]


def cases(rng: np.random.Generator) -> Iterator[Any]:
    for shape in SHAPES:
        for scale in (0.1, 1, 5):
            for log_target in (False, True):
                log_probs, target = (_log_softmax(rng.normal(0, scale, shape)) for _ in range(2))
                yield case(log_probs, target if log_target else np.exp(target), log_target)
    yield case(np.log([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]]), np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]]), False)
    yield case(np.array([[-np.inf, 0.0]]), np.array([[0.5, 0.5]]), False)


def case(log_probs: Any, target: Any, log_target: bool) -> Any:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    arguments = {"log_probs": log_probs, "target": target, "log_target": log_target}
    t = torch.tensor(target)
    # one distribution is a batch of one, in PyTorch of as many as it has classes
    left_out = ["batchmean"] if log_probs.ndim == 1 else []
    return arguments, lambda x, r: F.kl_div(x, t, reduction=r, log_target=log_target), *left_out


def _log_softmax(z: Any) -> Any:
    axis = 0 if z.ndim == 1 else 1
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))
