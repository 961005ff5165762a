"""segmentation_models_pytorch 0.6.0 (pip install --no-deps), in the environment of torch 2.13.0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.goldens._regions import BUT_THE_MEAN, SHAPES, masks, smp


def cases(rng: np.random.Generator) -> Iterator[Any]:
    for shape in SHAPES:
        for from_logits in (True, False):
            for per_image in (True, False):
                for ignored in (None, 255):
                    yield case(rng, shape, from_logits, per_image, ignored)


def case(rng: Any, shape: tuple[int, ...], from_logits: bool, per_image: bool, ignored: int | None) -> Any:
    import torch

    given = masks(rng, "multiclass", shape)
    options: dict[str, Any] = {"from_logits": from_logits, "per_image": per_image}
    if ignored is not None:
        options["ignore_index"] = ignored
        given["labels"] = np.where(rng.random(given["labels"].shape) < 0.2, ignored, given["labels"])
    if not from_logits:
        given["logits"] = rng.random(shape)
    loss = smp().lovasz._lovasz_softmax  # LovaszLoss itself takes the softmax even where from_logits is off
    target = torch.tensor(given["labels"])

    # smp knows (N, C, H, W) only
    def function(x: Any, reduction: str) -> Any:
        p = x.softmax(dim=1) if from_logits else x
        return loss(
            p.reshape(*x.shape[:2], -1, 1), target.reshape(len(target), -1, 1), per_image=per_image, ignore=ignored
        )

    return given | options, function, *BUT_THE_MEAN
