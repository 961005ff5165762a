"""What holds for all documents of a run, unless left to each of them. No NumPy here: help shows these options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from losscli.declare import Choice, Number, Text


@dataclass(frozen=True)
class Settings:
    """How rows become a number, and how that is computed; None leaves it to the document."""

    reduction: Annotated[str, Choice("how the rows become one number (default: mean)")] | None = None
    class_axis: Annotated[int, Number("the axis of the classes", whole=True)] | None = None
    class_names: Annotated[Sequence[str], Text("names of the classes, with commas", "NAMES", many=True)] | None = None
    threads: Annotated[int, Number("how many threads (default: one a core)", 1, 256, whole=True)] | None = None
    strict: Annotated[bool, Choice("Make warnings errors.")] = False
