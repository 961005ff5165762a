from __future__ import annotations

from typing import Any

from tests.references import hinge

arguments = hinge.arguments


def reference(row: dict[str, Any]) -> dict[str, Any]:
    expected = hinge.reference(row)
    return expected | {"value": expected["value"] ** 2}
