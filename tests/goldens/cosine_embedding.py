from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    for shape in [(3,), (4, 1), (1, 3), (4, 5), (5, 40)]:
        for scale in (1e-6, 0.1, 10):
            for margin in (0.0, 0.5, -0.5):
                input1, input2 = rng.normal(0, scale, shape), rng.normal(0, 1, shape)
                if shape == (4, 5):
                    input1[:2] = 0
                labels = np.asarray(rng.choice([-1.0, 1.0], shape[:-1]))
                other, y = torch.tensor(input2), torch.tensor(labels)

                def function(x: Any, reduction: str, other: Any = other, y: Any = y, margin: float = margin) -> Any:
                    return F.cosine_embedding_loss(x, other, y, margin=margin, reduction=reduction)

                yield {"input1": input1, "input2": input2, "labels": labels, "margin": margin}, function
