from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as st
from mpmath import mp, mpf

import losscli
from losscli.errors import DataError
from tests.losses import _claims
from tests.losses.multi_margin import scores
from tests.strategies import arrays


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    logits = scores(draw, rows[:1], tame)["logits"]
    width = draw(st.integers(1, logits.shape[-1]))
    labels = draw(arrays(np.int64, (*rows[:1], width), elements=st.integers(-1, logits.shape[-1] - 1)))
    assume(width < 3 or not ((labels == 0) | (labels == 1)).all(axis=-1).any())  # looks multi-hot
    return {"logits": logits, "labels": labels}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    z, listed = [mpf(x) for x in row["logits"]], row["labels"]
    listed = listed[: listed.index(-1)] if -1 in listed else listed
    losses = [
        mp.fsum(max(mpf(0), 1 - z[y] + x) for y in listed) / len(z) if c not in listed else mpf(0)
        for c, x in enumerate(z)
    ]
    steps = {
        "logit": z,
        "target": [int(c in listed) for c in range(len(z))],
        "contribution": losses,
        "classes that apply": len(set(listed)),
    }
    return {"value": mp.fsum(losses), "divisor": 1, "counts": True, "steps": steps}


LISTS = [
    [[3, 0, -1, 1]],
    [[-1, 2, 1, 0], [0, 1, 2, 3]],
    [[2, -1, -1, -1], [3, 3, 1, -1], [1, 0, 3, 2]],
]


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    import torch
    from torch.nn import functional as F

    for labels in [[3, 0, -1, 1], *LISTS]:
        for scale in (0.3, 1, 3):
            y = torch.tensor(labels)

            def function(x: Any, reduction: str, y: Any = y) -> Any:
                return F.multilabel_margin_loss(x, y, reduction=reduction)

            yield {"logits": rng.normal(0, scale, y.shape), "labels": labels}, function


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    for rows, classes in ((1, 3), (4, 2), (3, 4), (5, 3), (2, 6)):
        z = _claims.numbers(rng, rows, classes)
        y = np.array([rng.permutation(classes) for _ in range(rows)])
        y[np.arange(classes) >= rng.integers(0, classes + 1, (rows, 1))] = -1  # ends the list
        yield "PyTorch", {"logits": z, "labels": y}, torch.nn.MultiLabelMarginLoss()(torch.tensor(z), torch.tensor(y))


def test_multi_hot_rows_are_no_lists_of_labels() -> None:
    with pytest.raises(DataError, match="looks multi-hot"):
        losscli.multilabel_margin([[0.1, 0.2, 0.4, 0.8]], [[1, 0, 0, 1]])
    with pytest.raises(DataError, match=r"labels\[0, 1\] is 4, but there are 4 classes"):
        losscli.multilabel_margin([[0.1, 0.2, 0.4, 0.8]], [[3, 4, -1, -1]])


def test_a_list_of_labels_may_be_shorter_than_the_row_of_scores() -> None:
    short = losscli.multilabel_margin([0.1, 0.2, 0.4, 0.8], [3, 0])
    assert short.mean == losscli.multilabel_margin([0.1, 0.2, 0.4, 0.8], [3, 0, -1, 1]).mean
