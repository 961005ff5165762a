from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mpf

from tests.references._regions import depth, flat
from tests.references.lovasz_softmax import extension

COUPLES_ROWS = True


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    """Tame scores are all different: where two errors are equal, the loss has a kink."""
    random = np.random.default_rng(draw(st.integers(0, 99)))
    logits = draw(npst.arrays(np.float64, rows, elements=st.floats(-60, 60)))
    values: dict[str, Any] = {"logits": random.normal(0, 2, rows) if tame else logits}
    values["labels"] = draw(npst.arrays(np.int64, rows, elements=st.integers(0, 1)))
    if rows and draw(st.booleans()):
        values["ignore_index"] = draw(st.sampled_from([-100, 255]))
        values["labels"] = np.where(draw(npst.arrays(np.bool_, rows)), values["ignore_index"], values["labels"])
    if draw(st.booleans()):
        values["per_image"] = draw(st.booleans())
    return values


def reference_batch(given: dict[str, Any]) -> list[dict[str, Any]]:
    axes = depth(given["logits"])
    pairs = list(zip(flat(given["logits"], axes), flat(given["labels"], axes), strict=True))
    images = len(given["logits"]) if given["per_image"] and axes > 1 else 1
    size = len(pairs) // images
    results = []
    for i in range(images):
        counted = [
            (1 - (2 * t - 1) * mpf(x), t == 1)
            for x, t in pairs[i * size : (i + 1) * size]
            if t != given["ignore_index"]
        ]
        value = extension([(max(error, mpf(0)), inside) for error, inside in counted])
        steps = {"mask pixels": sum(t for _, t in counted), "wrong pixels": sum(e > 1 for e, _ in counted)}
        results.append({"value": value, "divisor": int(bool(counted)), "counts": bool(counted), "steps": steps})
    return results
