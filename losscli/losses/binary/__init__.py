"""Binary losses: yes or no for each element."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from losscli.declare import Array, Floats

Scores: TypeAlias = Annotated[Floats, Array("N...", "real", "scores: positive for the label 1")]
Signs: TypeAlias = Annotated[Floats, Array("N...", "sign", "-1 or 1; 0 is taken as -1", suspicion="neither -1 nor 1")]
ElementFactor: TypeAlias = Annotated[
    Floats, Array("~N...", "real", "a factor for each element", suspicion="negative weight")
]
