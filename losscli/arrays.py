"""From what a user gives to numbers of a known kind: conversion, and the one validation of values and options."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from losscli.errors import DataError, LosscliWarning, UsageError
from losscli.params import AnyArray, Bools, Kind, Number, Parameter

NON_FINITE = {"nan": math.nan, "inf": math.inf, "infinity": math.inf}


class BFloat16(np.ndarray):
    """bfloat16, which NumPy lacks, as its 16 bits: the upper half of a float32."""


def plain_dtype(a: AnyArray) -> AnyArray:
    """The array in a dtype that NumPy computes with."""
    return (np.asarray(a).astype(np.uint32) << 16).view(np.float32) if isinstance(a, BFloat16) else a


def as_array(name: str, value: Any, class_names: Sequence[str] = ()) -> AnyArray:
    """An array of numbers from nested lists or from an array; anything else is an error that names the place."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "biuf":
            raise DataError(f"{name} holds {value.dtype}, but numbers were expected.")
        return value.view(np.uint8) if value.dtype.kind == "b" else value
    try:
        array = np.array(value)
    except (ValueError, OverflowError, TypeError):
        array = np.array(None)
    if array.dtype.kind in "iuf":
        return array
    _explain(name, value, class_names)
    return np.array(_numbers(value, class_names), dtype=np.float64)


def _numbers(value: Any, class_names: Sequence[str]) -> Any:
    """Nested lists with the words for non-finite numbers and the names of classes put into numbers."""
    if isinstance(value, (list, tuple)):
        return [_numbers(v, class_names) for v in value]
    if isinstance(value, str):
        return class_names.index(value) if value in class_names else non_finite(value)
    return float(value)


def non_finite(word: str) -> float | None:
    """`NaN`, `inf`, `-Infinity` as a number, in any case; None for any other word."""
    number = NON_FINITE.get(word.lstrip("+-").lower())
    if number is None or len(word) - len(word.lstrip("+-")) > 1:
        return None
    return -number if word.startswith("-") else number


def _explain(place: str, value: Any, class_names: Sequence[str]) -> int | None:
    """Raise for the first thing that is no number, or for rows of different lengths; else the length."""
    if isinstance(value, (list, tuple)):
        lengths = [_explain(f"{place}[{i}]", v, class_names) for i, v in enumerate(value)]
        for i, length in enumerate(lengths):
            if length != lengths[0]:
                raise DataError(
                    f"{place}[{i}] has {_counted(length)}, but {place}[0] has {_counted(lengths[0])}: "
                    f"all rows need the same length."
                )
        return len(value)
    if isinstance(value, str):
        if value in class_names or non_finite(value) is not None:
            return None
        among = f" It is none of the class names {', '.join(class_names)}." if class_names else ""
        raise DataError(f"{place} is the text {value!r}, but a number was expected.{among}")
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        word = {True: "true", False: "false", None: "null"}.get(value) if value in (True, False, None) else None
        raise DataError(f"{place} is {word or 'a ' + type(value).__name__}, but a number was expected.")
    return None


def _counted(length: int | None) -> str:
    return "a single number" if length is None else f"{length} number{'s' * (length != 1)}"


def checked_option(parameter: Parameter, value: Any) -> Any:
    """One option that is no array, in its range."""
    marker, name = parameter.marker, parameter.name
    if not isinstance(marker, Number):
        if parameter.choices and value not in parameter.choices:
            raise UsageError(f"{name} is {value!r}, but takes one of {', '.join(parameter.choices)}.")
        if not parameter.choices and not isinstance(value, bool):
            raise UsageError(f"{name} is {value!r}, but takes true or false.")
        return value
    wanted = "a whole number" if marker.whole else "a number"
    if isinstance(value, str):
        try:
            value = float(value) if not marker.whole else int(value)
        except ValueError:
            raise UsageError(f"{name} is {value!r}, but takes {wanted}.") from None
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise UsageError(f"{name} is {value!r}, but takes {wanted}.")
    if marker.whole and value != int(value if math.isfinite(value) else 0):
        raise UsageError(f"{name} is {value!r}, but takes {wanted}.")
    low, high = marker.min, marker.max
    if math.isnan(value) or (low is not None and value < low) or (high is not None and value > high):
        bounds = f"between {low:g} and {high:g}" if low is not None and high is not None else f"{low or 0:g} or more"
        raise UsageError(f"{name} is {value:g}, but must be {bounds}.")
    if marker.above is not None and value <= marker.above:
        raise UsageError(f"{name} is {value:g}, but must be above {marker.above:g}.")
    return int(value) if marker.whole else float(value)


def shape(of: Sequence[int]) -> str:
    return f"({', '.join(map(str, of))})"


def shown(number: Any) -> str:
    """A number in a message: its shortest form."""
    return repr(float(number)) if not float(number).is_integer() else str(int(number))


def option(name: str) -> str:
    return name.replace("_", "-")


def of_kind(a: AnyArray, kind: Kind, place: Callable[[AnyArray], str]) -> AnyArray:
    """The array as float64 with its values checked; `place` names the element of an index for the message."""
    if kind in ("label", "sign", "group"):
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
    "strict sign": (lambda a: abs(a) == 1, "a label is -1 or 1 (not 0 or 1)"),
}


def _refuse(bad: Bools, a: AnyArray, place: Callable[[AnyArray], str], expected: str) -> None:
    if bad.any():
        at = np.argwhere(bad)[0]
        raise DataError(f"{place(at)} is {shown(a[tuple(at)])}, but {expected}.")
