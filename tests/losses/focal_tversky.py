from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.losses import _regions

COUPLES_ROWS = True
NAMES = ("alpha", "beta", "gamma")


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    values = _regions.arguments(draw, rows, tame)
    for name in NAMES:
        if draw(st.booleans()):
            values[name] = draw(st.sampled_from([0.25, 0.5, 1.0, 2.0]))
    return values


def reference_batch(given: dict[str, Any]) -> list[dict[str, Any]]:
    return _regions.overlaps(given, "Tversky", 1, given["alpha"], given["beta"], given["gamma"])


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    """segmentation_models_pytorch 0.6.0 (pip install --no-deps) and MONAI 1.6.1, in the environment of torch 2.13.0."""

    class Each(_regions.smp().TverskyLoss):  # type: ignore[misc]  # untyped
        """smp's Tversky loss with the power of each class's loss, as in the paper, not of their mean."""

        def aggregate_loss(self, loss: Any) -> Any:
            filled = loss > 0  # 0 stands for a class that no mask has, and has no slope to pass through the power
            return loss[filled].pow(self.gamma).sum() / loss.numel()

    weights = [{}, {"alpha": 0.7, "beta": 0.2, "gamma": 2.0}]
    paper = {"alpha": 0.3, "beta": 0.7, "gamma": 0.75}
    for weight in weights:
        variants = _regions.smp_variants("plain", "probabilities", "smooth")
        yield from _regions.smp_cases(
            rng, Each, [{"ours": v["ours"] | weight, "smp": v["smp"] | paper | weight} for v in variants]
        )


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    loss = _regions.smp().TverskyLoss("binary", alpha=0.3, beta=0.7, gamma=0.75)
    for z, _, y, _ in _regions.claimed(rng):
        x, t = z[:, 0], np.minimum(y, 1.0)
        yield "smp", {"logits": x, "labels": t, "mode": "binary"}, loss(torch.tensor(x), torch.tensor(t))
