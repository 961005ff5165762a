from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    for shape in [(4,), (1, 3), (5, 3), (6, 5), (3, 1)]:
        classes = shape[-1]
        for weight in (None, rng.random(classes) * 2):
            for more in ({}, {"p": 2}, {"margin": 0.3}, {"p": 2, "margin": 2.5}):
                labels = np.asarray(rng.integers(0, classes, shape[:-1]))
                arguments = {"logits": rng.normal(0, 2, shape), "labels": labels, **more}
                arguments |= {} if weight is None else {"weight": weight}
                w, y = None if weight is None else torch.tensor(weight), torch.tensor(labels)

                def function(x: Any, reduction: str, y: Any = y, w: Any = w, more: Any = more) -> Any:
                    return F.multi_margin_loss(x, y, weight=w, reduction=reduction, **more)

                yield arguments, function
