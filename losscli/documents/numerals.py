"""Numbers as people and programs write them: in text, in JSON, on the command line; and options in their range."""

from __future__ import annotations

import math
from typing import Any

from losscli.declare import Number, Parameter, Text
from losscli.errors import DataError, UsageError
from losscli.text import quoted, shortened, shown


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
    try:
        return float(word) if word.lstrip("+-").isalpha() else None
    except ValueError:
        return None


def described(value: Any) -> str:
    """What a value of JSON or Python is, in a word."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, (int, float)):
        return "a very long integer" if too_long(value) else f"{value:g}"
    if isinstance(value, list) or hasattr(value, "shape"):
        return "an array"
    return "an object" if isinstance(value, dict) else f"a {type(value).__name__}"


def option_value(parameter: Parameter, value: Any) -> Any:
    """The value of an option that is not an array: a number in its range, one of its words, or a text."""
    marker, name = parameter.marker, parameter.name
    if isinstance(marker, Number):
        return _number_in_range(name, marker, value)
    if isinstance(marker, Text):
        return [name.strip() for name in value.split(",") if name.strip()] if marker.many else value
    if parameter.choices and value not in parameter.choices:
        raise UsageError(f"`{name}` is {described(value)}, but takes one of {', '.join(parameter.choices)}.")
    if not parameter.choices and not isinstance(value, bool):
        raise UsageError(f"`{name}` is {described(value)}, but takes true or false.")
    return value


def _number_in_range(name: str, marker: Number, value: Any) -> int | float:
    """A number from a text, from JSON or from NumPy, in its range."""
    found: Any = numeral(value.strip()) if isinstance(value, str) else value
    if hasattr(found, "dtype") and getattr(found, "ndim", None) == 0:
        found = found.item()
    if isinstance(found, bool) or not isinstance(found, (int, float)) or too_long(found):
        found = None
    if marker.whole:
        if found is None or not float(found).is_integer():
            raise UsageError(f"`{name}` is {described(value)}, but takes a whole number.")
        found = int(found)
        if abs(found) >= 2**63:
            raise UsageError(f"`{name}` is {described(value)}, but takes a whole number of at most 63 bits.")
    elif found is None or math.isnan(found):
        raise UsageError(f"`{name}` is {described(value)}, but takes a number.")
    if marker.outside(found):
        raise UsageError(f"`{name}` is {shown(found)}, but must be {marker.range}.")
    return found if marker.whole else float(found)


def refuse_booleans(value: Any, place: str) -> None:
    """Raise for `true` or `false` inside an array: beside numbers they would pass for 1 and 0 in silence."""
    if isinstance(value, dict):
        for key, item in value.items():
            refuse_booleans(item, key)
    elif isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            if isinstance(item, bool):
                raise DataError(f"{place}[{i}] is {described(item)}, but a number was expected. Write 1 and 0.")
            refuse_booleans(item, f"{place}[{i}]")
