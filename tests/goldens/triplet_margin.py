from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    for shape in [(3,), (1, 3), (4, 5), (5, 40)]:
        for options in (
            {},
            {"swap": True},
            {"p": 1.0, "margin": 0.2},
            {"p": 3.5, "swap": True},
            {"p": math.inf},
            {"p": 0.5},
            {"eps": 0.1, "margin": 2.0},
        ):
            anchor, positive, negative = (rng.normal(0, 1, shape) for _ in range(3))
            if shape == (4, 5):
                positive[0] = anchor[0]
            p, n = torch.tensor(positive), torch.tensor(negative)

            def function(x: Any, reduction: str, p: Any = p, n: Any = n, options: Any = options) -> Any:
                return F.triplet_margin_loss(x, p, n, reduction=reduction, **options)

            yield {"anchor": anchor, "positive": positive, "negative": negative, **options}, function
