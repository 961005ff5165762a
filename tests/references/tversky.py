from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.references._regions import arguments as region_arguments
from tests.references._regions import overlaps

COUPLES_ROWS = True
NAMES = ("alpha", "beta")


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    values = region_arguments(draw, rows, tame)
    for name in NAMES:
        if draw(st.booleans()):
            values[name] = draw(st.sampled_from([0.25, 0.5, 1.0, 2.0]))
    return values


def reference_batch(given: dict[str, Any]) -> list[dict[str, Any]]:
    return overlaps(given, "Tversky", 1, given["alpha"], given["beta"])
