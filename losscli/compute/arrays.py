"""From what a user gives to numbers of a known kind: conversion, and the one validation of values and options."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from losscli.declare import AnyArray, Bools, Kind, Number, Parameter
from losscli.documents.numerals import beyond, non_finite, numeral, too_long
from losscli.errors import DataError, LosscliWarning, UsageError
from losscli.terminal.messages import quoted

MOST_AXES = 32


class BFloat16(np.ndarray):
    """bfloat16, which NumPy lacks, as its 16 bits: the upper half of a float32."""


def plain_dtype(a: AnyArray) -> AnyArray:
    """The array in a dtype that NumPy computes with."""
    return (np.asarray(a).astype(np.uint32) << 16).view(np.float32) if isinstance(a, BFloat16) else a


def as_array(name: str, value: Any, class_names: Sequence[str] = ()) -> AnyArray:
    """An array of numbers from nested lists or from an array; anything else is an error that names the place."""
    try:
        array = value if isinstance(value, np.ndarray) else np.array(value)
    except (ValueError, OverflowError, TypeError, RecursionError):
        array = np.array(None)
    kind = array.dtype.kind
    if array.ndim > MOST_AXES:
        raise DataError(deep(name))
    if kind in "iuf":
        return array
    if kind == "b" and not isinstance(value, (bool, list, tuple)):
        return array.view(np.uint8)
    if isinstance(value, np.ndarray):
        raise DataError(f"{name} holds {value.dtype}, but real numbers were expected.")
    _explain(name, value, class_names, 0)
    return np.array(_numbers(value, class_names), dtype=np.float64)


def stacked(name: str, values: list[Any]) -> AnyArray:
    """An array of the values of several documents. If they do not stack, each of them has to be looked at alone."""
    try:
        array = np.array(values)
    except (ValueError, OverflowError, TypeError, RecursionError):
        array = np.array(None)
    if array.dtype.kind not in "iuf":
        raise DataError(f"{name} is no array of numbers of one shape in all documents.")
    return array


def _numbers(value: Any, class_names: Sequence[str]) -> Any:
    """Nested lists with the words for non-finite numbers and the names of classes put into numbers."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_numbers(v, class_names) for v in value]
    if isinstance(value, str):
        return class_names.index(value) if value in class_names else non_finite(value)
    return float(value)


def _explain(place: str, value: Any, class_names: Sequence[str], depth: int) -> int | None:
    """Raise for the first thing that is no number, or for rows of different lengths; else the length."""
    if isinstance(value, (list, tuple, np.ndarray)):
        if depth >= MOST_AXES:
            raise DataError(deep(place.split("[")[0]))
        lengths = [_explain(f"{place}[{i}]", v, class_names, depth + 1) for i, v in enumerate(value)]
        for i, length in enumerate(lengths):
            if length != lengths[0]:
                raise DataError(
                    f"{place}[{i}] has {_counted(length)}, but {place}[0] has {_counted(lengths[0])}: "
                    f"all rows need the same length."
                )
        return len(value)
    if isinstance(value, str):
        _explain_word(place, value, class_names)
    elif isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise DataError(f"{place} is {described(value)}, but a number was expected.")
    elif too_long(value):
        raise DataError(f"{place} is {beyond('an integer that')}".replace(" that is", ", which is"))
    return None


def deep(name: str) -> str:
    """What is wrong with an array of very many axes."""
    return f"{name} is nested more than {MOST_AXES} deep, but an array of numbers was expected."


def _explain_word(place: str, word: str, class_names: Sequence[str]) -> None:
    if word in class_names or non_finite(word) is not None:
        return
    if not word.strip():
        raise DataError(f"{place} is empty, but a number was expected.")
    hint = ""
    if class_names:
        hint = f" It is none of the class names {', '.join(class_names)}."
    elif numeral(word) is not None:
        hint = " Write it without quotes."
    raise DataError(f"{place} is the text {quoted(word)}, but a number was expected.{hint}")


def described(value: Any) -> str:
    """What a value of JSON or Python is, in a word."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, (int, float)):
        return "a very long integer" if too_long(value) else f"{value:g}"
    words: dict[type, str] = {dict: "an object", list: "an array", str: "a text"}
    return words.get(type(value), f"a {type(value).__name__}")


def _counted(length: int | None) -> str:
    return "a single number" if length is None else f"{length} number{'s' * (length != 1)}"


def checked_option(parameter: Parameter, value: Any) -> Any:
    """One option that is no array, in its range."""
    marker, name = parameter.marker, parameter.name
    if not isinstance(marker, Number):
        if parameter.choices and value not in parameter.choices:
            raise UsageError(f"{name} is {told(value)}, but takes one of {', '.join(parameter.choices)}.")
        if not parameter.choices and not isinstance(value, bool):
            raise UsageError(f"{name} is {told(value)}, but takes true or false.")
        return value
    found = as_number(value)
    if marker.whole:
        if found is None or not math.isfinite(found) or found != int(found):
            raise UsageError(f"{name} is {told(value)}, but takes a whole number.")
        found = int(found)
    elif found is None or math.isnan(found):
        raise UsageError(f"{name} is {told(value)}, but takes a number.")
    low, high = marker.min, marker.max
    if (low is not None and found < low) or (high is not None and found > high):
        bounds = f"between {low:g} and {high:g}" if low is not None and high is not None else f"{low or 0:g} or more"
        raise UsageError(f"{name} is {found:g}, but must be {bounds}.")
    if marker.above is not None and found <= marker.above:
        raise UsageError(f"{name} is {found:g}, but must be above {marker.above:g}.")
    return found if marker.whole else float(found)


def as_number(value: Any) -> int | float | None:
    """A number from a text, from JSON or from NumPy; None for anything else, and for an integer beyond float64."""
    if isinstance(value, str):
        return numeral(value.strip())
    if isinstance(value, np.number):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)) or too_long(value):
        return None
    return value


def whole_or_none(name: str, value: Any) -> int | None:
    """A setting that is a whole number, or that is not given."""
    if value is None:
        return None
    return int(checked_option(Parameter(name, Number("", whole=True)), value))


def distinct_texts(name: str, value: Any) -> tuple[str, ...]:
    """A setting that is a list of names."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
        raise UsageError(f"{name} is {told(value)}, but takes a list of texts.")
    if len(set(value)) < len(value):
        raise UsageError(f"{name} has the name {quoted(next(v for v in value if value.count(v) > 1))} twice.")
    return tuple(value)


def told(value: Any) -> str:
    """A value of an option in a message."""
    return quoted(value) if isinstance(value, str) else described(value)


def shape(of: Sequence[int]) -> str:
    return f"({', '.join(map(str, of))})"


def shown(number: Any) -> str:
    """A number in a message: its shortest form."""
    number = float(number)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def option(name: str) -> str:
    return name.replace("_", "-")


def of_kind(a: AnyArray, kind: Kind, place: Callable[[AnyArray], str]) -> AnyArray:
    """The array as float64 with its values checked; `place` names the element of an index for the message."""
    if kind in ("label", "label list", "sign", "group"):
        if a.dtype.kind == "f":
            _refuse(a != np.rint(a), a, place, "a whole number was expected")
            if kind != "sign":
                _refuse(~(abs(a) < 2.0**63), a, place, "a whole number of at most 63 bits was expected")
        if a.dtype.kind == "u" and a.size and int(a.max()) > np.iinfo(np.int64).max:
            a = np.minimum(a, np.iinfo(np.int64).max)
        if kind != "sign":
            return a.astype(np.int64, copy=False)
    a = a.astype(np.float64, copy=False)
    if kind in RANGES:
        allowed, expected = RANGES[kind]
        _refuse(~allowed(a), a, place, expected)
    elif kind == "sign":
        if (a == 0).any():
            warnings.warn("labels 0 and 1 are taken as -1 and 1.", LosscliWarning, stacklevel=2)
            a = np.where(a == 0, -1.0, a)
        _refuse(abs(a) != 1, a, place, "a label is -1 or 1")
    return a


RANGES: dict[str, tuple[Callable[[AnyArray], Bools], str]] = {
    "probability": (lambda a: (a >= 0) & (a <= 1), "a probability lies between 0 and 1"),
    "distribution": (lambda a: a >= 0, "a class probability is 0 or more"),
    "weight": (lambda a: a >= 0, "a weight is 0 or more"),
    "nonnegative": (lambda a: ~(a < 0), "a number of 0 or more was expected"),
    "above -1": (lambda a: ~(a <= -1), "a number above -1 was expected, for the logarithm of 1 + it"),
    "box": (
        lambda a: ~np.concatenate([np.zeros_like(a[..., :2], bool), a[..., 2:] < a[..., :2]], axis=-1),
        "a box is x1, y1, x2, y2 with x2 >= x1 and y2 >= y1 (not x, y, width, height)",
    ),
    "strict sign": (lambda a: abs(a) == 1, "a label is -1 or 1 (not 0 or 1)"),
}


def _refuse(bad: Bools, a: AnyArray, place: Callable[[AnyArray], str], expected: str) -> None:
    if bad.any():
        at = np.argwhere(bad)[0]
        raise DataError(f"{place(at)} is {shown(a[tuple(at)])}, but {expected}.")
