"""torchvision has no wheel for the environment that makes these: its published formula, written anew in torch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.goldens._boxes import box_cases


def cases(rng: np.random.Generator) -> Iterator[Any]:
    return box_cases(rng, lambda b: 1 - b["iou"] + (b["enclosing"] - b["union"]) / (b["enclosing"] + b["eps"]))
