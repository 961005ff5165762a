"""The geometry of torchvision.ops' box losses in torch operations, as torchvision writes it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


def box_cases(rng: np.random.Generator, formula: Callable[[dict[str, Any]], Any]) -> Iterator[Any]:
    for rows in ((), (1,), (4,), (7,)):
        for eps in (None, 0.0, 1e-2):
            for spread in (1.0, 3.0):
                yield case(boxes(rng, rows, spread), boxes(rng, rows, spread), eps, formula)
    inside = np.array([[0.0, 0, 4, 4], [1, 1, 2, 2], [0, 0, 1, 1], [0, 0, 1, 2]])
    other = np.array([[1.0, 1, 2, 2], [0, 0, 4, 4], [1, 0.25, 2, 0.75], [0, 0, 1, 1]])
    yield case(inside, other, None, formula)


def boxes(rng: np.random.Generator, rows: tuple[int, ...], spread: float) -> Any:
    corner = rng.normal(0, spread, (*rows, 2))
    return np.concatenate([corner, corner + rng.random((*rows, 2)) * 3 + 0.1], axis=-1)


def case(input: Any, target: Any, eps: float | None, formula: Callable[[dict[str, Any]], Any]) -> Any:
    import torch

    true = torch.tensor(target)

    def function(x: Any, reduction: str) -> Any:
        loss = formula(measured(x, true, 1e-7 if eps is None else eps))
        return loss if reduction == "none" else loss.mean() if reduction == "mean" else loss.sum()

    return {"input": input, "target": target} | ({} if eps is None else {"eps": eps}), function


def measured(a: Any, b: Any, eps: float) -> dict[str, Any]:
    import torch

    x1, y1, x2, y2 = a.unbind(-1)
    u1, v1, u2, v2 = b.unbind(-1)
    across, up = torch.min(x2, u2) - torch.max(x1, u1), torch.min(y2, v2) - torch.max(y1, v1)
    intersection = torch.where((across > 0) & (up > 0), across * up, torch.zeros_like(across))
    union = (x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - intersection
    w, h = torch.max(x2, u2) - torch.min(x1, u1), torch.max(y2, v2) - torch.min(y1, v1)
    turn = torch.atan((u2 - u1) / (v2 - v1)) - torch.atan((x2 - x1) / (y2 - y1))
    return {
        "eps": eps,
        "iou": intersection / (union + eps),
        "union": union,
        "enclosing": w * h,
        "distance": ((x1 + x2 - u1 - u2) / 2) ** 2 + ((y1 + y2 - v1 - v2) / 2) ** 2,
        "diagonal": w**2 + h**2 + eps,
        "v": 4 / math.pi**2 * turn**2,
    }
