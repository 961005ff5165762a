from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from mpmath import mp, mpf

from tests.references._regions import regions

COUPLES_ROWS = True


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    """Tame scores are all different: where two errors are equal, the loss has a kink."""
    count = draw(st.integers(2, 4))
    values: dict[str, Any] = {"from_logits": False} if draw(st.booleans()) else {}
    random = np.random.default_rng(draw(st.integers(0, 99)))
    if tame:
        values["logits"] = random.random((*rows, count)) if values else random.normal(0, 2, (*rows, count))
    else:
        numbers = st.floats(0, 1, width=32) if values else st.floats(-60, 60)
        values["logits"] = draw(npst.arrays(np.float64, (*rows, count), elements=numbers))
    values["labels"] = draw(npst.arrays(np.int64, rows, elements=st.integers(0, count - 1)))
    if rows and draw(st.booleans()):
        values["ignore_index"] = draw(st.sampled_from([-100, 255]))
        values["labels"] = np.where(draw(npst.arrays(np.bool_, rows)), values["ignore_index"], values["labels"])
    if draw(st.booleans()):
        values["per_image"] = draw(st.booleans())
    if draw(st.booleans()):
        values["empty"] = draw(st.sampled_from(["skip", "formula"]))
    if draw(st.booleans()):
        values["classes"] = draw(npst.arrays(np.int64, draw(st.integers(1, 3)), elements=st.integers(0, count - 1)))
    return {"logits": values.pop("logits"), "labels": values.pop("labels")} | values


def extension(pairs: list[tuple[Any, bool]]) -> Any:
    """The Lovasz extension of the Jaccard loss at (error, is in the mask), from its definition."""
    ordered = sorted(pairs, key=lambda pair: -pair[0])
    mask = {i for i, (_, inside) in enumerate(ordered) if inside}

    def jaccard(wrong: set[int]) -> Any:
        union = mask | wrong
        return 1 - mpf(len(mask - wrong)) / len(union) if union else mpf(0)

    gains = [jaccard(set(range(i + 1))) - jaccard(set(range(i))) for i in range(len(ordered))]
    return mp.fsum(error * gain for (error, _), gain in zip(ordered, gains, strict=True))


def reference_batch(given: dict[str, Any]) -> list[dict[str, Any]]:
    results = []
    for image in regions(given | {"mode": "multiclass"}):
        mine = []
        for c in given["classes"] if given["classes"] is not None else range(len(image)):
            size = sum(int(t) for _, t in image[c])
            counts = bool(image[c]) and (size > 0 or given["empty"] == "formula")
            value = extension([(1 - p if t else p, bool(t)) for p, t in image[c]])
            mine.append({"value": value, "counts": counts, "steps": {"mask pixels": size, "extension": value}})
        among = sum(m["counts"] for m in mine) if given["per_image"] else 1
        for m in mine:
            weight = mpf(m["counts"]) / max(among, 1)
            results.append(
                m | {"value": m["value"] * weight, "divisor": weight, "steps": m["steps"] | {"weight": weight}}
            )
    return results
