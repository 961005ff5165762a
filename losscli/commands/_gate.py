"""Whether the loss passes the checks that were asked for, as an exit code and one line."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from losscli.commands._checks import Checks
from losscli.compute.arrays import as_array
from losscli.compute.result import Result
from losscli.declare import AnyArray
from losscli.documents.formats.txt import literal
from losscli.errors import CheckError, DataError, UsageError
from losscli.terms import Total
from losscli.text import shown


@dataclass
class Gate:
    """Sees the results pass by on their way to the report, and raises at the end for a check that fails."""

    checks: Checks
    _expected: AnyArray | None = None
    _numbers: list[AnyArray] = field(default_factory=list)
    _total: Total = field(default_factory=Total)
    _not_finite: str = ""
    _is_function: bool = False

    def __post_init__(self) -> None:
        if self.checks.expect is not None:
            try:
                self._expected = as_array("--expect", literal(self.checks.expect))
            except DataError as error:
                raise UsageError(str(error)) from None

    def passing(self, results: Iterable[Result]) -> Iterator[Result]:
        for result in results:
            self._add(result)
            yield result

    def _add(self, result: Result) -> None:
        self._is_function = result.of.entry.is_function
        if self._is_function or result.reduction == "none":
            self._numbers.append(result.value.ravel())
        if not self._is_function:
            try:
                self._total += result.total
            except DataError:
                raise UsageError("a check takes one reduction for all batches: give it with --reduction.") from None
            if self.checks.fail_on and not self._not_finite:
                self._not_finite = str(next(iter(result.about_the_number()), ""))

    def raise_if_failed(self) -> None:
        """Raise for the first check that does not hold."""
        found = np.concatenate(self._numbers) if self._numbers else np.array([self._total.loss])
        if self.checks.fail_on and (self._not_finite or not np.isfinite(found).all()):
            raise CheckError(self._not_finite or f"the loss is {shown(found[~np.isfinite(found)][0])}.")
        if self._expected is not None:
            self._compare(found, self._expected)
        if self.checks.max is not None:
            over = ~(found <= self.checks.max)  # NaN is not below anything
            if over.any():
                i = int(np.argmax(over))
                by = found[i] - self.checks.max
                how = f"{shown(by)} above" if math.isfinite(by) else "which is not below"
                raise CheckError(
                    f"{_name(found, i)} is {shown(found[i])}, {how} the {shown(self.checks.max)} of --max."
                )

    def _compare(self, found: AnyArray, expected: AnyArray) -> None:
        rtol = 1e-9 if self.checks.rtol is None else self.checks.rtol
        atol = self.checks.atol or 0.0
        expected = expected.ravel().astype(np.float64)
        if expected.size not in (1, found.size):
            raise CheckError(f"--expect has {expected.size} numbers, but {found.size} came out.")
        expected = np.broadcast_to(expected, found.shape)
        same = np.isclose(found, expected, rtol, atol, equal_nan=True)
        if same.all():
            return
        i = int(np.argmin(same))
        off = abs(found[i] - expected[i])
        by = f": off by {off:.3g}, with {atol + rtol * abs(expected[i]):.3g} allowed" if math.isfinite(off) else ""
        next_step = (
            f" --why {shown(expected[i])} says what gives it." if found.size == 1 and not self._is_function else ""
        )
        raise CheckError(
            f"{_name(found, i)} is {shown(found[i])}, but {shown(expected[i])} was expected{by}.{next_step}"
        )


def _name(found: AnyArray, i: int) -> str:
    return "the loss" if found.size == 1 else f"number {i}"
