from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.losses import _boxes

arguments = _boxes.arguments


def reference(row: dict[str, Any]) -> dict[str, Any]:
    m = _boxes.measured(row)
    return _boxes.result(1 - m["IoU"] + m["moved"], m)


def formula(b: dict[str, Any]) -> Any:
    return 1 - b["iou"] + b["distance"] / b["diagonal"]


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    """torchvision has no wheel for the environment that makes these: its published formula, written anew in torch."""
    return _boxes.golden_cases(rng, formula)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    yield from _boxes.claims(rng, formula)
