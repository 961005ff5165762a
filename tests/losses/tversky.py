from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

import losscli
from tests.losses import _claims, _regions

COUPLES_ROWS = True
NAMES = ("alpha", "beta")


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    values = _regions.arguments(draw, rows, tame)
    for name in NAMES:
        if draw(st.booleans()):
            values[name] = draw(st.sampled_from([0.25, 0.5, 1.0, 2.0]))
    return values


def reference_batch(given: dict[str, Any]) -> list[dict[str, Any]]:
    return _regions.overlaps(given, "Tversky", 1, given["alpha"], given["beta"])


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    """segmentation_models_pytorch 0.6.0 (pip install --no-deps) and MONAI 1.6.1, in the environment of torch 2.13.0."""
    from monai.losses import TverskyLoss as MonaiTversky

    weights = {"alpha": 0.3, "beta": 0.6}
    weighted = [
        {"ours": v["ours"] | weights, "smp": v["smp"] | weights}
        for v in _regions.smp_variants("probabilities", "smooth")
    ]
    yield from _regions.smp_cases(rng, _regions.smp().TverskyLoss, _regions.smp_variants("plain", "classes") + weighted)
    for arguments, function in _regions.monai_cases(rng, MonaiTversky, weights):
        yield arguments | weights, function


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch
    from monai.losses import TverskyLoss as MonaiTversky

    keras, optax, smp = _claims.keras(), _claims.optax(), _regions.smp()
    for z, p, y, t in _regions.claimed(rng):
        alpha, beta = (float(weight) for weight in rng.integers(1, 10, 2) / 10)
        weights = {"alpha": alpha, "beta": beta}
        logits, probs = {"logits": z, "labels": y}, {"logits": p, "labels": y, "from_logits": False}
        yield "smp", logits | weights, smp.TverskyLoss("multiclass", **weights)(torch.tensor(z), torch.tensor(y))
        monai = _regions.PRODUCT | {"per_image": True, "smooth_nr": 1e-5, "smooth_dr": 1e-5}
        yield "MONAI", probs | weights | monai, MonaiTversky(**weights)(torch.tensor(p), torch.tensor(t))
        micro = _regions.PRODUCT | {"average": "micro", "smooth_dr": 1e-7}
        yield "Keras", probs | weights | micro, keras.losses.Tversky(alpha=beta, beta=alpha)(t, p)
        smooth = _regions.PRODUCT | {"per_image": True, "smooth_nr": 1.0, "smooth_dr": 1.0}
        loss = optax.losses.dice_loss(np.moveaxis(z, 1, -1), np.moveaxis(t, 1, -1), **weights)
        yield "optax", logits | weights | smooth, loss.mean()


def test_keras_swaps_alpha_and_beta() -> None:
    keras = 0.3005181528363172  # keras 3.15.1: Tversky(alpha=0.3, beta=0.7)
    found = losscli.tversky(_regions.P, _regions.T, alpha=0.7, beta=0.3, **_regions.KERAS).mean
    assert found == pytest.approx(keras, rel=1e-14)
