"""Which axis is what: the rows, the classes, and every axis that has a name. It makes views only; nothing is copied."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from losscli.declare import AnyArray, Array, Declaration
from losscli.errors import DataError, UsageError
from losscli.text import counted, shape


@dataclass(frozen=True)
class Layout:
    """The arrays of a stack of documents in one layout, and what was found out on the way.

    arrays      with rows (documents, *rows, *own axes, classes last); the others as they are, for each block whole
    rows        (documents, *the shape of the result under reduction none)
    lengths     how long each axis with a name is
    class_axis  where the classes stand in the user's array, for putting gradients and steps back; None where they have
                no axis
    by_class    the arrays that have this class axis
    warnings    what is ambiguous or odd about the shapes
    """

    arrays: dict[str, AnyArray]
    rows: tuple[int, ...]
    lengths: dict[str, int]
    class_axis: int | None
    by_class: frozenset[str]
    warnings: tuple[str, ...]


@dataclass
class Fitting:
    """Agrees on the axes one array after the other, and complains of the first that does not fit.

    The first axis of an array that has rows is that of the documents; `options` are those that were given.
    """

    declaration: Declaration
    arrays: dict[str, AnyArray]
    documents: int
    options: Mapping[str, Any]
    lengths: dict[str, tuple[int, str]] = field(default_factory=dict)  # of each named axis, and which array says so
    rows: tuple[int, ...] | None = None
    owner: str = ""  # the array that the rows were taken from
    by_class: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.markers = self.declaration.arrays
        with_rows = [name for name in self.arrays if self.markers[name].has_rows]
        # the arrays that broadcast to one another; where the first array does not, the others broadcast to it
        first = with_rows[:1] and self.markers[with_rows[0]].broadcasts
        self.mutual = [name for name in with_rows if first and self.markers[name].broadcasts]

    def layout(self, class_axis: int | None) -> Layout:
        scores = next((n for n in self.arrays if self.markers[n].movable_class_axis), None)
        if self.mutual:
            self._broadcast_mutually(scores)
        if scores is not None:
            class_axis = self._place_classes(scores, class_axis)
        elif class_axis is not None:
            raise UsageError("this command has no class axis to choose.")
        for name in self.arrays:
            if name not in self.by_class:
                self._fit(name, self.markers[name])
        lengths = {axis: length for axis, (length, _) in self.lengths.items()}
        rows = (self.documents, *(self.rows or ()))
        by_class = frozenset(self.by_class)
        return Layout(self.arrays, rows, lengths, class_axis, by_class, tuple(self.warnings))

    def _broadcast_mutually(self, scores: str | None) -> None:
        """Give arrays with the same axes one shape, and all of them the same rows."""
        axes = {name: self.markers[name].alternatives for name in self.mutual}
        for alike in {of: [name for name in self.mutual if axes[name] == of] for of in axes.values()}.values():
            shapes = [self.arrays[name].shape[1:] for name in alike]
            common = _common(alike, shapes)
            if common not in shapes:
                *some, last = (f"`{name}` {shape(found)}" for name, found in zip(alike, shapes, strict=True))
                each = f"{', '.join(some)} and {last}"
                self.warnings.append(f"{each} broadcast to {shape(common)}, which is larger than each of them.")
            for name in alike:
                self.arrays[name] = _broadcast_to(self.arrays[name], common)
        if scores is None:
            own = {name: len(of[0]) - 1 for name, of in axes.items()}
            cut = {name: max(0, self.arrays[name].ndim - 1 - own[name]) for name in self.mutual}
            whole = [self.arrays[name].shape[1:] for name in self.mutual]
            rows = _common(self.mutual, [s[: cut[name]] for name, s in zip(self.mutual, whole, strict=True)], whole)
            for name in self.mutual:
                if self.arrays[name].ndim > own[name]:  # else the axes of its own are missing: `_fit` sees to that
                    to = (*rows, *self.arrays[name].shape[1 + cut[name] :])
                    self.arrays[name] = _broadcast_to(self.arrays[name], to)

    def _place_classes(self, scores: str, given: int | None) -> int | None:
        """Find the class axis and move it last in every array that has it; where it stood."""
        scalar = self.arrays[scores].ndim == 1
        of = self.arrays[scores].shape[1:]
        for name in [n for n in self.arrays if self.markers[n].alternatives == self.markers[scores].alternatives]:
            found = self.arrays[name].shape[1:]
            if found != of and not self.markers[name].broadcasts:
                raise DataError(f"`{name}` has the shape {shape(found)}, but `{scores}` has {shape(of)}.")
            if scalar and found == of:
                self.arrays[name] = self.arrays[name][:, None]
        of = self.arrays[scores].shape[1:]
        others = {n: a.shape[1:] for n, a in self.arrays.items() if n != scores and self.markers[n].has_rows}
        labels = next(iter(others), None)
        axis = self._class_axis(scores, of, others.get(labels or ""), given)
        self.by_class.add(scores)
        for name in others:
            if self.markers[name].broadcasts and self.markers[name].movable_class_axis:
                others[name] = of
                array = self.arrays[name]
                if array.ndim == 2 and len(of) > 1 and name not in self.mutual:  # one number for each class
                    array = array.reshape(self.documents, -1, *[1] * (len(of) - 1 - axis))
                self.arrays[name] = self._broadcast(name, array, scores, of)
        for name, found in others.items():
            if found == of and self.markers[name].by_class:
                self._take_by_class(name)
        for name in self.by_class:
            self.arrays[name] = np.moveaxis(self.arrays[name], axis + 1, -1)
        self.rows, self.owner = self.arrays[scores].shape[1:-1], scores
        self._agree(scores, "C", self.arrays[scores].shape[-1])
        for name, found in others.items():
            fits = name in self.by_class or self.markers[name].broadcasts
            if not fits and not self._same_rows(name, found):
                raise DataError(_no_fit(name, found, scores, of, self.markers[name].by_class))
        return None if scalar else axis

    def _take_by_class(self, name: str) -> None:
        """Labels with an axis of classes are class probabilities, which no label can mark as ignored."""
        self.by_class.add(name)
        ignored = self.declaration.ignored_label
        given = self.options.get(ignored.name) if ignored is not None else None
        if ignored is None or given is None or self.markers[name].kind != "label":
            return
        what = f"`{ignored.name}={given}` has no meaning for class probabilities"
        if given >= 0:
            raise UsageError(f"{what} (`{name}` has an axis of classes). Leave it out, or give class indices.")
        if given != ignored.default:
            self.warnings.append(f"{what}: it is not used.")

    def _class_axis(
        self, scores: str, found: tuple[int, ...], others: tuple[int, ...] | None, given: int | None
    ) -> int:
        """The axis of the classes: as given, else the one whose removal leaves the labels' shape, else PyTorch's."""
        default = 0 if len(found) == 1 else len(found) - 1 if self.markers[scores].last else 1
        if given is not None:
            if not -len(found) <= given < len(found):
                raise UsageError(f"`class_axis` is {given}, but `{scores}` has the shape {shape(found)}.")
            return given % len(found)
        if others is None or others == found or len(found) <= 2:
            return default
        fits = [k for k in range(len(found)) if found[:k] + found[k + 1 :] == others]
        if not fits:
            return default  # the rows will not fit either, and that error shows all shapes
        if len(fits) == 1 or self.markers[scores].last:
            return fits[-1]
        chosen = default if default in fits else fits[0]
        self.warnings.append(
            f"the classes of `{scores}` {shape(found)} may lie on axis {' or '.join(map(str, fits))}: "
            f"taking axis {chosen}, as PyTorch does. Say which with `class_axis`."
        )
        return chosen

    def _fit(self, name: str, marker: Array) -> None:
        array = self.arrays[name]
        if not marker.has_rows:
            self.arrays[name] = self._whole(name, marker, array)
            return
        found = array.shape[1:]
        if marker.broadcasts and name not in self.mutual:
            assert self.rows is not None
            self.arrays[name] = self._broadcast(name, array, self.owner, self.rows)
            return
        if self.rows is not None and self._same_rows(name, found):
            return
        classes, _ = self.lengths.get("C", (-1, ""))
        if marker.kind == "label" and marker.by_class and found == (*(self.rows or ()), classes):
            self._take_by_class(name)
            return
        axes = marker.alternatives[0]
        own = len(axes) - 1
        least = own + (axes[0] == "B")  # one row may come without its axis, but a batch may not
        if not found and axes[0] == "N":  # and one number without either
            least = 0
        if not axes[0].endswith("...") and not least <= len(found) <= own + 1:
            raise DataError(f"`{name}` has the shape {shape(found)}, but takes {marker.shapes}.")
        if len(found) < own:
            array = self.arrays[name] = array.reshape(self.documents, *found, *[1] * (own - len(found)))
            found = array.shape[1:]
        for axis, length in zip(axes[1:], found[len(found) - own :], strict=True):
            self._agree(name, axis, length)
        mine = found[: len(found) - own]
        if self.rows is None:
            self.rows, self.owner = mine, name
        elif mine != self.rows:
            theirs = self.arrays[self.owner].shape[1:]
            raise DataError(f"`{name}` has the shape {shape(found)}, but `{self.owner}` has {shape(theirs)}.")

    def _same_rows(self, name: str, found: tuple[int, ...]) -> bool:
        """Whether an array with no axis but the rows fits; one number fits one row, however either is written."""
        assert self.rows is not None
        if len(self.markers[name].alternatives[0]) > 1:
            return False
        if found != self.rows and math.prod(found) == 1 == math.prod(self.rows):
            self.arrays[name] = self.arrays[name].reshape((self.documents, *self.rows))
            return True
        return found == self.rows

    def _whole(self, name: str, marker: Array, array: AnyArray) -> AnyArray:
        """An array without rows, with its axes."""
        axes = next((axes for axes in marker.alternatives if len(axes) == array.ndim), marker.alternatives[0])
        if marker.broadcasts and array.size == 1:
            array = np.broadcast_to(array.reshape(-1), [self.lengths[axis][0] for axis in axes])
        if array.ndim < len(axes):
            array = array.reshape(*array.shape, *[1] * (len(axes) - array.ndim))
        if array.ndim != len(axes):
            raise DataError(f"`{name}` has the shape {shape(array.shape)}, but takes {marker.shapes}.")
        for axis, length in zip(axes, array.shape, strict=True):
            self._agree(name, axis, length)
        return array

    def _agree(self, name: str, axis: str, length: int) -> None:
        """Hold an axis against what is known of its length."""
        declared = (int(axis), "") if axis.isdigit() else (length, name)
        expected, source = self.lengths.setdefault(axis, declared)
        if length != expected:
            if axis.isdigit():
                raise DataError(f"`{name}` has {counted(length, 'number')} in a row, but takes {expected}.")
            theirs = counted(expected, "class") if axis == "C" else f"{counted(expected, 'number')} on the axis {axis}"
            raise DataError(f"`{name}` has {counted(length, 'number')}, but `{source}` has {theirs}.")
        if axis in ("C", "D") and not length:
            raise DataError(f"`{name}` has no {'classes' if axis == 'C' else 'numbers'}.")

    def _broadcast(self, name: str, array: AnyArray, owner: str, of: tuple[int, ...]) -> AnyArray:
        try:
            return _broadcast_to(array, of)
        except ValueError:
            raise DataError(
                f"`{name}` has the shape {shape(array.shape[1:])}, which does not broadcast to the shape {shape(of)} "
                f"of `{owner}`."
            ) from None


def _broadcast_to(array: AnyArray, of: tuple[int, ...]) -> AnyArray:
    """A view in which all axes but that of the documents have been broadcast."""
    documents, *found = array.shape
    return np.broadcast_to(array.reshape(documents, *[1] * (len(of) - len(found)), *found), (documents, *of))


def _common(
    names: Sequence[str], shapes: Sequence[tuple[int, ...]], whole: Sequence[tuple[int, ...]] = ()
) -> tuple[int, ...]:
    """The shape that some shapes broadcast to; they are parts of the shapes `whole`, which a message shows."""
    whole = whole or shapes
    common: tuple[int, ...] = ()
    for i, found in enumerate(shapes):
        try:
            common = np.broadcast_shapes(common, found)
        except ValueError:
            theirs = " and ".join(f"`{name}` {shape(s)}" for name, s in zip(names[:i], whole, strict=False))
            message = f"`{names[i]}` has the shape {shape(whole[i])}, which does not broadcast with {theirs}."
            raise DataError(message) from None
    return common


def _no_fit(labels: str, found: tuple[int, ...], scores: str, of: tuple[int, ...], by_class: bool) -> str:
    message = f"`{labels}` has the shape {shape(found)}, which fits no class axis of `{scores}` {shape(of)}: "
    if len(of) <= 2:
        rows, classes = (1, of[0]) if len(of) == 1 else of
        message += f"{counted(rows, 'row')} of {counted(classes, 'class')} take {counted(rows, 'label')}"
        message += f", or class probabilities of the shape {shape(of)}." if by_class else "."
        if len(of) == 2 and found == (classes,):
            message += " If the classes lie on axis 0, say `class_axis=0`."
        return message
    wanted = sorted({of[:k] + of[k + 1 :] for k in range(1, len(of))})
    message += f"expected {' or '.join(map(shape, wanted))}"
    return message + (f", or {shape(of)} for class probabilities." if by_class else ".")
