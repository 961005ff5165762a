from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mp, mpf

from tests.references.cosine_distance import vectors
from tests.references.info_nce import cosines

COUPLES_ROWS = True


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    batch = (max(1, rows[0] if rows else 2),)
    labels = draw(npst.arrays(np.int64, batch, elements=st.integers(-1, 1)))
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
