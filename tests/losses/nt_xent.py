from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mpmath import mp, mpf

from tests.losses import _claims
from tests.losses.cosine_distance import vectors
from tests.losses.info_nce import cosines
from tests.strategies import arrays

COUPLES_ROWS = True


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    batch = (max(1, rows[0] if rows else 2),)
    labels = draw(arrays(np.int64, batch, elements=st.integers(-1, 1)))
    embeddings = vectors(draw, batch, tame, 1)[0]
    return {"embeddings": embeddings, "labels": labels, "temperature": draw(st.sampled_from([0.07, 0.5, 1.0]))}


def reference_batch(arguments: dict[str, Any]) -> list[dict[str, Any]]:
    t, labels = mpf(arguments["temperature"]), arguments["labels"]
    expected = []
    for i, row in enumerate(cosines(arguments["embeddings"], arguments["embeddings"])):
        e = [mp.exp(c / t) for c in row]
        alike = [j != i and labels[j] == labels[i] for j in range(len(row))]
        negatives = mp.fsum(e[j] for j in range(len(row)) if labels[j] != labels[i])
        losses = [-mp.log(e[j] / (e[j] + negatives)) if alike[j] else mpf(0) for j in range(len(row))]
        steps = {
            "cosine": row,
            "cosine / T": [c / t for c in row],
            "pair": alike,
            "loss": losses,
            "group": labels[i],
            "pairs": sum(alike),
            "log sum of negatives": mp.log(negatives) if negatives else -mp.inf,
        }
        value = mp.fsum(losses)
        size = value * (1 + 1 / t)  # the cosines are rounded before they are divided by T
        more = {"counts": any(alike), "divisor": sum(alike), "size": size, "step size": 1 / t}
        expected.append({"value": value, "steps": steps, **more})
    return expected


GOLDEN_REDUCTIONS = ("mean",)  # over the pairs


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    """.torch/bin/pip install pytorch-metric-learning==2.9.0"""
    import torch
    from pytorch_metric_learning.losses import NTXentLoss

    for shape in [(4, 3), (6, 1), (8, 5), (9, 40)]:
        for temperature in (0.07, 0.1, 0.5):
            embeddings, labels = rng.normal(0, 1, shape), rng.integers(0, 3, shape[0])
            labels[:2], labels[-1] = 5, 7  # two alike, and one alone

            def function(x: Any, _: str, labels: Any = labels, temperature: float = temperature) -> Any:
                return NTXentLoss(temperature=temperature)(x, torch.tensor(labels))

            yield {"embeddings": embeddings, "labels": labels, "temperature": temperature}, function


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch
    from pytorch_metric_learning.losses import NTXentLoss

    optax = _claims.optax()
    for rows, d in ((3, 2), (4, 3), (6, 2), (5, 4), (8, 3)):
        x, y = _claims.numbers(rng, rows, d), rng.integers(0, 3, rows)
        y[:3] = 0, 0, 1  # two alike, and two not alike
        given = {"embeddings": x, "labels": y}
        yield "pml", given, NTXentLoss(temperature=0.07)(torch.tensor(x), torch.tensor(y))
        yield "optax", given, optax.losses.ntxent(x, y, temperature=0.07)
