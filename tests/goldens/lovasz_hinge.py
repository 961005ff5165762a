"""segmentation_models_pytorch 0.6.0 (pip install --no-deps), in the environment of torch 2.13.0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.goldens._regions import BUT_THE_MEAN, smp


def cases(rng: np.random.Generator) -> Iterator[Any]:
    for shape in ((2, 3, 2), (1, 4), (3, 2, 2, 2)):
        for per_image in (True, False):
            for ignored in (None, 255):
                for mask in (0.5, 0.0):
                    yield case(rng, shape, per_image, ignored, mask)


def case(rng: Any, shape: tuple[int, ...], per_image: bool, ignored: int | None, mask: float) -> Any:
    import torch

    labels = (rng.random(shape) < mask) * 1
    options: dict[str, Any] = {"per_image": per_image}
    if ignored is not None:
        options["ignore_index"] = ignored
        labels = np.where(rng.random(shape) < 0.2, ignored, labels)
    loss = smp().LovaszLoss("binary", **options)
    target = torch.tensor(labels)

    def function(x: Any, reduction: str) -> Any:
        return loss(x, target)

    return {"logits": rng.normal(0, 2, shape), "labels": labels} | options, function, *BUT_THE_MEAN
