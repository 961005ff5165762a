from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.losses import _regions

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
