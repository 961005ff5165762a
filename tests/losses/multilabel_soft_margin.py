from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mpmath import mp, mpf

from tests.losses import _claims
from tests.losses.binary_cross_entropy_with_logits import softplus
from tests.strategies import ORDINARY, REALS, SHARES, arrays


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    classes = draw(st.sampled_from([1, 2, 3, 5]))  # not 4, which the test of the memory takes for rows
    shape = (*rows[:1], classes)
    values = {
        "logits": draw(arrays(float, shape, elements=ORDINARY if tame else REALS)),
        "labels": draw(arrays(float, shape, elements=SHARES)),
    }
    if draw(st.booleans()):
        values["weight"] = draw(arrays(float, (classes,), elements=st.floats(0, 4, width=32)))
    return values


def reference(row: dict[str, Any]) -> dict[str, Any]:
    z, t = row["logits"], row["labels"]
    w = row["weight"] or [1.0] * len(z)
    terms = [
        w[c] * (mpf(t[c]) * softplus(-mpf(z[c])) + (1 - mpf(t[c])) * softplus(mpf(z[c]))) / len(z)
        for c in range(len(z))
    ]
    steps = {
        "logit": z,
        "sigmoid": [1 / (1 + mp.exp(-mpf(x))) for x in z],
        "log sigmoid": [-softplus(-mpf(x)) for x in z],
        "log (1 - sigmoid)": [-softplus(mpf(x)) for x in z],
        "target": t,
        "class weight": w,
        "loss": terms,
    }
    return {"value": mp.fsum(terms), "divisor": 1, "counts": True, "steps": steps}


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F

    for shape in [(4,), (1, 3), (5, 3), (2, 1)]:
        for labels in (rng.integers(0, 2, shape) * 1.0, rng.random(shape)):
            for weight in (None, rng.random(shape[-1]) * 2):
                arguments = {"logits": rng.normal(0, 4, shape), "labels": labels}
                arguments |= {} if weight is None else {"weight": weight}
                t, w = torch.tensor(labels), None if weight is None else torch.tensor(weight)

                def function(x: Any, reduction: str, t: Any = t, w: Any = w) -> Any:
                    return F.multilabel_soft_margin_loss(x, t, w, reduction=reduction)

                yield arguments, function
    for shape, of_weight in [((2, 3, 4), (4,)), ((2, 3, 4), (3, 1)), ((2, 3), (2, 1)), ((2, 3), ()), ((2, 3), (2, 3))]:
        labels, weight = rng.random(shape), np.asarray(rng.normal(0, 1, of_weight))
        t, w = torch.tensor(labels), torch.tensor(weight)

        def weighted(x: Any, reduction: str, t: Any = t, w: Any = w) -> Any:
            return F.multilabel_soft_margin_loss(x, t, w, reduction=reduction)

        yield {"logits": rng.normal(0, 4, shape), "labels": labels, "weight": weight}, weighted


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    keras, optax = _claims.keras(), _claims.optax()
    for rows, classes in ((1, 3), (4, 2), (3, 4), (5, 3), (2, 6)):
        z, t = _claims.numbers(rng, rows, classes), rng.integers(0, 2, (rows, classes)) * 1.0
        given = {"logits": z, "labels": t}
        each = given | {"reduction": "none"}
        yield "PyTorch", given, torch.nn.MultiLabelSoftMarginLoss()(torch.tensor(z), torch.tensor(t))
        yield "Keras", each, keras.losses.BinaryCrossentropy(from_logits=True, reduction=None)(t, z)
        yield "optax", each, optax.losses.sigmoid_binary_cross_entropy(z, t).mean(-1)
