"""Detection losses: how well boxes fit."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from losscli.declare import Array, Floats, Number

Boxes: TypeAlias = Annotated[Floats, Array("N 4", "box", "boxes x1, y1, x2, y2")]
TrueBoxes: TypeAlias = Annotated[Floats, Array("N 4", "box", "true boxes x1, y1, x2, y2")]
BoxEps: TypeAlias = Annotated[float, Number("added to each divisor: an area, or the squared diagonal", min=0)]
