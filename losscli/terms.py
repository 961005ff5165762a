"""What a loss returns, and what its rows add up to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from losscli.declare import AnyArray, Bools, Floats


@dataclass(frozen=True)
class Summed:
    """A step whose sum over the classes means something: the class table shows it at the foot of the column."""

    of: AnyArray | Callable[[], AnyArray]


Step: TypeAlias = "AnyArray | Callable[[], AnyArray] | Summed"


@dataclass(frozen=True)
class Link:
    """A function of the mean that is the loss, as exp for the perplexity; `name` is how it is written."""

    name: str
    of: Callable[[float], float]
    derivative: Callable[[float], float]


@dataclass(frozen=True)
class Terms:
    """A loss, row by row: everything else (number, table, JSON, gradient, total) is a view of this.

    value     shape (N): what a sum adds up; 0 for a row that is ignored
    steps     how the value comes about, in order; an array of shape (N) or (N, C), or a function that makes one
    grad      a function: the gradient of the sum of `value` with respect to the input, in the input's shape
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
    """A running total over rows, blocks and batches: totals add up, `Total()` is neutral, `mean` divides at the end."""

    value: ExactSum = field(default_factory=ExactSum)
    divisor: ExactSum = field(default_factory=ExactSum)
    count: int = 0
    ignored: int = 0

    def __add__(self, other: Total) -> Total:
        return Total(
            self.value + other.value,
            self.divisor + other.divisor,
            self.count + other.count,
            self.ignored + other.ignored,
        )

    @property
    def sum(self) -> float:
        return float(self.value)

    @property
    def mean(self) -> float:
        """The sum over the divisor; NaN where nothing counts, as in PyTorch."""
        return divide(self.sum, float(self.divisor))


def divide(dividend: float, divisor: float) -> float:
    """IEEE division, which Python's own operator refuses for 0."""
    if divisor:
        return dividend / divisor
    return math.copysign(math.inf, dividend) if dividend and not math.isnan(dividend) else math.nan
