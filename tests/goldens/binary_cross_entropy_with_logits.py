from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

SHAPES = [(), (5,), (3, 2), (2, 3, 4)]


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in SHAPES:
        for labels in (rng.integers(0, 2, shape) * 1.0, rng.random(shape)):
            for weight in (None, rng.random(shape[1:])):
                for pos_weight in (None, rng.random(shape[-1:]) * 3, np.array(3.0)):
                    yield case(rng.normal(0, 5, shape), np.asarray(labels), weight, pos_weight)
    yield case(np.array([1000.0, -1000.0, 40.0, -40.0]), np.array([0.0, 1.0, 1.0, 0.0]), None, None)
    yield case(np.array([1.0, -2.0]), np.array([2.0, -1.0]), None, None)
    yield case(np.array([np.inf, np.nan]), np.array([0.0, 0.0]), None, None)


def case(logits: Any, labels: Any, weight: Any, pos_weight: Any) -> tuple[dict[str, Any], Any]:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    arguments = {"logits": logits, "labels": labels}
    arguments |= {} if weight is None else {"weight": weight}
    arguments |= {} if pos_weight is None else {"pos_weight": pos_weight}
    t = torch.tensor(labels)
    w = None if weight is None else torch.tensor(weight)
    pw = None if pos_weight is None else torch.tensor(pos_weight)
    return arguments, lambda x, reduction: F.binary_cross_entropy_with_logits(
        x, t, w, reduction=reduction, pos_weight=pw
    )
