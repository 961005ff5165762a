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
        others = [j for j in range(len(row)) if j != i]
        alike = [j for j in others if labels[j] == labels[i]]
        scores = [c / t for c in row]
        total = mp.fsum(mp.exp(scores[j]) for j in others)
        logs = {j: scores[j] - mp.log(total) for j in others}
        losses = [-logs[j] / len(alike) if j in alike else mpf(0) for j in range(len(row))]
        steps = {
            "cosine": row,
            "cosine / T": scores,
            "softmax": [mp.exp(logs[j]) if j in logs else mpf(0) for j in range(len(row))],
            "target": [mpf(1) / len(alike) if j in alike else mpf(0) for j in range(len(row))],
            "loss": losses,
            "group": labels[i],
            "positives": len(alike),
        }
        if not others:
            del steps["softmax"]
        value = mp.fsum(losses)
        size = value * (1 + 1 / t)
        more = {"counts": bool(alike), "size": size, "step size": 1 / t}
        expected.append({"value": value, "divisor": 1, "steps": steps, **more})
    return expected


GOLDEN_REDUCTIONS = ("mean",)


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    """pytorch-metric-learning's SupConLoss, with reducers that count every anchor with a positive.

    .torch/bin/pip install pytorch-metric-learning==2.9.0
    """
    import torch
    from pytorch_metric_learning.losses import SupConLoss

    for shape in [(4, 3), (6, 1), (8, 5), (9, 40)]:
        for temperature in (0.07, 0.1, 0.5):
            embeddings, labels = rng.normal(0, 1, shape), rng.integers(0, 3, shape[0])
            labels[:2] = 5  # at least two alike
            if shape[0] > 6:
                labels[-1] = 7  # and one alone

            def function(x: Any, _: str, labels: Any = labels, temperature: float = temperature) -> Any:
                return SupConLoss(temperature=temperature)(x, torch.tensor(labels))

            yield {"embeddings": embeddings, "labels": labels, "temperature": temperature}, function


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch
    from pytorch_metric_learning.losses import SupConLoss

    for rows, d in ((3, 2), (4, 3), (6, 2), (5, 4), (8, 3)):
        x, y = _claims.numbers(rng, rows, d), rng.integers(0, 3, rows)
        y[:3] = 0, 0, 1  # two alike, and two not alike
        yield "pml", {"embeddings": x, "labels": y}, SupConLoss(temperature=0.07)(torch.tensor(x), torch.tensor(y))


def test_an_anchor_without_a_positive_does_not_count() -> None:
    embeddings = [[1.0, 0.0], [1.0, 0.2], [0.0, 1.0]]
    result = losscli.supervised_contrastive(embeddings, [0, 0, 7])
    assert (result.count, result.ignored, result.value[2]) == (2, 1, 0.0)
    assert result.mean == pytest.approx(result.sum / 2)


def test_groups_beyond_63_bits_are_refused_for_they_would_be_one() -> None:
    labels = np.array([2**63, 2**63 + 1, 2**63], dtype=np.uint64)
    with pytest.raises(DataError, match=r"labels\[0\] is 9.*a whole number of at most 63 bits"):
        losscli.supervised_contrastive([[1.0, 0], [0, 1.0], [1.0, 0.1]], labels)
