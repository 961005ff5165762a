"""segmentation_models_pytorch 0.6.0 (pip install --no-deps) and MONAI 1.6.1, in the environment of torch 2.13.0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.goldens._regions import monai_cases, smp, smp_cases, smp_variants


def cases(rng: np.random.Generator) -> Iterator[Any]:
    from monai.losses import TverskyLoss as MonaiTversky

    weights = {"alpha": 0.3, "beta": 0.6}
    weighted = [
        {"ours": v["ours"] | weights, "smp": v["smp"] | weights} for v in smp_variants("probabilities", "smooth")
    ]
    yield from smp_cases(rng, smp().TverskyLoss, smp_variants("plain", "classes") + weighted)
    for arguments, function in monai_cases(rng, MonaiTversky, weights):
        yield arguments | weights, function
