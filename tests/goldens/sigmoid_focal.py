"""torchvision's formula, written out: its wheels for the CPU follow PyTorch's own releases and are not always there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.goldens._keras import reduced


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    for shape in [(), (4,), (3, 2), (2, 3, 2)]:
        for labels in (rng.integers(0, 2, shape) * 1.0, rng.random(shape)):
            for options in ({}, {"alpha": -1.0}, {"alpha": 0.6, "gamma": 0.5}, {"gamma": 0.0}):
                arguments = {"logits": rng.normal(0, 4, shape), "labels": np.asarray(labels), **options}
                alpha, gamma = options.get("alpha", 0.25), options.get("gamma", 2.0)
                t = torch.tensor(np.asarray(labels))

                def each(x: Any, t: Any = t, alpha: float = alpha, gamma: float = gamma) -> Any:
                    p = torch.sigmoid(x)
                    ce = F.binary_cross_entropy_with_logits(x, t, reduction="none")
                    loss = ce * (1 - (p * t + (1 - p) * (1 - t))) ** gamma
                    return (alpha * t + (1 - alpha) * (1 - t)) * loss if alpha >= 0 else loss

                yield arguments, reduced(each)
