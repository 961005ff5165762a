from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.goldens._keras import losses, reduced


def cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch

    keras = losses()
    for shape in [(4,), (1, 3), (5, 3), (6, 4)]:
        rows, classes = shape[:-1], shape[-1]
        q = rng.random(shape)
        for labels in (rng.integers(0, classes, rows), q / q.sum(axis=-1, keepdims=True)):
            for options in ({}, {"gamma": 0.5, "alpha": 1.0}, {"gamma": 0.0, "alpha": rng.random(classes) * 2}):
                arguments: dict[str, Any] = {"logits": rng.normal(0, 3, shape), "labels": labels, **options}
                hot = torch.tensor(labels if labels.shape == shape else np.eye(classes)[labels])
                gamma = options.get("gamma", 2.0)
                alpha = torch.tensor(np.asarray(options.get("alpha", 0.25)))

                def each(x: Any, hot: Any = hot, alpha: Any = alpha, gamma: Any = gamma) -> Any:
                    return keras.categorical_focal_crossentropy(hot, x, alpha, gamma, from_logits=True)

                yield arguments, reduced(each)
