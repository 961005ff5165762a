from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

SHAPES = [(), (5,), (3, 2), (3, 3), (2, 3, 4)]


def cases(rng: np.random.Generator) -> Iterator[Any]:
    for shape in SHAPES:
        for var in (rng.random(shape), rng.random(shape[:-1]), rng.random((*shape[:-1], 1)), rng.random()):
            if shape or np.ndim(var) == 0:
                for full in (False, True):
                    yield case(rng.normal(0, 2, shape), rng.normal(0, 2, shape), np.asarray(var), full, 1e-6)
    yield case(np.array([1.0, 2.0]), np.array([1.0, 1.0]), np.array([0.0, 1e-9]), False, 1e-6)
    yield case(np.array([1.0, 2.0]), np.array([1.0, 1.0]), np.array([0.1, 3.0]), False, 0.5)
    yield case(np.array([np.inf, np.nan]), np.array([1.0, 1.0]), np.array([0.1, 3.0]), False, 1e-6)


def case(input: Any, target: Any, var: Any, full: bool, eps: float) -> Any:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    arguments = {"input": input, "target": target, "var": var, "full": full, "eps": eps}
    t = torch.tensor(target)
    v = float(var) if var.ndim == 0 else torch.tensor(var)
    return arguments, lambda x, r: F.gaussian_nll_loss(x, t, v, full=full, eps=eps, reduction=r)
