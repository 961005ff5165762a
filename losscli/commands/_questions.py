"""What may be asked of a loss beside its number. No NumPy here: help shows these options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from losscli.declare import Choice, Text


@dataclass(frozen=True)
class Questions:
    """What may be asked of a loss beside its number."""

    why: (
        Annotated[str, Text("which mistake or convention gives this number, or these of the rows", "NUMBER")] | None
    ) = None
    compare: Annotated[bool, Choice("The number by the rules of each library that has the loss.")] = False
    code: (
        Annotated[str, Text("a program that gives it: pytorch, keras, optax, jax, sklearn, numpy ...", "LIBRARY")]
        | None
    ) = None
