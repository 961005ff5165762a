from __future__ import annotations

from typing import Any

from tests.references._regions import arguments, overlaps

__all__ = ["arguments", "reference_batch"]

COUPLES_ROWS = True


def reference_batch(given: dict[str, Any]) -> list[dict[str, Any]]:
    return overlaps(given, "Dice", 2, 1, 1)
