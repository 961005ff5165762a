from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.losses import _claims, _regions

arguments = _regions.arguments

COUPLES_ROWS = True


def reference_batch(given: dict[str, Any]) -> list[dict[str, Any]]:
    return _regions.overlaps(given, "Jaccard", 1, 1, 1)


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    """segmentation_models_pytorch 0.6.0 (pip install --no-deps) and MONAI 1.6.1, in the environment of torch 2.13.0."""
    from monai.losses import DiceLoss as MonaiDice

    yield from _regions.smp_cases(
        rng, _regions.smp().JaccardLoss, _regions.smp_variants("plain", "probabilities", "classes", "smooth")
    )
    # MONAI doubles the quotient and smooths that, so twice our 1e-5
    yield from _regions.monai_cases(rng, MonaiDice, {"jaccard": True, "smooth_nr": 2e-5, "smooth_dr": 2e-5})


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch
    from monai.losses import DiceLoss as MonaiDice

    optax, smp = _claims.optax(), _regions.smp()
    for z, p, y, t in _regions.claimed(rng):
        logits, probs = {"logits": z, "labels": y}, {"logits": p, "labels": y, "from_logits": False}
        yield "smp", logits, smp.JaccardLoss("multiclass")(torch.tensor(z), torch.tensor(y))
        monai = _regions.PRODUCT | {"per_image": True, "smooth_nr": 5e-6, "smooth_dr": 5e-6}
        yield "MONAI", probs | monai, MonaiDice(jaccard=True)(torch.tensor(p), torch.tensor(t))
        smooth = _regions.PRODUCT | {"per_image": True, "smooth_nr": 1.0, "smooth_dr": 1.0}
        loss = optax.losses.dice_loss(np.moveaxis(z, 1, -1), np.moveaxis(t, 1, -1), alpha=1, beta=1)
        yield "optax", logits | smooth, loss.mean()
