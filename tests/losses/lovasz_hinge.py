from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mpmath import mpf

from tests.losses import _regions
from tests.losses.lovasz_softmax import extension
from tests.strategies import arrays

COUPLES_ROWS = True


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    """Tame scores are all different: where two errors are equal, the loss has a kink."""
    random = np.random.default_rng(draw(st.integers(0, 99)))
    logits = draw(arrays(np.float64, rows, elements=st.floats(-60, 60)))
    values: dict[str, Any] = {"logits": random.normal(0, 2, rows) if tame else logits}
    values["labels"] = draw(arrays(np.int64, rows, elements=st.integers(0, 1)))
    if rows and draw(st.booleans()):
        values["ignore_index"] = draw(st.sampled_from([-100, 255]))
        values["labels"] = np.where(draw(arrays(np.bool_, rows)), values["ignore_index"], values["labels"])
    if draw(st.booleans()):
        values["per_image"] = draw(st.booleans())
    return values


def reference_batch(given: dict[str, Any]) -> list[dict[str, Any]]:
    axes = _regions.depth(given["logits"])
    pairs = list(zip(_regions.flat(given["logits"], axes), _regions.flat(given["labels"], axes), strict=True))
    images = len(given["logits"]) if given["per_image"] and axes > 1 else 1
    size = len(pairs) // images
    results = []
    for i in range(images):
        counted = [
            (1 - (2 * t - 1) * mpf(x), t == 1)
            for x, t in pairs[i * size : (i + 1) * size]
            if t != given["ignore_index"]
        ]
        value = extension([(max(error, mpf(0)), inside) for error, inside in counted])
        steps = {"mask pixels": sum(t for _, t in counted), "wrong pixels": sum(e > 1 for e, _ in counted)}
        results.append({"value": value, "divisor": int(bool(counted)), "counts": bool(counted), "steps": steps})
    return results


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    """segmentation_models_pytorch 0.6.0 (pip install --no-deps), in the environment of torch 2.13.0."""
    for shape in ((2, 3, 2), (1, 4), (3, 2, 2, 2)):
        for per_image in (True, False):
            for ignored in (None, 255):
                for mask in (0.5, 0.0):
                    yield golden_case(rng, shape, per_image, ignored, mask)


def golden_case(rng: Any, shape: tuple[int, ...], per_image: bool, ignored: int | None, mask: float) -> Any:
    import torch

    labels = (rng.random(shape) < mask) * 1
    options: dict[str, Any] = {"per_image": per_image}
    if ignored is not None:
        options["ignore_index"] = ignored
        labels = np.where(rng.random(shape) < 0.2, ignored, labels)
    loss = _regions.smp().LovaszLoss("binary", **options)
    target = torch.tensor(labels)

    def function(x: Any, reduction: str) -> Any:
        return loss(x, target)

    return {"logits": rng.normal(0, 2, shape), "labels": labels} | options, function, *_regions.BUT_THE_MEAN


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    for per_image in (False, True):
        loss = _regions.smp().LovaszLoss("binary", per_image)
        for z, _, y, _ in _regions.claimed(rng):
            x, t = z[:, 0], np.minimum(y, 1)
            arguments = {"logits": x, "labels": t, "per_image": per_image}
            yield "smp", arguments, loss(torch.tensor(x), torch.tensor(t))
