from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    for shape in [(4,), (1, 3), (5, 3), (2, 1)]:
        for labels in (rng.integers(0, 2, shape) * 1.0, rng.random(shape)):
            for weight in (None, rng.random(shape[-1]) * 2):
                arguments = {"logits": rng.normal(0, 4, shape), "labels": labels}
                arguments |= {} if weight is None else {"weight": weight}
                t, w = torch.tensor(labels), None if weight is None else torch.tensor(weight)

                def function(x: Any, reduction: str, t: Any = t, w: Any = w) -> Any:
                    return F.multilabel_soft_margin_loss(x, t, w, reduction=reduction)

                yield arguments, function
