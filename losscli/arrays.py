"""From what a user gives to numbers of a known kind: conversion, and the one validation of values and options."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from losscli.errors import DataError, LosscliWarning, UsageError
from losscli.messages import quoted, shortened
from losscli.params import AnyArray, Bools, Kind, Number, Parameter

MOST_AXES = 32
LARGEST = float(np.finfo(np.float64).max)
NON_FINITE = {"nan": math.nan, "inf": math.inf, "infinity": math.inf}


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
    if kind in "iuf":
        return array
    if kind == "b" and not isinstance(value, (bool, list, tuple)):
        return array.view(np.uint8)
    if isinstance(value, np.ndarray):
        raise DataError(f"{name} holds {value.dtype}, but real numbers were expected.")
    _explain(name, value, class_names, 0)
    return np.array(_numbers(value, class_names), dtype=np.float64)


def _numbers(value: Any, class_names: Sequence[str]) -> Any:
    """Nested lists with the words for non-finite numbers and the names of classes put into numbers."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_numbers(v, class_names) for v in value]
    if isinstance(value, str):
        return class_names.index(value) if value in class_names else non_finite(value)
    return float(value)


def number(word: str) -> int | float | None:
    """The number that a word is, `nan` and `-Infinity` in any case among them; None for any other word."""
    try:
        return int(word) if word.isdigit() and word.isascii() and len(word) < 19 else _float(word)
    except ValueError:
        return None


def _float(word: str) -> float:
    value = float(word)
    if "_" in word:  # Python reads 1_000 as 1000; nothing else does
        raise ValueError
    if value - value and not math.isnan(value) and non_finite(word.strip()) is None:
        raise DataError(beyond(word))
    return value


def beyond(digits: str) -> str:
    """What is wrong with a number that float64 cannot hold."""
    return (
        f"{shortened(digits)} is beyond float64, whose largest number is 1.8e308. If infinity is meant, write Infinity."
    )


def non_finite(word: str) -> float | None:
    """`NaN`, `inf`, `-Infinity` as a number, in any case; None for any other word."""
    number = NON_FINITE.get(word.lstrip("+-").lower())
    if number is None or len(word) - len(word.lstrip("+-")) > 1:
        return None
    return -number if word.startswith("-") else number


def _explain(place: str, value: Any, class_names: Sequence[str], depth: int) -> int | None:
    """Raise for the first thing that is no number, or for rows of different lengths; else the length."""
    if isinstance(value, (list, tuple, np.ndarray)):
        if depth >= MOST_AXES:
            raise DataError(f"{place.split('[')[0]} is nested more than {MOST_AXES} deep, but an array was expected.")
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
    elif isinstance(value, int) and value.bit_length() > 1024:
        raise DataError(f"{place} is an integer of {value.bit_length()} bits, which is beyond float64.")
    return None


def _explain_word(place: str, word: str, class_names: Sequence[str]) -> None:
    if word in class_names or non_finite(word) is not None:
        return
    if not word.strip():
        raise DataError(f"{place} is empty, but a number was expected.")
    hint = ""
    if class_names:
        hint = f" It is none of the class names {', '.join(class_names)}."
    elif number(word) is not None:
        hint = " Write it without quotes."
    raise DataError(f"{place} is the text {quoted(word)}, but a number was expected.{hint}")


def described(value: Any) -> str:
    """What a value of JSON or Python is, in a word."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        return f"the number {value:g}" if isinstance(value, float) else "a whole number"
    words = {dict: "an object", list: "an array", str: "a text"}
    return words.get(type(value), f"a {type(value).__name__}")


def _counted(length: int | None) -> str:
    return "a single number" if length is None else f"{length} number{'s' * (length != 1)}"


def checked_option(parameter: Parameter, value: Any) -> Any:
    """One option that is no array, in its range."""
    marker, name = parameter.marker, parameter.name
    if not isinstance(marker, Number):
        if parameter.choices and value not in parameter.choices:
            raise UsageError(f"{name} is {_given(value)}, but takes one of {', '.join(parameter.choices)}.")
        if not parameter.choices and not isinstance(value, bool):
            raise UsageError(f"{name} is {_given(value)}, but takes true or false.")
        return value
    found = number(value.strip()) if isinstance(value, str) else value
    finite = isinstance(found, (int, float, np.number)) and not isinstance(found, bool) and abs(found) <= LARGEST
    if marker.whole and not (finite and found == int(found)):
        raise UsageError(f"{name} is {_given(value)}, but takes a whole number.")
    if not finite and not (isinstance(found, float) and math.isinf(found)):
        raise UsageError(f"{name} is {_given(value)}, but takes a number.")
    low, high = marker.min, marker.max
    if (low is not None and found < low) or (high is not None and found > high):
        bounds = f"between {low:g} and {high:g}" if low is not None and high is not None else f"{low or 0:g} or more"
        raise UsageError(f"{name} is {found:g}, but must be {bounds}.")
    if marker.above is not None and found <= marker.above:
        raise UsageError(f"{name} is {found:g}, but must be above {marker.above:g}.")
    return int(found) if marker.whole else float(found)


def _given(value: Any) -> str:
    return quoted(value) if isinstance(value, str) else described(value)


def shape(of: Sequence[int]) -> str:
    return f"({', '.join(map(str, of))})"


def shown(number: Any) -> str:
    """A number in a message: its shortest form."""
    return repr(float(number)) if not float(number).is_integer() else str(int(number))


def option(name: str) -> str:
    return name.replace("_", "-")


def of_kind(a: AnyArray, kind: Kind, place: Callable[[AnyArray], str]) -> AnyArray:
    """The array as float64 with its values checked; `place` names the element of an index for the message."""
    if kind in ("label", "label list", "sign", "group"):
        _refuse(a != np.rint(a), a, place, "a whole number was expected") if a.dtype.kind == "f" else None
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
    "strict sign": (lambda a: abs(a) == 1, "a label is -1 or 1 (not 0 or 1)"),
}


def _refuse(bad: Bools, a: AnyArray, place: Callable[[AnyArray], str], expected: str) -> None:
    if bad.any():
        at = np.argwhere(bad)[0]
        raise DataError(f"{place(at)} is {shown(a[tuple(at)])}, but {expected}.")
