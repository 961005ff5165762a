"""Numbers as people and programs write them, in text and on the command line."""

from __future__ import annotations

import math

from losscli.errors import DataError
from losscli.terminal.messages import shortened

NON_FINITE = {"nan": math.nan, "inf": math.inf, "infinity": math.inf}


def numeral(word: str) -> int | float | None:
    """The number that a word is, `nan` and `-Infinity` in any case among them; None for any other word."""
    try:
        number = float(word)
    except ValueError:
        return None
    if "_" in word:  # Python reads 1_000 as 1000; nothing else does
        return None
    if number - number and math.isinf(number) and non_finite(word.strip()) is None:
        raise DataError(beyond(shortened(word)))
    return int(word) if word.lstrip("+-").isdigit() and abs(number) < 2**63 else number


def beyond(what: str) -> str:
    """What is wrong with a number that float64 cannot hold."""
    return f"{what} is beyond float64, which ends at 1.8e308. If infinity is meant, write Infinity."


def too_long(number: object) -> bool:
    """Whether it is an integer beyond float64."""
    try:
        return isinstance(number, int) and math.isnan(number)
    except OverflowError:
        return True


def non_finite(word: str) -> float | None:
    """`NaN`, `inf`, `-Infinity` as a number, in any case; None for any other word."""
    number = NON_FINITE.get(word.lstrip("+-").lower())
    if number is None or len(word) - len(word.lstrip("+-")) > 1:
        return None
    return -number if word.startswith("-") else number
