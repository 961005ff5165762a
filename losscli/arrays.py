"""From what a user gives to what a loss computes on: conversion, the one validation, and cutting into blocks.

A loss sees its arrays in one layout only: rows first, classes last, float64 or int64, one block of rows at a time. What
the user has may be nested lists, a mapped file of float16, or maps of shape (N, C, H, W); nothing is copied but
the block at hand.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from losscli.errors import DataError, LosscliWarning, UsageError
from losscli.params import AnyArray, Array, Bools, Floats, Number, Parameter

Box: TypeAlias = "tuple[slice, ...]"

BLOCK = 65_536  # numbers of a block: half a megabyte, so that a block and its temporaries stay in the L2 cache
NARROW = 32  # up to so many classes, whole columns are worked on instead of short rows
NON_FINITE = {"nan": math.nan, "inf": math.inf, "infinity": math.inf}


class BFloat16(np.ndarray):
    """bfloat16, which NumPy lacks, as its 16 bits: the upper half of a float32."""


@dataclass(frozen=True)
class Arguments:
    """The checked arguments of one loss for a stack of G documents of one layout.

    rows        (G, *the shape of the result under reduction none)
    arrays      an array with rows has the shape (*rows, *its own axes, classes last); the others go to each block whole
    options     every other argument
    class_axis  where the classes stood in the user's array, for putting gradients and steps back
    """

    parameters: Mapping[str, Parameter]
    arrays: Mapping[str, AnyArray]
    options: Mapping[str, Any]
    rows: tuple[int, ...]
    class_axis: int | None

    def boxes(self) -> Iterator[Box]:
        """The blocks, as slices of `rows`: their boundaries depend on the shape alone, never on the threads."""
        if not all(self.rows):
            return
        widest = max((a.size // math.prod(self.rows) for _, a in self._cut_arrays()), default=1)
        limit = max(1, BLOCK // max(1, widest))
        axis = 0
        while math.prod(self.rows[axis + 1 :]) > limit:
            axis += 1
        step = max(1, limit // math.prod(self.rows[axis + 1 :]))
        for lead in np.ndindex(self.rows[:axis]):
            for start in range(0, self.rows[axis], step):
                yield (*(slice(i, i + 1) for i in lead), slice(start, min(start + step, self.rows[axis])))

    def block(self, box: Box | tuple[AnyArray, ...]) -> dict[str, Any]:
        """The keyword arguments of the loss for some rows: all arrays converted and checked."""
        values: dict[str, Any] = dict(self.options)
        for name, parameter in self.parameters.items():
            if name not in self.arrays:
                values.setdefault(name, parameter.default)
                continue
            array = self.arrays[name]
            if _marker(parameter).has_rows:
                own = array.ndim - len(self.rows)
                values[name] = self._converted(name, _as_matrix(array[box], own), box)
            else:
                values[name] = self._converted(name, array, ())
        return values

    def everything(self) -> Box:
        """The box of all rows."""
        return tuple(slice(0, n) for n in self.rows)

    def some(self, rows: Sequence[int]) -> tuple[AnyArray, ...]:
        """Rows by their number in order, as an index that `block` takes."""
        return tuple(np.unravel_index(np.asarray(rows, dtype=np.int64), self.rows))

    def document(self, g: int) -> Arguments:
        """The arguments of one document of the stack."""
        if self.rows[0] == 1:
            return self
        arrays = {n: (a[g : g + 1] if _marker(self.parameters[n]).has_rows else a) for n, a in self.arrays.items()}
        return Arguments(self.parameters, arrays, self.options, (1, *self.rows[1:]), self.class_axis)

    def _cut_arrays(self) -> Iterator[tuple[str, AnyArray]]:
        return ((n, a) for n, a in self.arrays.items() if _marker(self.parameters[n]).has_rows)

    @property
    def classes(self) -> int | None:
        """How many classes there are, where the loss has classes."""
        for name, array in self.arrays.items():
            marker = _marker(self.parameters[name])
            if marker.alternatives[0][-1] == "C":
                return array.shape[-1]
        return None

    def _converted(self, name: str, a: AnyArray, box: Box | tuple[AnyArray, ...]) -> AnyArray:
        kind = _marker(self.parameters[name]).kind
        if kind == "label" and a.ndim == 1:
            return self._labels(name, a, box)
        a = a.astype(np.float64, copy=False)
        bad: Bools | None = None
        if kind == "probability":
            bad, expected = ~((a >= 0) & (a <= 1)), "a probability lies between 0 and 1"
        elif kind == "label":
            bad, expected = ~(a >= 0), "a class probability is 0 or more"
        elif kind == "weight":
            bad, expected = ~(a >= 0), "a weight is 0 or more"
        if bad is not None and bad.any():
            at = np.argwhere(bad)[0]
            raise DataError(f"{self._place(name, at, box)} is {shown(a[tuple(at)])}, but {expected}.")
        return a

    def _labels(self, name: str, a: AnyArray, box: Box | tuple[AnyArray, ...]) -> AnyArray:
        if a.dtype.kind == "f":
            bad = a != np.rint(a)
            if bad.any():
                at = np.argwhere(bad)[0]
                raise DataError(
                    f"{self._place(name, at, box)} is {shown(a[tuple(at)])}, but a class index is a whole number. "
                    f"Class probabilities have the shape of the class scores."
                )
        if a.dtype.kind == "u" and a.size and int(a.max()) > np.iinfo(np.int64).max:
            raise DataError(f"{name} has an index beyond every class: {int(a.max())}.")
        labels = a.astype(np.int64, copy=False)
        classes = self.classes
        bad = (labels < 0) | (labels >= classes) if classes is not None else labels < 0
        if "ignore_index" in self.parameters:
            bad &= labels != self.options.get("ignore_index", self.parameters["ignore_index"].default)
        if bad.any():
            at = np.argwhere(bad)[0]
            raise DataError(
                f"{self._place(name, at, box)} is {labels[tuple(at)]}, but there are {classes} classes "
                f"(0 to {(classes or 0) - 1}).{self._counted_from_one(name)}"
            )
        return labels

    def _counted_from_one(self, name: str) -> str:
        labels, classes = np.asarray(self.arrays[name]), self.classes
        if labels.size and labels.min() >= 1 and labels.max() == classes:
            return " Are the labels counted from 1?"
        if "ignore_index" in self.parameters:
            return " A label to leave out is named with ignore_index."
        return ""

    def _place(self, name: str, at: AnyArray, box: Box | tuple[AnyArray, ...]) -> str:
        """`labels[3]`: a number of a block by its index in the user's array."""
        if not box:
            return f"{name}[{at[0]}]" if len(at) else name
        starts: list[int]
        if isinstance(box[0], slice):
            shape = [range(n)[s] for n, s in zip(self.rows, (*box, *[slice(None)] * len(self.rows)), strict=False)]
            starts = [r[int(i)] for r, i in zip(shape, np.unravel_index(at[0], [len(r) for r in shape]), strict=True)]
        else:
            starts = [int(i[at[0]]) for i in box]
        index = starts[1:]
        if len(at) > 1:
            index.insert(len(index) if self.class_axis is None else self.class_axis, int(at[1]))
        return f"{name}[{', '.join(map(str, index))}]" if index else name


def _marker(parameter: Parameter) -> Array:
    assert isinstance(parameter.marker, Array)
    return parameter.marker


def _as_matrix(a: AnyArray, own: int) -> AnyArray:
    """A block in the layout that the losses see: (R), or (R, C) with its columns in one piece where C is small."""
    if isinstance(a, BFloat16):
        a = (np.asarray(a).astype(np.uint32) << 16).view(np.float32)
    if own == 0:
        return a.reshape(-1)
    dtype = np.float64 if a.dtype.kind in "fiu" else a.dtype
    if own == 1 and a.shape[-1] <= NARROW:
        return np.ascontiguousarray(np.moveaxis(a, -1, 0), dtype=dtype).reshape(a.shape[-1], -1).T
    return np.ascontiguousarray(a, dtype=dtype).reshape(-1, *a.shape[a.ndim - own :])


def bind(
    parameters: Mapping[str, Parameter],
    documents: Sequence[Mapping[str, Any]],
    class_axis: int | None = None,
    class_names: Sequence[str] = (),
) -> Arguments:
    """Check the arguments of a loss against its declaration and lay them out.

    `documents` are the values of one or more documents alike in keys, shapes and options; they are stacked.
    """
    first = documents[0]
    options, arrays = {}, {}
    for name, parameter in parameters.items():
        if first.get(name) is None:
            if parameter.required:
                raise DataError(f"{name} is missing. Give it as a key of the document or with --{option(name)}.")
            continue
        if not isinstance(parameter.marker, Array):
            options[name] = checked_option(parameter, first[name])
        elif parameter.marker.has_rows:
            stack = as_array(name, [d[name] for d in documents] if len(documents) > 1 else first[name], class_names)
            arrays[name] = stack if len(documents) > 1 else stack[None]
        else:
            arrays[name] = as_array(name, first[name], class_names)
    return _laid_out(parameters, arrays, options, class_axis, len(documents))


def _laid_out(
    parameters: Mapping[str, Parameter],
    arrays: dict[str, AnyArray],
    options: dict[str, Any],
    class_axis: int | None,
    stack: int,
) -> Arguments:
    """Agree on the rows, on the class axis, and on every axis that has a name; views only."""
    movable = next((n for n, p in parameters.items() if n in arrays and _marker(p).movable_class_axis), None)
    lengths: dict[str, tuple[int, str]] = {}
    rows: tuple[int, ...] | None = None
    owner = ""
    if movable is not None:
        scores = arrays[movable]
        if scores.ndim == 1:
            scores = scores[:, None]
        other = next((n for n in arrays if n != movable and _marker(parameters[n]).has_rows), None)
        axis = _class_axis(movable, scores.shape[1:], other, arrays[other].shape[1:] if other else None, class_axis)
        if other and arrays[other].shape[1:] == scores.shape[1:] and arrays[other].ndim > 1:
            distribution = _marker(parameters[other]).kind == "label"
            if distribution and "ignore_index" in options:
                raise UsageError(
                    "ignore_index has no meaning for class probabilities "
                    f"({other} has the shape of {movable}). Leave it out, or give class indices."
                )
            arrays[other] = np.moveaxis(arrays[other], axis + 1, -1)
        arrays[movable] = scores = np.moveaxis(scores, axis + 1, -1)
        rows, owner, class_axis = scores.shape[1:-1], movable, axis
        _agree(movable, "C", scores.shape[-1], lengths)
    elif class_axis is not None:
        raise UsageError("this command has no class axis to choose.")
    for name, array in arrays.items():
        if name == movable:
            continue
        marker = _marker(parameters[name])
        if not marker.has_rows:
            arrays[name] = _whole(name, marker, array, lengths)
            continue
        if marker.broadcasts:
            assert rows is not None
            arrays[name] = _broadcast(name, array, (stack, *rows), owner)
            continue
        found = array.shape[1:]
        if movable is not None:
            if found != rows and array.shape[1:] != arrays[movable].shape[1:]:
                if math.prod(found) == 1 == math.prod(rows or ()):
                    arrays[name] = array.reshape((stack, *(rows or ())))
                    continue
                raise DataError(_no_fit(name, found, movable, _user_shape(arrays[movable], class_axis or 0)))
            continue
        axes = marker.alternatives[0]
        own = len(axes) - 1
        if axes[0] == "N" and len(found) not in (own, own + 1):
            raise DataError(f"{name} has the shape {shape(found)}, but takes {marker.shapes}.")
        if len(found) < own:
            array = arrays[name] = array.reshape(stack, *found, *[1] * (own - len(found)))
            found = array.shape[1:]
        for axis_name, length in zip(axes[1:], found[len(found) - own :], strict=True):
            _agree(name, axis_name, length, lengths)
        mine = found[: len(found) - own]
        if rows is None:
            rows, owner = mine, name
        elif mine != rows:
            if math.prod(mine) == 1 == math.prod(rows) and own == 0:
                arrays[name] = array.reshape(stack, *rows)
                continue
            raise DataError(f"{name} has the shape {shape(found)}, but {owner} has {shape(arrays[owner].shape[1:])}.")
    assert rows is not None
    return Arguments(parameters, arrays, options, (stack, *rows), class_axis)


def _class_axis(
    scores: str, found: tuple[int, ...], labels: str | None, others: tuple[int, ...] | None, given: int | None
) -> int:
    """The axis of the classes: as told, else the one whose removal leaves the labels' shape, else PyTorch's."""
    default = 0 if len(found) == 1 else 1
    if given is not None:
        if not -len(found) <= given < len(found):
            raise UsageError(f"the class axis is {given}, but {scores} has the shape {shape(found)}.")
        return given % len(found)
    if others is None or others == found or len(found) <= 2:
        return default
    fits = [k for k in range(len(found)) if found[:k] + found[k + 1 :] == others]
    if not fits:
        raise DataError(_no_fit(labels or "", others, scores, found))
    if len(fits) > 1:
        chosen = default if default in fits else fits[0]
        warnings.warn(
            f"the classes of {scores} {shape(found)} may lie on axis {' or '.join(map(str, fits))}: "
            f"taking axis {chosen}, as PyTorch does. Say which with --class-axis.",
            LosscliWarning,
            stacklevel=2,
        )
        return chosen
    return fits[0]


def _no_fit(labels: str, found: tuple[int, ...], scores: str, of: tuple[int, ...]) -> str:
    message = f"{labels} has the shape {shape(found)}, which fits no class axis of {scores} {shape(of)}: "
    if len(of) <= 2:
        rows, classes = (1, of[0]) if len(of) == 1 else of
        message += f"{rows} row{'s' * (rows != 1)} of {classes} classes take {rows} label{'s' * (rows != 1)}, "
        message += f"or class probabilities of the shape {shape(of)}."
        if len(of) == 2 and found == (classes,):
            message += " If the classes lie on axis 0, say --class-axis 0."
        return message
    wanted = sorted({of[:k] + of[k + 1 :] for k in range(1, len(of))})
    return message + f"expected {' or '.join(map(shape, wanted))}, or {shape(of)} for class probabilities."


def _user_shape(scores: AnyArray, axis: int) -> tuple[int, ...]:
    return np.moveaxis(scores, -1, axis + 1).shape[1:]


def _whole(name: str, marker: Array, array: AnyArray, lengths: dict[str, tuple[int, str]]) -> AnyArray:
    axes = marker.alternatives[0]
    if marker.broadcasts:
        return np.broadcast_to(array, [lengths[axis][0] for axis in axes])
    if array.ndim < len(axes):
        array = array.reshape(*array.shape, *[1] * (len(axes) - array.ndim))
    if array.ndim != len(axes):
        raise DataError(f"{name} has the shape {shape(array.shape)}, but takes {marker.shapes}.")
    for axis, length in zip(axes, array.shape, strict=True):
        _agree(name, axis, length, lengths)
    return array


def _agree(name: str, axis: str, length: int, lengths: dict[str, tuple[int, str]]) -> None:
    expected, source = lengths.setdefault(axis, (length, name))
    if length != expected:
        what = "classes" if axis == "C" else f"numbers on its axis {axis}"
        raise DataError(f"{name} has {length} numbers, but {source} has {expected} {what}.")
    if axis == "C" and not length:
        raise DataError(f"{name} has no classes.")


def _broadcast(name: str, array: AnyArray, to: tuple[int, ...], owner: str) -> AnyArray:
    found, target = array.shape[1:], to[1:]
    try:
        padded = array.reshape(array.shape[0], *[1] * (len(target) - len(found)), *found)
        return np.broadcast_to(padded, to)
    except ValueError:
        raise DataError(
            f"{name} has the shape {shape(found)}, which does not broadcast to the shape {shape(target)} of {owner}."
        ) from None


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


__all__ = ["Arguments", "BFloat16", "Floats", "as_array", "bind", "non_finite", "option", "shape"]
