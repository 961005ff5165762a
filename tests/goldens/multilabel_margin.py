from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

LISTS = [
    [[3, 0, -1, 1]],
    [[-1, 2, 1, 0], [0, 1, 2, 3]],
    [[2, -1, -1, -1], [3, 3, 1, -1], [1, 0, 3, 2]],
]


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    for labels in [[3, 0, -1, 1], *LISTS]:
        for scale in (0.3, 1, 3):
            y = torch.tensor(labels)

            def function(x: Any, reduction: str, y: Any = y) -> Any:
                return F.multilabel_margin_loss(x, y, reduction=reduction)

            yield {"logits": rng.normal(0, scale, y.shape), "labels": labels}, function
