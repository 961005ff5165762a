from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

import losscli
from tests.losses import _regions

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


def test_keras_swaps_alpha_and_beta() -> None:
    keras = 0.3005181528363172  # keras 3.15.1: Tversky(alpha=0.3, beta=0.7)
    found = losscli.tversky(_regions.P, _regions.T, alpha=0.7, beta=0.3, **_regions.KERAS).mean
    assert found == pytest.approx(keras, rel=1e-14)
