"""Checks for scripts: whether the loss is what it should be, told by the exit code and one line."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from losscli.compute.arrays import shown
from losscli.compute.result import Result, linked
from losscli.declare import AnyArray
from losscli.errors import CheckFailed, UsageError
from losscli.terms import Link, Total


@dataclass(frozen=True)
class Checks:
    """What was asked for.

    expect       the numbers that must come out: |found - expected| <= atol + rtol |expected|
    most         what none of them may exceed
    only_finite  whether each must be finite
    """

    expect: AnyArray | None = None
    rtol: float = 1e-9
    atol: float = 0.0
    most: float | None = None
    only_finite: bool = False

    def __bool__(self) -> bool:
        return self.expect is not None or self.most is not None or self.only_finite


@dataclass
class Gate:
    """Sees the results pass by on their way to the report, and judges them at the end."""

    checks: Checks
    _numbers: list[AnyArray] = field(default_factory=list)
    _total: Total = field(default_factory=Total)
    _reduction: str | None = None
    _link: Link | None = None
    _not_finite: str = ""

    def passing(self, results: Iterable[Result]) -> Iterator[Result]:
        for result in results:
            self._add(result)
            yield result

    def _add(self, result: Result) -> None:
        kind = "none" if result.of.entry.is_function else result.reduction
        if self._reduction not in (None, kind):
            raise UsageError("a check takes one reduction for all batches: give it with --reduction.")
        self._reduction, self._link = kind, result.link
        if kind == "none":
            self._numbers.append(result.value.ravel())
        else:
            self._total += result.total
        if self.checks.only_finite and not self._not_finite:
            doubts = iter(()) if result.of.entry.is_function else result.doubts()
            self._not_finite = str(next(doubts, ""))

    def judge(self) -> None:
        """Raise for the first check that does not hold."""
        found = np.concatenate(self._numbers) if self._numbers else np.array([self._loss])
        if self.checks.only_finite and (self._not_finite or not np.isfinite(found).all()):
            raise CheckFailed(self._not_finite or f"the loss is {shown(found[~np.isfinite(found)][0])}.")
        if self.checks.expect is not None:
            self._compare(found, self.checks.expect)
        if self.checks.most is not None:
            over = ~(found <= self.checks.most)  # NaN is not below anything
            if over.any():
                i = int(np.argmax(over))
                by = found[i] - self.checks.most
                how = f"{shown(by)} above" if math.isfinite(by) else "which is not below"
                most = shown(self.checks.most)
                raise CheckFailed(f"{_name(found, i)} is {shown(found[i])}, {how} the {most} of --max.")

    @property
    def _loss(self) -> float:
        return self._total.sum if self._reduction == "sum" else linked(self._total.mean, self._link)

    def _compare(self, found: AnyArray, expected: AnyArray) -> None:
        expected = expected.ravel().astype(np.float64)
        if expected.size not in (1, found.size):
            raise CheckFailed(f"--expect has {expected.size} numbers, but {found.size} came out.")
        expected = np.broadcast_to(expected, found.shape)
        same = np.isclose(found, expected, self.checks.rtol, self.checks.atol, equal_nan=True)
        if same.all():
            return
        i = int(np.argmin(same))
        off = abs(found[i] - expected[i])
        allowed = self.checks.atol + self.checks.rtol * abs(expected[i])
        by = f": off by {off:.3g}, with {allowed:.3g} allowed" if math.isfinite(off) else ""
        raise CheckFailed(f"{_name(found, i)} is {shown(found[i])}, but {shown(expected[i])} was expected{by}.")


def _name(found: AnyArray, i: int) -> str:
    return "the loss" if found.size == 1 else f"number {i}"


def asked(given: dict[str, Any]) -> Checks:
    """The checks that the command line asks for."""
    from losscli.compute.arrays import as_array, as_number
    from losscli.documents.formats.txt import literal

    def number(name: str, least: float | None = None) -> float:
        value = as_number(given[name])
        if value is None or (least is not None and not value >= least):
            wanted = "a number" if least is None else f"a number of {least:g} or more"
            raise UsageError(f"--{name} is {given[name]!r}, but takes {wanted}.")
        return float(value)

    expect = None
    if given["expect"] is not None:
        try:
            expect = as_array("--expect", literal(given["expect"]))
        except ValueError as error:
            raise UsageError(str(error)) from None
    elif given["rtol"] is not None or given["atol"] is not None:
        raise UsageError("--rtol and --atol belong to --expect.")
    return Checks(
        expect,
        1e-9 if given["rtol"] is None else number("rtol", 0),
        0.0 if given["atol"] is None else number("atol", 0),
        None if given["max"] is None else number("max"),
        given["fail_on"] == "nonfinite",
    )
