"""From what a user gives to arrays of numbers of a known kind, and the one place where these are checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from losscli.declare import AnyArray, Array, Bools
from losscli.documents.dtypes import BFLOAT16
from losscli.documents.numerals import beyond, described, non_finite, numeral, too_long
from losscli.errors import DataError, UsageError
from losscli.text import counted, first_double, listed, quoted, shape, shown

MOST_AXES = 32


def as_array(name: str, value: Any, class_names: Sequence[str] = (), booleans: bool = False) -> AnyArray:
    """An array of numbers from nested lists or from an array; anything else is an error that names the place.

    `booleans`: lists may hold true and false for 1 and 0, as arrays may.
    """
    array = value if isinstance(value, np.ndarray) else _plain(value)
    kind = array.dtype.kind
    if array.ndim > MOST_AXES:
        raise DataError(_too_deep(f"`{name}`"))
    if kind in "iuf" or array.dtype == BFLOAT16:
        return array
    if kind == "b" and (booleans or not isinstance(value, (bool, list, tuple))):
        return array
    if isinstance(value, np.ndarray):
        raise DataError(f"`{name}` holds {value.dtype}, but real numbers were expected.")
    classes = {word: i for i, word in enumerate(class_names)}
    _explain(f"`{name}`", value, classes, 0)
    return np.array(_numbers(value, classes), dtype=np.float64)


def stacked(name: str, values: list[Any]) -> AnyArray:
    """An array of the values of several documents. If they do not stack, each of them has to be looked at alone."""
    array = _plain(values)
    if array.dtype.kind not in "iuf" or bool in map(type, values):  # beside numbers, NumPy takes true for 1
        raise DataError(f"`{name}` is not an array of numbers of one shape in all documents.")
    return array


def _plain(value: Any) -> AnyArray:
    """The array that NumPy makes of a value; where it makes none, one that holds no number."""
    try:
        return np.array(value)
    except (ValueError, OverflowError, TypeError, RecursionError):
        return np.array(None)


def _numbers(value: Any, classes: Mapping[str, int]) -> Any:
    """Nested lists with the words for non-finite numbers and the names of classes replaced by numbers."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_numbers(v, classes) for v in value]
    if isinstance(value, str):
        return classes[value] if value in classes else non_finite(value)
    return float(value)


def _explain(place: str, value: Any, classes: Mapping[str, int], depth: int) -> tuple[int, ...]:
    """Raise for the first thing that is not a number, or for rows of different shapes; else the shape."""
    if isinstance(value, (list, tuple, np.ndarray)):
        if depth >= MOST_AXES:
            raise DataError(_too_deep(place.split("[")[0]))
        shapes = [_explain(f"{place}[{i}]", v, classes, depth + 1) for i, v in enumerate(value)]
        for i, found in enumerate(shapes):
            if found != shapes[0]:
                ours, theirs = _sizes(found, shapes[0])
                raise DataError(f"{place}[{i}] has {ours}, but {place}[0] has {theirs}: all rows need the same length.")
        return (len(value), *(shapes[0] if shapes else ()))
    if isinstance(value, str):
        _explain_word(place, value, classes)
    elif isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise DataError(f"{place} is {described(value)}, but a number was expected.")
    elif too_long(value):
        raise DataError(f"{place} is {beyond('an integer that')}".replace(" that is", ", which is"))
    return ()


def _too_deep(place: str) -> str:
    return f"{place} is nested more than {MOST_AXES} deep, but an array of numbers was expected."


def _explain_word(place: str, word: str, classes: Mapping[str, int]) -> None:
    if word in classes or non_finite(word) is not None:
        return
    if not word.strip():
        raise DataError(f"{place} is empty, but a number was expected.")
    hint = ""
    if classes:
        hint = f" It is none of the class names {listed(classes)}."
    elif numeral(word) is not None:
        hint = " Write it without quotes."
    raise DataError(f"{place} is the text {quoted(word)}, but a number was expected.{hint}")


def _sizes(a: tuple[int, ...], b: tuple[int, ...]) -> list[str]:
    """What two shapes are, in words: their lengths, or all of them where the difference lies deeper."""
    if a[:1] == b[:1]:
        return [f"the shape {shape(of)}" for of in (a, b)]
    return [counted(of[0], "number") if of else "a single number" for of in (a, b)]


def distinct_texts(name: str, value: Any) -> tuple[str, ...]:
    """A setting that is a list of names."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
        raise UsageError(f"`{name}` is {described(value)}, but takes a list of texts.")
    if len(set(value)) < len(value):
        raise UsageError(f"`{name}` has the name {quoted(first_double(value))} twice.")
    return tuple(value)


def checked(a: AnyArray, marker: Array, place: Callable[[AnyArray], str], warn: Callable[[str], None]) -> AnyArray:
    """The array as its kind asks, int64 or float64, with its numbers checked.

    `place` names the element of an index for a message; `warn` takes what is suspicious.
    """
    kind = marker.kind
    if kind in ("label", "label list", "group"):
        if a.dtype.kind == "f":
            _refuse(a != np.rint(a), a, place, "a whole number was expected")
            _refuse(~(abs(a) < 2.0**63), a, place, "a whole number of at most 63 bits was expected")
        if a.dtype == np.uint64:
            _refuse(a > np.iinfo(np.int64).max, a, place, "a whole number of at most 63 bits was expected")
        return a.astype(np.int64, copy=False)
    a = a.astype(np.float64, copy=False)
    if kind == "sign" and (a == 0).any():
        warn("labels 0 and 1 are taken as -1 and 1.")
        a = np.where(a == 0, -1.0, a)
    if kind == "box":
        crossed = np.zeros(a.shape, bool)
        crossed[..., 2:] = a[..., 2:] < a[..., :2]
        _refuse(crossed, a, place, "a box is x1, y1, x2, y2 with x2 >= x1 and y2 >= y1 (not x, y, width, height)")
    elif np.any(outside := marker.outside(a)):
        _refuse(outside, a, place, f"must be {marker.range}")
    return a


def _refuse(bad: Bools, a: AnyArray, place: Callable[[AnyArray], str], expected: str) -> None:
    if bad.any():
        at = np.argwhere(bad)[0]
        raise DataError(f"{place(at)} is {shown(a[tuple(at)])}, but {expected}.")
