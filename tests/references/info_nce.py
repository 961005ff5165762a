from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from mpmath import mp, mpf

from tests.references.cosine_distance import exact, vectors

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
