from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from mpmath import mp, mpf

import losscli
from losscli.errors import DataError
from tests.losses import _claims
from tests.losses.cosine_distance import exact, vectors

COUPLES_ROWS = True


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    batch = (max(1, rows[0] if rows else 1),)
    anchor, positive = vectors(draw, batch, tame, 2)
    return {"anchor": anchor, "positive": positive, "temperature": draw(st.sampled_from([0.07, 0.5, 1.0]))}


def cosines(a: list[list[float]], b: list[list[float]]) -> list[list[Any]]:
    return [[exact(x, y)[0] for y in b] for x in a]


def reference_batch(arguments: dict[str, Any]) -> list[dict[str, Any]]:
    t = mpf(arguments["temperature"])
    expected = []
    for i, row in enumerate(cosines(arguments["anchor"], arguments["positive"])):
        scores = [c / t for c in row]
        total = mp.fsum(mp.exp(s) for s in scores)
        softmax = [mp.exp(s) / total for s in scores]
        steps = {
            "cosine": row,
            "cosine / T": scores,
            "softmax": softmax,
            "label": i,
            "cosine[i]": row[i],
            "softmax[i]": softmax[i],
        }
        value = -mp.log(softmax[i])
        # the cosines are rounded before they are divided by T
        size = value * (1 + 1 / t)
        expected.append(
            {"value": value, "divisor": 1, "counts": True, "steps": steps, "size": size, "step size": 1 / t}
        )
    return expected


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    """No library defines it: the matrix of cosines as F.normalize makes it, and PyTorch's cross_entropy of that."""
    import torch
    from torch.nn import functional as F

    for shape in [(1, 3), (4, 1), (4, 5), (7, 40)]:
        for temperature in (0.07, 0.5):
            anchor, positive = rng.normal(0, 3, shape), rng.normal(0, 1, shape)

            def function(x: Any, reduction: str, positive: Any = positive, temperature: float = temperature) -> Any:
                scores = F.normalize(x) @ F.normalize(torch.tensor(positive)).T / temperature
                return F.cross_entropy(scores, torch.arange(len(x)), reduction=reduction)

            yield {"anchor": anchor, "positive": positive, "temperature": temperature}, function


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch
    from torch.nn import functional as F

    for shape in [(1, 3), (4, 1), (3, 4), (5, 2), (2, 6)]:
        a, p = _claims.numbers(rng, *shape), _claims.numbers(rng, *shape)
        s = F.normalize(torch.tensor(a)) @ F.normalize(torch.tensor(p)).T / 0.07
        yield "PyTorch", {"anchor": a, "positive": p}, torch.nn.CrossEntropyLoss()(s, torch.arange(len(s)))


def test_a_batch_needs_rows_of_vectors() -> None:
    with pytest.raises(DataError, match=r"anchor has the shape \(2\), but takes \(B, D\)"):
        losscli.info_nce([1.0, 2.0], [1.0, 2.0])
    with pytest.raises(DataError, match="no rows"):
        losscli.info_nce(np.zeros((0, 2)), np.zeros((0, 2)))
