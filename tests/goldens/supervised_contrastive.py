"""pytorch-metric-learning's SupConLoss, with reducers that count every anchor with a positive.

.torch/bin/pip install pytorch-metric-learning==2.9.0
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

REDUCTIONS = ("mean",)


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from pytorch_metric_learning.losses import SupConLoss

    for shape in [(4, 3), (6, 1), (8, 5), (9, 40)]:
        for temperature in (0.07, 0.1, 0.5):
            embeddings, labels = rng.normal(0, 1, shape), rng.integers(0, 3, shape[0])
            labels[:2] = 5  # at least two alike
            if shape[0] > 6:
                labels[-1] = 7  # and one alone

            def function(x: Any, _: str, labels: Any = labels, temperature: float = temperature) -> Any:
                return SupConLoss(temperature=temperature)(x, torch.tensor(labels))

            yield {"embeddings": embeddings, "labels": labels, "temperature": temperature}, function
