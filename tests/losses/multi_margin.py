from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from mpmath import mp, mpf

from tests.losses import _claims
from tests.strategies import ORDINARY, REALS, arrays


def scores(draw: Any, rows: tuple[int, ...], tame: bool, margin: float = 1.0) -> dict[str, Any]:
    """Scores and labels; if tame, no class is at its corner."""
    classes = draw(st.integers(1, 5))
    logits = draw(arrays(float, (*rows, classes), elements=ORDINARY if tame else REALS))
    labels = draw(arrays(np.int64, rows, elements=st.integers(0, classes - 1)))
    if tame:
        gaps = abs(logits[..., :, None] - logits[..., None, :])
        assume((abs(gaps - abs(margin)) > 1e-3).all())
    return {"logits": logits, "labels": labels}


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    margin = draw(st.sampled_from([1.0, 0.0625, 2.5, -0.5]))
    values = scores(draw, rows, tame, margin) | {"margin": margin}
    if draw(st.booleans()):
        values["p"] = 2
    if draw(st.booleans()):
        classes = values["logits"].shape[-1]
        values["weight"] = draw(arrays(float, (classes,), elements=st.floats(0, 4, width=32)))
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    z, y, margin = [mpf(x) for x in row["logits"]], row["labels"], mpf(row["margin"])
    w = mpf(1 if row["weight"] is None else row["weight"][y])
    over = [margin - z[y] + x for x in z]
    losses = [w * max(mpf(0), x) ** row["p"] / len(z) if c != y else mpf(0) for c, x in enumerate(over)]
    steps = {"logit": z, "m - z[y] + z": over, "loss": losses, "label": y, "weight": w, "logit[y]": z[y]}
    return {"value": mp.fsum(losses), "divisor": 1, "counts": True, "steps": steps}


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F

    for shape in [(4,), (1, 3), (5, 3), (6, 5), (3, 1), (2, 3)]:
        classes = shape[-1]
        for weight in (None, rng.random(classes) * 2) if shape != (2, 3) else (np.array([-1.0, 2.0, np.nan]),):
            for more in ({}, {"p": 2}, {"margin": 0.3}, {"p": 2, "margin": 2.5}):
                labels = np.asarray(rng.integers(0, classes if shape != (2, 3) else 2, shape[:-1]))  # none with NaN
                arguments = {"logits": rng.normal(0, 2, shape), "labels": labels, **more}
                arguments |= {} if weight is None else {"weight": weight}
                w, y = None if weight is None else torch.tensor(weight), torch.tensor(labels)

                def function(x: Any, reduction: str, y: Any = y, w: Any = w, more: Any = more) -> Any:
                    return F.multi_margin_loss(x, y, weight=w, reduction=reduction, **more)

                yield arguments, function


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    for rows, classes in ((1, 3), (4, 2), (3, 4), (5, 3), (2, 6)):
        z, y = _claims.numbers(rng, rows, classes), rng.integers(0, classes, rows)
        yield "PyTorch", {"logits": z, "labels": y}, torch.nn.MultiMarginLoss()(torch.tensor(z), torch.tensor(y))
