"""The options that make losscli a gate. No NumPy here: help shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from losscli.declare import Choice, Number, Text
from losscli.errors import UsageError


@dataclass(frozen=True)
class Checks:
    """What must hold of the loss: |loss - expect| <= atol + rtol |expect|, loss <= max, finite."""

    expect: Annotated[str, Text("exit with 1 unless the loss is this", "NUMBER")] | None = None
    rtol: Annotated[float, Number("how far it may be off, as a share of it (default: 1e-9)", min=0)] | None = None
    atol: Annotated[float, Number("how far it may be off, added to that (default: 0)", min=0)] | None = None
    max: Annotated[float, Number("exit with 1 if the loss is above this")] | None = None
    fail_on: Annotated[Literal["nonfinite"], Choice("exit with 1 if a loss is infinite or NaN")] | None = None

    def __post_init__(self) -> None:
        if self.expect is None and (self.rtol is not None or self.atol is not None):
            raise UsageError("--rtol and --atol belong to --expect.")

    def __bool__(self) -> bool:
        return self.expect is not None or self.max is not None or self.fail_on is not None
