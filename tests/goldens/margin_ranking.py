from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    for shape in [(), (4,), (3, 2), (2, 3, 2)]:
        for margin in (0.0, 0.5, -1.0):
            for labels in (np.asarray(rng.choice([-1.0, 1.0], shape)), np.asarray(-1.0)):
                input1, input2 = (np.asarray(rng.normal(0, 1, shape)) for _ in range(2))
                if shape == (4,):
                    input2[:2] = input1[:2]  # the corner
                arguments = {"input1": input1, "input2": input2, "labels": labels, "margin": margin}
                other, y = torch.tensor(input2), torch.tensor(np.broadcast_to(labels, shape).copy())

                def function(x: Any, reduction: str, other: Any = other, y: Any = y, margin: float = margin) -> Any:
                    return F.margin_ranking_loss(x, other, y, margin=margin, reduction=reduction)

                yield arguments, function
