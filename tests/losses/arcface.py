from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mpmath import mp, mpf

from tests.losses.cross_entropy import log_softmax
from tests.strategies import arrays


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    classes = draw(st.integers(1, 5))
    cosines = st.floats(-0.75, 0.875, width=32) if tame else st.floats(-1, 1)
    labels = draw(arrays(np.int64, rows, elements=st.integers(-1, classes - 1)))
    return {
        "cosines": draw(arrays(float, (*rows, classes), elements=cosines)),
        "labels": labels,
        "ignore_index": -1,
        "scale": draw(st.sampled_from([1.0, 5.0] if tame else [0.5, 30.0, 64.0])),
        "margin": draw(st.sampled_from([0.0, 0.5, 0.25])),
    }


def reference(row: dict[str, Any]) -> dict[str, Any]:
    c, y, s, m = row["cosines"], row["labels"], mpf(row["scale"]), mpf(row["margin"])
    counts = y != row["ignore_index"]
    z = [s * x for x in c]
    steps = {"cosine": c, "label": y}
    if not counts:
        return {"value": 0, "divisor": 0, "counts": False, "steps": steps}
    angle = mp.acos(mpf(c[y]))
    shifted = mp.cos(angle + m) if angle + m <= mp.pi else mpf(c[y]) - m * mp.sin(m)
    z[y] = s * shifted
    lp = log_softmax(z)
    steps |= {
        "logit": z,
        "exp": [mp.exp(x) for x in z],
        "softmax": [mp.exp(x) for x in lp],
        "log softmax": lp,
        "angle[y]": angle,
        "cos(angle[y] + m)": shifted,
        "softmax[y]": mp.exp(lp[y]),
        "log softmax[y]": lp[y],
    }
    # the logits are rounded after they are scaled
    return {"value": -lp[y], "divisor": 1, "counts": True, "steps": steps, "size": -lp[y] * (1 + s), "step size": s}


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    """.torch/bin/pip install pytorch-metric-learning==2.9.0"""
    import torch
    from pytorch_metric_learning.losses import ArcFaceLoss
    from pytorch_metric_learning.reducers import DoNothingReducer, MeanReducer, SumReducer

    reducers = {"none": DoNothingReducer, "mean": MeanReducer, "sum": SumReducer}
    for rows, classes in [(1, 2), (5, 3), (6, 10)]:
        for scale, margin in [(64.0, 0.5), (10.0, 0.3), (1.0, 1.2)]:
            cosines, labels = rng.uniform(-0.99, 0.99, (rows, classes)), rng.integers(0, classes, rows)

            def function(
                x: Any, reduction: str, labels: Any = labels, scale: float = scale, margin: float = margin
            ) -> Any:
                loss = ArcFaceLoss(x.shape[1], 1, np.rad2deg(margin), scale, reducer=reducers[reduction]())
                loss.get_cosine = lambda given: given
                found = loss(x, torch.tensor(labels))
                return found["loss"]["losses"] if reduction == "none" else found

            yield {"cosines": cosines, "labels": labels, "scale": scale, "margin": margin}, function


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    for given, function in golden_cases(rng):
        yield "pml", given, function(torch.tensor(given["cosines"]), "mean")
