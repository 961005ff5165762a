from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

import losscli
from losscli.errors import LosscliWarning
from tests.losses import _claims


def reference(row: dict[str, Any]) -> dict[str, Any]:
    p, label = [mpf(x) for x in row["probs"]], row["labels"]
    hot = [int(c == label) for c in range(len(p))]
    half = row["scale_by_half"] == "yes" or (row["scale_by_half"] == "auto" and len(p) < 3)
    squared = [(a - b) ** 2 for a, b in zip(p, hot, strict=True)]
    steps = {
        "prob": p,
        "target": hot,
        "prob - target": [a - b for a, b in zip(p, hot, strict=True)],
        "squared": squared,
        "label": label,
        "prob[y]": p[label],
    }
    return {"value": mp.fsum(squared) / (2 if half else 1), "divisor": 1, "counts": True, "steps": steps}


GOLDEN_LIBRARY = "scikit-learn 1.9.1"
GOLDEN_REDUCTIONS = ("mean",)


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    from sklearn.metrics import brier_score_loss

    for shape in [(1, 2), (1, 3), (4, 2), (5, 3), (20, 6)]:
        for half, value in (("auto", "auto"), ("yes", True), ("no", False)):
            p = rng.random(shape)
            arguments = {
                "probs": p / p.sum(axis=1, keepdims=True),
                "labels": rng.integers(0, shape[1], shape[0]),
                "scale_by_half": half,
            }

            def function(x: Any, _: str, y: Any = arguments["labels"], value: Any = value) -> Any:
                return brier_score_loss(y, x, labels=range(x.shape[1]), scale_by_half=value)

            yield arguments, function


def claims(rng: np.random.Generator) -> Iterator[Any]:
    from sklearn.metrics import brier_score_loss

    for rows, classes in ((1, 2), (1, 3), (5, 2), (4, 3), (8, 5)):
        p, y = _claims.distributions(rng, rows, classes), rng.integers(0, classes, rows)
        yield "sklearn", {"probs": p, "labels": y}, brier_score_loss(y, p, labels=range(classes))


def test_brier_warns_of_rows_that_are_no_probabilities() -> None:
    with pytest.warns(LosscliWarning, match="do not sum to 1"):
        assert losscli.brier_score([[0.5, 0.2, 0.1]], [0]).mean == pytest.approx(0.3)
