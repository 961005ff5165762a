"""No library of the kind defines it: the published formula in PyTorch's operations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

SHAPES = [(), (5,), (3, 2), (2, 3, 4)]


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in SHAPES:
        for epsilon in (1e-3, 0.1, 1.0, 5.0):
            yield case(rng.normal(0, 3, shape), rng.normal(0, 3, shape), epsilon)
    yield case(np.array([0.0, 1e100, -1e100, np.inf, np.nan]), np.zeros(5), 1e-3, "grad mean", "grad sum")


def case(input: Any, target: Any, epsilon: float, *left_out: str) -> Any:
    import torch

    t = torch.tensor(target)

    def function(x: Any, reduction: str) -> Any:
        loss = torch.sqrt((x - t) ** 2 + epsilon**2)
        return {"none": loss, "mean": loss.mean(), "sum": loss.sum()}[reduction]

    return {"input": input, "target": target, "epsilon": epsilon}, function, *left_out
