"""Distribution losses: how well a distribution describes another one, or what was observed."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from losscli.declare import Array, Floats

LogProbs: TypeAlias = Annotated[
    Floats, Array("~N... C", "real", "log-probabilities", suspicion="not log-probabilities")
]
