from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.losses import _boxes

arguments = _boxes.arguments


def reference(row: dict[str, Any]) -> dict[str, Any]:
    m = _boxes.measured(row)
    return _boxes.result(1 - m["IoU"] + m["empty share"], m)


def formula(b: dict[str, Any]) -> Any:
    return 1 - b["iou"] + (b["enclosing"] - b["union"]) / (b["enclosing"] + b["eps"])


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    """torchvision has no wheel for the environment that makes these: its published formula, written anew in torch."""
    return _boxes.golden_cases(rng, formula)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch
    from monai.losses import BoxGIoULoss

    yield from _boxes.claims(rng, formula)
    for rows in (1, 2, 3, 4, 5):
        a, b = (_boxes.golden_boxes(rng, (rows,), 1.0).round(2) for _ in range(2))
        arguments = {"input": a, "target": b, "eps": float(np.finfo(np.float32).eps)}
        yield "MONAI", arguments, BoxGIoULoss()(torch.tensor(a), torch.tensor(b))
