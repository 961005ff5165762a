"""What a user gives, bound to what a loss declares: which axis is what, and how many rows there are."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from losscli.compute.arguments import Arguments, Declaration
from losscli.compute.arrays import as_array, checked_option, option, shape, stacked
from losscli.declare import AnyArray, Array
from losscli.documents import Document, Run, column
from losscli.errors import DataError, LosscliWarning, UsageError


def bind(
    declaration: Declaration,
    documents: Sequence[Document] | Run,
    class_axis: int | None = None,
    class_names: Sequence[str] = (),
) -> Arguments:
    """The arguments of a loss, checked against its declaration and laid out.

    `documents` are one or more documents alike in keys, shapes and options; they are stacked.
    """
    first = documents[0].values
    options: dict[str, Any] = {}
    arrays: dict[str, AnyArray] = {}
    for name, parameter in declaration.parameters.items():
        if first.get(name) is None:
            if parameter.required:
                raise DataError(f"{name} is missing. Give it as a key of the document or with --{option(name)}.")
        elif not isinstance(parameter.marker, Array):
            options[name] = checked_option(parameter, first[name])
        elif parameter.marker.has_rows and len(documents) > 1:
            arrays[name] = stacked(name, column(documents, name))
        else:
            arrays[name] = as_array(name, first[name], class_names)
    given = arrays
    if declaration.arrange is not None:
        arrays = declaration.arrange(given, options)
    if len(documents) == 1:
        with_rows = {n for n in arrays if _is_array(declaration, n).has_rows}
        arrays = {n: a[None] if n in with_rows else a for n, a in arrays.items()}
    arguments = _Layout(declaration, dict(arrays), options, len(documents)).arguments(given, class_axis)
    return replace(arguments, document=lambda number: documents[number].place)


def _is_array(declaration: Declaration, name: str) -> Array:
    marker = declaration.parameters[name].marker
    assert isinstance(marker, Array)
    return marker


class _Layout:
    """Agrees on the rows, on the class axis, and on every axis that has a name; makes views only."""

    def __init__(
        self, declaration: Declaration, arrays: dict[str, AnyArray], options: dict[str, Any], stack: int
    ) -> None:
        self.declaration = declaration
        self.arrays = arrays
        self.options = options
        self.stack = stack
        self.lengths: dict[str, tuple[int, str]] = {}
        self.rows: tuple[int, ...] | None = None
        self.owner = ""  # the array that the rows were taken from

    def marker(self, name: str) -> Array:
        return _is_array(self.declaration, name)

    def arguments(self, given: dict[str, AnyArray], class_axis: int | None) -> Arguments:
        scores = next((n for n in self.arrays if self.marker(n).movable_class_axis), None)
        by_class: set[str] = set()
        if scores is not None:
            class_axis, by_class = self._place_classes(scores, class_axis)
        elif class_axis is not None:
            raise UsageError("this command has no class axis to choose.")
        for name in self.arrays:
            if name not in by_class:
                self._fit(name, self.marker(name))
        lengths = {axis: length for axis, (length, _) in self.lengths.items()}
        rows = (self.stack, *(self.rows or ()))
        return Arguments(
            self.declaration, self.arrays, self.options, given, rows, lengths, class_axis, frozenset(by_class)
        )

    def _place_classes(self, scores: str, given: int | None) -> tuple[int, set[str]]:
        """Find the class axis and move it last in every array that has it."""
        if self.arrays[scores].ndim == 1:
            self.arrays[scores] = self.arrays[scores][:, None]
        of = self.arrays[scores].shape[1:]
        others = {n: a.shape[1:] for n, a in self.arrays.items() if n != scores and self.marker(n).has_rows}
        for name, found in others.items():
            if found != of and self.marker(name).alternatives == self.marker(scores).alternatives:
                raise DataError(f"{name} has the shape {shape(found)}, but {scores} has {shape(of)}.")
        labels = next(iter(others), None)
        axis = _class_axis(scores, of, others.get(labels or ""), given)
        by_class = {scores}
        for name, found in others.items():
            if found != of or not _by_class(self.marker(name)):
                continue
            if self.marker(name).kind == "label" and "ignore_index" in self.options:
                raise UsageError(
                    f"ignore_index has no meaning for class probabilities ({name} has the shape of {scores}). "
                    "Leave it out, or give class indices."
                )
            by_class.add(name)
        for name in by_class:
            self.arrays[name] = np.moveaxis(self.arrays[name], axis + 1, -1)
        self.rows, self.owner = self.arrays[scores].shape[1:-1], scores
        self._agree(scores, "C", self.arrays[scores].shape[-1])
        for name, found in others.items():
            if name not in by_class and not self.marker(name).broadcasts and not self._same_rows(name, found):
                raise DataError(_no_fit(name, found, scores, of, _by_class(self.marker(name))))
        return axis, by_class

    def _fit(self, name: str, marker: Array) -> None:
        array = self.arrays[name]
        if not marker.has_rows:
            self.arrays[name] = self._whole(name, marker, array)
            return
        found = array.shape[1:]
        if marker.broadcasts:
            self.arrays[name] = self._broadcast(name, array)
            return
        if self.rows is not None and self._same_rows(name, found):
            return
        axes = marker.alternatives[0]
        own = len(axes) - 1
        if not axes[0].endswith("...") and len(found) not in (own, own + 1):
            raise DataError(f"{name} has the shape {shape(found)}, but takes {marker.shapes}.")
        if len(found) < own:
            array = self.arrays[name] = array.reshape(self.stack, *found, *[1] * (own - len(found)))
            found = array.shape[1:]
        for axis, length in zip(axes[1:], found[len(found) - own :], strict=True):
            self._agree(name, axis, length)
        mine = found[: len(found) - own]
        if self.rows is None:
            self.rows, self.owner = mine, name
        elif mine != self.rows:
            theirs = self.arrays[self.owner].shape[1:]
            raise DataError(f"{name} has the shape {shape(found)}, but {self.owner} has {shape(theirs)}.")

    def _same_rows(self, name: str, found: tuple[int, ...]) -> bool:
        """Whether an array with no axis but the rows fits; one number fits one row, however either is written."""
        assert self.rows is not None
        if len(self.marker(name).alternatives[0]) > 1:
            return False
        if found != self.rows and math.prod(found) == 1 == math.prod(self.rows):
            self.arrays[name] = self.arrays[name].reshape((self.stack, *self.rows))
            return True
        return found == self.rows

    def _whole(self, name: str, marker: Array, array: AnyArray) -> AnyArray:
        axes = next((axes for axes in marker.alternatives if len(axes) == array.ndim), marker.alternatives[0])
        if marker.broadcasts and array.size == 1:
            array = np.broadcast_to(array.reshape(-1), [self.lengths[axis][0] for axis in axes])
        if array.ndim < len(axes):
            array = array.reshape(*array.shape, *[1] * (len(axes) - array.ndim))
        if array.ndim != len(axes):
            raise DataError(f"{name} has the shape {shape(array.shape)}, but takes {marker.shapes}.")
        for axis, length in zip(axes, array.shape, strict=True):
            self._agree(name, axis, length)
        return array

    def _agree(self, name: str, axis: str, length: int) -> None:
        declared = (int(axis), "the loss") if axis.isdigit() else (length, name)
        expected, source = self.lengths.setdefault(axis, declared)
        if length != expected:
            if axis.isdigit():
                raise DataError(f"{name} has {length} numbers in a row, but takes {expected}.")
            what = "classes" if axis == "C" else f"numbers on the axis {axis}"
            raise DataError(f"{name} has {length} number{'s' * (length != 1)}, but {source} has {expected} {what}.")
        if axis in ("C", "D") and not length:
            raise DataError(f"{name} has no {'classes' if axis == 'C' else 'numbers'}.")

    def _broadcast(self, name: str, array: AnyArray) -> AnyArray:
        assert self.rows is not None
        found = array.shape[1:]
        try:
            padded = array.reshape(self.stack, *[1] * (len(self.rows) - len(found)), *found)
            return np.broadcast_to(padded, (self.stack, *self.rows))
        except ValueError:
            raise DataError(
                f"{name} has the shape {shape(found)}, which does not broadcast to the shape {shape(self.rows)} "
                f"of {self.owner}."
            ) from None


def _class_axis(scores: str, found: tuple[int, ...], others: tuple[int, ...] | None, given: int | None) -> int:
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
        return default  # the rows will not fit either, which is told with all shapes
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


def _by_class(marker: Array) -> bool:
    """Whether an array may hold a number for each class."""
    return any(axes[-1] == "C" for axes in marker.alternatives)


def _no_fit(labels: str, found: tuple[int, ...], scores: str, of: tuple[int, ...], by_class: bool) -> str:
    message = f"{labels} has the shape {shape(found)}, which fits no class axis of {scores} {shape(of)}: "
    if len(of) <= 2:
        rows, classes = (1, of[0]) if len(of) == 1 else of
        message += f"{rows} row{'s' * (rows != 1)} of {classes} classes take {rows} label{'s' * (rows != 1)}"
        message += f", or class probabilities of the shape {shape(of)}." if by_class else "."
        if len(of) == 2 and found == (classes,):
            message += " If the classes lie on axis 0, say --class-axis 0."
        return message
    wanted = sorted({of[:k] + of[k + 1 :] for k in range(1, len(of))})
    message += f"expected {' or '.join(map(shape, wanted))}"
    return message + (f", or {shape(of)} for class probabilities." if by_class else ".")
