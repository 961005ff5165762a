from __future__ import annotations

from typing import Any

from tests.references._boxes import arguments, measured, result

__all__ = ["arguments", "reference"]


def reference(row: dict[str, Any]) -> dict[str, Any]:
    m = measured(row)
    return result(1 - m["IoU"] + m["moved"], m)
