from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def cases(rng: np.random.Generator) -> Iterator[Any]:
    for shape in ((4, 5), (2, 4, 6), (1, 7, 3)):
        for shift in (False, True):
            for bits in (False, True):
                for ignored in (None, 0, -1):
                    yield case(rng, shape, shift, bits, ignored)


def case(rng: Any, shape: tuple[int, ...], shift: bool, bits: bool, ignored: int | None) -> Any:
    import torch
    from torch.nn import functional as F  # noqa: N812  torch's own custom

    labels = rng.integers(0, shape[-1], shape[:-1])
    options: dict[str, Any] = {"shift": shift, "bits": bits}
    if ignored is not None:
        options["ignore_index"] = ignored
        labels = np.where(rng.random(labels.shape) < 0.3, ignored, labels)
    target = torch.tensor(labels)

    def function(x: Any, reduction: str) -> Any:
        z, y = (x[..., :-1, :], target[..., 1:]) if shift else (x, target)
        flat = z.reshape(-1, shape[-1]), y.reshape(-1)
        loss = F.cross_entropy(*flat, ignore_index=options.get("ignore_index", -100), reduction=reduction)
        if bits:
            loss = loss / np.log(2)
        elif reduction == "mean":
            loss = loss.exp()
        return loss.reshape(y.shape) if reduction == "none" else loss

    return {"logits": rng.normal(0, 2, shape), "labels": labels} | options, function
