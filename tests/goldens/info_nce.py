"""No library defines it: the matrix of cosines as F.normalize makes it, and PyTorch's cross_entropy of that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    for shape in [(1, 3), (4, 1), (4, 5), (7, 40)]:
        for temperature in (0.07, 0.5):
            anchor, positive = rng.normal(0, 3, shape), rng.normal(0, 1, shape)

            def function(x: Any, reduction: str, positive: Any = positive, temperature: float = temperature) -> Any:
                scores = F.normalize(x) @ F.normalize(torch.tensor(positive)).T / temperature
                return F.cross_entropy(scores, torch.arange(len(x)), reduction=reduction)

            yield {"anchor": anchor, "positive": positive, "temperature": temperature}, function
