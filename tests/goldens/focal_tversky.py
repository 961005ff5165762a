"""segmentation_models_pytorch 0.6.0 (pip install --no-deps) and MONAI 1.6.1, in the environment of torch 2.13.0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.goldens._regions import smp, smp_cases, smp_variants


def cases(rng: np.random.Generator) -> Iterator[Any]:
    class Each(smp().TverskyLoss):  # type: ignore[misc]  # untyped
        """smp's Tversky loss with the power of each class's loss, as in the paper, not of their mean."""

        def aggregate_loss(self, loss: Any) -> Any:
            filled = loss > 0  # 0 stands for a class that no mask has, and has no slope to pass through the power
            return loss[filled].pow(self.gamma).sum() / loss.numel()

    weights = [{}, {"alpha": 0.7, "beta": 0.2, "gamma": 2.0}]
    paper = {"alpha": 0.3, "beta": 0.7, "gamma": 0.75}
    for weight in weights:
        variants = smp_variants("plain", "probabilities", "smooth")
        yield from smp_cases(
            rng, Each, [{"ours": v["ours"] | weight, "smp": v["smp"] | paper | weight} for v in variants]
        )
