"""Regression losses: how far predictions are from true values."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from losscli.declare import Array, Floats

Predictions: TypeAlias = Annotated[Floats, Array("N...", "real", "predictions")]
Targets: TypeAlias = Annotated[Floats, Array("N...", "real", "true values")]
ElementWeight: TypeAlias = Annotated[
    Floats, Array("N...", "real", "one weight per element", suspicion="negative weight")
]
