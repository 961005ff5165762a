"""The options that make losscli a gate, and whether the loss passes. No NumPy at the top: help shows the options."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal

from losscli.declare import AnyArray, Choice, Number, Text
from losscli.errors import CheckError, DataError, UsageError
from losscli.terms import Total
from losscli.text import counted, shown

if TYPE_CHECKING:
    from losscli.compute.result import Result


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


@dataclass
class Gate:
    """Sees the results pass by on their way to the report, and raises at the end for a check that fails."""

    checks: Checks
    _numbers: list[AnyArray] = field(default_factory=list)
    _total: Total = field(default_factory=Total)
    _not_finite: str = ""

    def __post_init__(self) -> None:
        from losscli.compute.arrays import as_array
        from losscli.documents.formats.txt import literal

        if self.checks.expect is not None:
            try:
                self._expected = as_array("--expect", literal(self.checks.expect)).ravel().astype(float)
            except DataError as error:
                raise UsageError(str(error)) from None

    def passing(self, results: Iterable[Result]) -> Iterator[Result]:
        for result in results:
            if result.reduction == "none":
                self._numbers.append(result.value.ravel())
            if not result.of.entry.is_function:
                try:
                    self._total += result.total
                except DataError:
                    message = "a check takes one reduction for all batches: give it with --reduction."
                    raise UsageError(message) from None
                if self.checks.fail_on and not self._not_finite:
                    self._not_finite = str(next(iter(result.about_the_number()), ""))
            yield result

    def raise_if_failed(self) -> None:
        """Raise for the first check that does not hold."""
        import numpy as np

        found = np.concatenate(self._numbers) if self._numbers else np.array([self._total.loss])
        if self.checks.fail_on and (self._not_finite or not np.isfinite(found).all()):
            raise CheckError(self._not_finite or f"the loss is {shown(found[~np.isfinite(found)][0])}.")
        if self.checks.expect is not None:
            rtol = 1e-9 if self.checks.rtol is None else self.checks.rtol
            atol = self.checks.atol or 0.0
            if self._expected.size not in (1, found.size):
                raise CheckError(f"--expect has {counted(self._expected.size, 'number')}, but {found.size} came out.")
            expected = np.broadcast_to(self._expected, found.shape)
            same = np.isclose(found, expected, rtol, atol, equal_nan=True)
            if not same.all():
                i = int(np.argmin(same))
                hint = (
                    f" --why {shown(expected[i])} says what gives it." if found.size == 1 and self._total.count else ""
                )
                off, room = abs(found[i] - expected[i]), atol + rtol * abs(expected[i])
                by = f": off by {off:.3g}, with {room:.3g} allowed" if math.isfinite(off) else ""
                raise CheckError(
                    f"{_name(found, i)} is {shown(found[i])}, but {shown(expected[i])} was expected{by}.{hint}"
                )
        if self.checks.max is not None:
            over = ~(found <= self.checks.max)  # NaN is not below anything
            if over.any():
                i = int(np.argmax(over))
                by = found[i] - self.checks.max
                how = f"{shown(by)} above" if math.isfinite(by) else "which is not below"
                raise CheckError(
                    f"{_name(found, i)} is {shown(found[i])}, {how} the {shown(self.checks.max)} of --max."
                )


def _name(found: AnyArray, i: int) -> str:
    return "the loss" if found.size == 1 else f"number {i}"
