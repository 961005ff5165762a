"""segmentation_models_pytorch 0.6.0 (pip install --no-deps) and MONAI 1.6.1, in the environment of torch 2.13.0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.goldens._regions import monai_cases, smp, smp_cases, smp_variants


def cases(rng: np.random.Generator) -> Iterator[Any]:
    from monai.losses import DiceLoss as MonaiDice

    yield from smp_cases(rng, smp().DiceLoss, smp_variants("plain", "probabilities", "classes", "smooth twice"))
    yield from monai_cases(rng, MonaiDice, {})
