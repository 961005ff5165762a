from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    for shape in [(), (4,), (3, 2), (2, 3, 2)]:
        for margin in (1.0, 0.5, 3.0):
            labels, x = np.asarray(rng.choice([-1.0, 1.0], shape)), np.asarray(rng.normal(0, 2, shape))
            if shape == (4,):
                x[:2] = margin  # the corner

            def function(x: Any, reduction: str, y: Any = labels, margin: float = margin) -> Any:
                return F.hinge_embedding_loss(x, torch.tensor(y), margin=margin, reduction=reduction)

            yield {"input": x, "labels": labels, "margin": margin}, function
