"""Embedding losses: vectors that belong together, and those that do not."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from losscli.declare import Array, Floats, Number

Vectors: TypeAlias = Annotated[Floats, Array("~N... D", "real", "vectors, along the last axis")]
Temperature: TypeAlias = Annotated[float, Number("the cosines are divided by it", above=0)]
