"""Cases for the losses on regions: scores and masks in each mode, with smp's and MONAI's conventions."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import Any

import numpy as np

SHAPES = [(1, 3, 2, 3), (2, 3, 4), (2, 2, 2, 2, 1)]
BUT_THE_MEAN = ("none", "sum", "grad sum")  # smp has no other reduction
MONAI = {"per_image": True, "smooth_nr": 1e-5, "smooth_dr": 1e-5, "empty": "formula", "overlap": "product"}


def smp() -> Any:
    """segmentation_models_pytorch.losses, without the models and data sets that the package imports first."""
    name = "segmentation_models_pytorch"
    spec = find_spec(name)
    assert spec is not None
    sys.modules[name] = module_from_spec(spec)
    import torch

    torch.Tensor.float = torch.Tensor.double  # smp rounds Lovasz' weights
    return import_module(f"{name}.losses")


def masks(rng: np.random.Generator, mode: str, shape: tuple[int, ...]) -> dict[str, Any]:
    """Scores and hard masks; the last class is in no mask of the shapes with many pixels."""
    n, classes, *space = shape
    logits = rng.normal(0, 2, shape if mode != "binary" else (n, *space)).round(3)
    labels: Any
    if mode == "multiclass":
        labels = rng.integers(0, max(2, classes - 1), (n, *space))
    else:
        labels = rng.integers(0, 2, logits.shape) * 1.0
    return {"logits": logits, "labels": labels} | ({} if mode == "multiclass" else {"mode": mode})


def smp_cases(
    rng: np.random.Generator, make: Callable[..., Any], variants: list[dict[str, Any]], ignore: bool = True
) -> Iterator[Any]:
    """`make(mode, **smp's options)` is smp's loss; each variant maps our options to smp's."""
    for shape in SHAPES:
        for mode in ("multiclass", "multilabel", "binary"):
            for variant in variants:
                ours, theirs = dict(variant["ours"]), dict(variant["smp"])
                if "classes" in ours and mode == "binary":
                    continue
                given = masks(rng, mode, shape)
                if ignore and rng.random() < 0.5:
                    given["ignore_index"] = theirs["ignore_index"] = 255
                    given["labels"] = np.where(rng.random(given["labels"].shape) < 0.2, 255, given["labels"])
                if not ours.get("from_logits", True):
                    given["logits"] = rng.random(given["logits"].shape).round(3)
                yield given | ours, _of_mean(make(mode, **theirs), given["labels"], mode), *BUT_THE_MEAN


def _of_mean(loss: Any, labels: Any, mode: str) -> Any:
    import torch

    target = torch.tensor(labels)

    def function(x: Any, reduction: str) -> Any:
        return loss(x if mode != "binary" else x[:, None], target if mode != "binary" else target[:, None])

    return function


def monai_cases(rng: np.random.Generator, make: Callable[..., Any], extra: dict[str, Any]) -> Iterator[Any]:
    """`make(**MONAI's options)` is MONAI's loss, per image and over the batch."""
    for shape in SHAPES:
        for mode in ("multiclass", "multilabel"):
            for background in (True, False):
                for per_image in (True, False):
                    given = masks(rng, mode, shape)
                    if mode == "multilabel" and background:
                        given["labels"] = rng.random(given["labels"].shape).round(3)
                    options = {"include_background": background, "batch": not per_image, **extra}
                    activation = {"softmax": True, "to_onehot_y": True} if mode == "multiclass" else {"sigmoid": True}
                    ours = MONAI | {"per_image": per_image}
                    if not background:
                        ours["classes"] = list(range(1, shape[1]))
                    target = given["labels"][:, None] if mode == "multiclass" else given["labels"]
                    yield given | ours, _monai(make, options | activation, target)


def _monai(make: Callable[..., Any], options: dict[str, Any], labels: Any) -> Any:
    import torch

    target = torch.tensor(labels)

    def function(x: Any, reduction: str) -> Any:
        loss = make(reduction=reduction, **options)(x, target)
        if reduction != "none":
            return loss
        return loss.reshape(-1) if options["batch"] else loss.reshape(loss.shape[:2])

    return function


def smp_variants(*names: str) -> list[dict[str, Any]]:
    """The options that smp has: how they are said here and there; `smooth` counts `twice` in Dice."""
    every: dict[str, dict[str, Any]] = {
        "plain": {"ours": {}, "smp": {}},
        "probabilities": {"ours": {"from_logits": False}, "smp": {"from_logits": False}},
        "classes": {"ours": {"classes": [1, 0]}, "smp": {"classes": [1, 0]}},
        "smooth": {"ours": {"smooth_nr": 0.5, "smooth_dr": 0.5}, "smp": {"smooth": 0.5}},
        "smooth twice": {"ours": {"smooth_nr": 1.0, "smooth_dr": 1.0}, "smp": {"smooth": 0.5}},
    }
    return [every[name] for name in names]
