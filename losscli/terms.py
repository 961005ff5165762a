"""What a loss returns, and what its rows add up to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from losscli.declare import AnyArray, Bools, Floats
from losscli.errors import DataError


@dataclass(frozen=True)
class Step:
    """One named quantity on the way to a loss: an array of shape (N) or (N, C), or a function that makes it.

    given   the user's own numbers, shown as they were typed: 1, not 1.0000
    label   class indices: shown by the names of the classes, and marked in the class table
    summed  its sum over the classes means something and stands at the foot of its column
    share   blank where this is 0: classes that have no share in the target
    how     how it comes about, in code notation; other steps stand in it under their names
    """

    of: AnyArray | Callable[[], AnyArray]
    given: bool = False
    label: bool = False
    summed: bool = False
    share: AnyArray | Callable[[], AnyArray] | None = None
    how: str = ""

    @cached_property
    def array(self) -> AnyArray:
        """The numbers, computed when they are first needed."""
        return _numbers(self.of)

    @cached_property
    def shares(self) -> Any:
        """The same of `share`."""
        return _numbers(self.share)


def _numbers(of: Any) -> Any:
    import numpy as np

    with np.errstate(all="ignore"):
        return of() if callable(of) else of


@dataclass(frozen=True)
class Link:
    """A function of the mean that is the loss, as exp is for the perplexity; `name` is how it is written."""

    name: str
    of: Callable[[float], float]
    derivative: Callable[[float], float]


def _exp(mean: float) -> float:
    try:
        return math.exp(mean)
    except OverflowError:
        return math.inf


EXP = Link("exp", _exp, _exp)
LINKS = {link.name: link for link in (EXP,)}  # how a total that was written to JSON finds its link again


@dataclass(frozen=True)
class Terms:
    """A loss, row by row: everything else (number, table, JSON, gradient, total) is a view of this.

    value     shape (N): what a sum adds up; 0 for a row that is ignored
    steps     how the value comes about, in order
    grad      a function: the gradient of the sum of `value` with respect to the first argument, in its shape
    divisor   shape (N): what a mean divides by; None: one for each row that counts
    counts    shape (N): which rows count; None: all of them
    formula   the formula as it reads with the options in force
    link      what is done to the mean, if anything
    axes      what the values belong to, where it is not the rows: the name of each axis and what stands on it, as
              {"image": [0, 1], "class": [0, 1, 2]} for a loss of each class of each image; `value` stays flat
    mean      the terms that a mean adds up, where they are not those of a sum (`ctc`: each loss over its length)
    """

    value: Floats
    steps: Mapping[str, Step]
    grad: Callable[[], Floats] | None = None
    divisor: Floats | None = None
    counts: Bools | None = None
    formula: str = ""
    link: Link | None = None
    axes: Mapping[str, Sequence[int]] | None = None
    mean: Terms | None = None


_UNIT = 1074  # every finite float64 is a whole number of 2**-1074


@dataclass(frozen=True)
class ExactSum:
    """A sum of float64 without rounding: neither the order nor the cutting of the terms can change it.

    Finite terms are counted in units of the smallest float64, an integer; infinities and NaN are kept beside it.
    """

    units: int = 0
    special: float = 0.0

    @classmethod
    def of(cls, terms: Iterable[float]) -> ExactSum:
        units, special = 0, 0.0
        for term in terms:
            if math.isfinite(term):
                numerator, denominator = term.as_integer_ratio()
                units += numerator << (_UNIT + 1 - denominator.bit_length())
            else:
                special += term
        return cls(units, special)

    def __add__(self, other: ExactSum) -> ExactSum:
        return ExactSum(self.units + other.units, self.special + other.special)

    def __float__(self) -> float:
        if self.special:  # also when it is NaN
            return self.special
        try:
            return self.units / (1 << _UNIT)
        except OverflowError:
            return math.inf if self.units > 0 else -math.inf


@dataclass(frozen=True)
class Total:
    """What rows, blocks and batches add up to, and the number that this is under its reduction.

    Totals add up exactly, in any order; `Total()` is neutral. Those of different reductions do not add up.
    """

    value: ExactSum = field(default_factory=ExactSum)
    divisor: ExactSum = field(default_factory=ExactSum)
    count: int = 0
    ignored: int = 0
    reduction: str = ""
    link: Link | None = None

    def __add__(self, other: Total) -> Total:
        if self.reduction and other.reduction and (self.reduction, self.link) != (other.reduction, other.link):
            raise DataError(
                f"the reduction is {other.reduction}, but {self.reduction} for the batches before: "
                "give one for all with --reduction, or write one result a batch with --format jsonl."
            )
        return Total(
            self.value + other.value,
            self.divisor + other.divisor,
            self.count + other.count,
            self.ignored + other.ignored,
            self.reduction or other.reduction,
            self.link or other.link,
        )

    @property
    def sum(self) -> float:
        return float(self.value)

    @property
    def quotient(self) -> float:
        """The sum over the divisor; NaN where nothing counts, as in PyTorch."""
        return divide(self.sum, float(self.divisor))

    @property
    def mean(self) -> float:
        """The number that a mean is: the link of the quotient."""
        return reduced(self.sum, float(self.divisor), "mean", self.link)

    @property
    def loss(self) -> float:
        """The number under the reduction; under "none", where the rows stay apart, it is the mean."""
        return reduced(self.sum, float(self.divisor), self.reduction, self.link)

    def summary(self, loss: Any) -> dict[str, Any]:
        """What a line of JSON says; `loss` are the rows where they stay apart."""
        return {
            "loss": loss,
            "reduction": self.reduction,
            "sum": self.sum,
            "divisor": float(self.divisor),
            "count": self.count,
            "ignored": self.ignored,
        }

    def to_json(self) -> dict[str, Any]:
        """All of it as plain numbers and texts, without rounding."""
        sums = {
            name: {"units": hex(part.units), "special": repr(part.special)}
            for name, part in (("value", self.value), ("divisor", self.divisor))
        }
        link = self.link.name if self.link else None
        return {**sums, "count": self.count, "ignored": self.ignored, "reduction": self.reduction, "link": link}

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> Total:
        """The total that `to_json` has written."""
        value, divisor = (
            ExactSum(int(state[name]["units"], 16), float(state[name]["special"])) for name in ("value", "divisor")
        )
        link = LINKS[state["link"]] if state["link"] else None
        return cls(value, divisor, state["count"], state["ignored"], state["reduction"], link)


def reduced(sum: float, divisor: float, reduction: str, link: Link | None) -> float:
    """The number that a sum and its divisor are under a reduction: the one place where sums become a loss."""
    if reduction == "sum":
        return sum
    quotient = divide(sum, divisor)
    return quotient if link is None else link.of(quotient)


def divide(dividend: float, divisor: float) -> float:
    """IEEE division, which Python's own operator refuses for 0."""
    if divisor:
        return dividend / divisor
    return math.copysign(math.inf, dividend) if dividend and not math.isnan(dividend) else math.nan
