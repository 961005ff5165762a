"""What may be asked of a loss beside its number. No NumPy here: help shows these options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from losscli.declare import Text


@dataclass(frozen=True)
class Questions:
    """What may be asked of a loss beside its number."""

    why: (
        Annotated[str, Text("which mistake or convention gives this number, or these of the rows", "NUMBER")] | None
    ) = None
