"""The layout of a loss's arguments: which axis is what, how many rows there are, and how they are cut into blocks.

A loss sees its arrays in one layout only: rows first, classes last, float64 or int64, one block of rows at a time. What
the user has may be nested lists, a mapped file of float16, or maps of shape (N, C, H, W); nothing is copied but
the block at hand.
"""

from __future__ import annotations

import math
import mmap
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from losscli.compute.arrays import of_kind, plain_dtype, shown
from losscli.compute.suspicions import DOUBTS, TOLD_BY_THE_FIRST_ROWS, float16_overflow
from losscli.declare import AnyArray, Array, Kind, Parameter
from losscli.errors import DataError, ElementError, LosscliWarning
from losscli.ops import NARROW

Box: TypeAlias = "tuple[slice, ...]"
Index: TypeAlias = "tuple[slice, ...] | tuple[AnyArray, ...]"
BLOCK = (
    262_144  # numbers of a block: two megabytes; smaller ones fit the L2 cache, but threads wait for each other more
)
BETWEEN_RELEASES = 32  # blocks between which the pages of mapped files are kept: 32 MB of float32
READ_AHEAD = 65_536  # bytes that the system maps around each one that is asked for
FEW = 64  # rows for which a product of matrices is still fast


@dataclass(frozen=True)
class Declaration:
    """What a loss's file declares: its parameters and, where these cannot say all, two functions.

    arrange  puts the arrays into the shapes that the parameters declare, before anything else looks at them; it picks
             and reshapes, so that gradients and messages find the way back
    check    raises or warns for what no parameter alone can show, on each block
    """

    parameters: Mapping[str, Parameter]
    arrange: Callable[[dict[str, AnyArray], dict[str, Any]], dict[str, AnyArray]] | None = None
    check: Callable[..., None] | None = None

    @cached_property
    def couples_rows(self) -> bool:
        markers = [p.marker for p in self.parameters.values() if isinstance(p.marker, Array)]
        return any(m.couples for m in markers) or not any(m.has_rows for m in markers)


@dataclass(frozen=True)
class Arguments:
    """The checked arguments of one loss for a stack of G documents of one layout.

    rows        (G, *the shape of the result under reduction none)
    arrays      an array with rows has the shape (*rows, *its own axes, classes last); the others go to each block whole
    options     every other argument
    given       the arrays as they were before `arrange`
    lengths     how long each axis with a name is
    class_axis  where the classes stood in the user's array, for putting gradients and steps back
    by_class    the arrays that have this class axis
    document    the place of each document of the stack
    """

    declaration: Declaration
    arrays: dict[str, AnyArray]
    options: dict[str, Any]
    given: dict[str, AnyArray]
    rows: tuple[int, ...] = ()
    lengths: dict[str, int] = field(default_factory=dict)
    class_axis: int | None = None
    by_class: frozenset[str] = frozenset()
    document: Callable[[int], str] = lambda number: ""

    @property
    def classes(self) -> int | None:
        """How many classes there are, where the loss has classes."""
        return self.lengths.get("C")

    def boxes(self) -> Iterator[Box]:
        """The blocks, as slices of `rows`: their boundaries depend on the shape alone, never on the threads."""
        if self.declaration.couples_rows:
            yield self.everything()
            return
        if not all(self.rows):
            return
        n = math.prod(self.rows)
        markers = {name: self._marker(name) for name in self.arrays}
        widths = [a.size // n for name, a in self.arrays.items() if markers[name].has_rows and not markers[name].picked]
        limit = max(1, BLOCK // max(1, *widths))
        if self.classes is not None and not self.by_class:  # the loss may make a number for each class of its own
            limit = min(limit, max(FEW, BLOCK // self.classes))
        axis = 0
        while math.prod(self.rows[axis + 1 :]) > limit:
            axis += 1
        step = max(1, limit // math.prod(self.rows[axis + 1 :]))
        boxes = (
            (*(slice(i, i + 1) for i in lead), slice(start, min(start + step, self.rows[axis])))
            for lead in np.ndindex(self.rows[:axis])
            for start in range(0, self.rows[axis], step)
        )
        mappings = [m for m in map(_mapping, self.arrays.values()) if m is not None]
        for a in self.arrays.values():
            run = step * math.prod(self.rows[axis + 1 :]) * a.itemsize  # the bytes of a box that lie side by side
            if a.ndim > len(self.rows) and abs(a.strides[-1]) > a.itemsize and run < READ_AHEAD:
                _advise(_mapping(a), "MADV_RANDOM")
        for number, box in enumerate(boxes):
            if number % BETWEEN_RELEASES == BETWEEN_RELEASES - 1:
                for mapping in mappings:  # let go of what was read: a mapped file shall never fill the memory
                    _advise(mapping, "MADV_DONTNEED")
            yield box

    def everything(self) -> Box:
        """The box of all rows."""
        return tuple(slice(0, n) for n in self.rows)

    def some(self, rows: Sequence[int]) -> tuple[AnyArray, ...]:
        """Rows by their number in order, as an index that `block` takes."""
        return tuple(np.unravel_index(np.asarray(rows, dtype=np.int64), self.rows))

    def block(self, index: Index) -> dict[str, Any]:
        """The keyword arguments of the loss for some rows: all arrays converted and checked."""
        values = {name: p.default for name, p in self.declaration.parameters.items() if not p.required} | self.options
        for name, array in self.arrays.items():
            if not self._marker(name).has_rows:
                values[name] = self._converted(name, plain_dtype(array), None)
            elif self.declaration.couples_rows:
                values[name] = self._converted(name, plain_dtype(array[0]), None)
            else:
                part = array[index]
                own = array.ndim - len(self.rows)
                if part.dtype == np.float16 and (at := float16_overflow(part)) is not None:
                    row = int(np.ravel_multi_index(tuple(at[: at.size - own]), part.shape[: part.ndim - own]))
                    self._warn(name, row, index, "is inf in float16, which ends at 65504: did it overflow?")
                values[name] = self._converted(name, _as_matrix(part, own, self._marker(name).picked), index)
        if self.declaration.check is not None:
            try:
                self.declaration.check(**values)
            except ElementError as error:
                at = np.argwhere(error.wrong)[0]
                found = shown(error.array[tuple(at)])
                message = f"{error.name}{self._user_index(error.name, at, index)} is {found}, but {error.expected}."
                raise DataError(message) from None
        if not self.declaration.couples_rows:
            self._look_for_doubts(values, index)
        return values

    def _look_for_doubts(self, values: Mapping[str, Any], index: Index) -> None:
        """Warn of what is legal, but probably not what was meant, in the rows that count."""
        first = all(isinstance(s, slice) and not s.start for s in index)
        for name in self.arrays:
            doubt = "no distribution" if self._kind(name) == "distribution" else self._marker(name).doubt
            if not doubt or (doubt in TOLD_BY_THE_FIRST_ROWS and not first):
                continue
            a = values[name]
            which = None
            if "ignore_index" in values and values["labels"].ndim == 1:
                ignored = values["labels"] == values["ignore_index"]
                which = np.flatnonzero(~ignored) if ignored.any() else None
            found = DOUBTS[doubt](a if which is None else a[which])
            if found is not None:
                row, text = found
                self._warn(name, row if row is None or which is None else int(which[row]), index, text)

    def _warn(self, name: str, row: int | None, index: Index, text: str) -> None:
        number, *found = self._row_index(row or 0, index)
        where = f"[{', '.join(map(str, found))}]" if found and row is not None else ""
        if name in self.by_class and self.class_axis != len(found) and where:
            where = f" of row {where}"
        warnings.warn(LosscliWarning(f"{name}{where} {text}", self.document(number)), stacklevel=2)

    def _kind(self, name: str) -> Kind:
        kind = self._marker(name).kind
        return "distribution" if kind == "label" and name in self.by_class else kind

    def origins(self, name: str) -> AnyArray | None:
        """Where each number of an array that was arranged stood in the user's, counted flat; None if it was not.

        `arrange` only picks and reshapes, so it answers this itself: it is given the places instead of the numbers.
        """
        if self.declaration.arrange is None:
            return None
        places = np.arange(self.given[name].size).reshape(self.given[name].shape)
        return self.declaration.arrange(self.given | {name: places}, self.options)[name]

    def _marker(self, name: str) -> Array:
        marker = self.declaration.parameters[name].marker
        assert isinstance(marker, Array)
        return marker

    def _converted(self, name: str, a: AnyArray, index: Index | None) -> AnyArray:
        def place(at: AnyArray) -> str:
            return f"{name}{self._user_index(name, at, index)}"

        if self._marker(name).picked:
            return a
        kind = self._kind(name)
        if kind == "mask" and (name in self.by_class or self.classes in (1, None)):
            of_kind(np.where(a == self._ignored, 0, a), "probability", place)
            return a.astype(np.float64, copy=False)
        kind = "label" if kind == "mask" else kind
        a = of_kind(a, kind, place)
        if kind in ("label", "label list") and self.classes is not None:
            outside = (a < (-1 if kind == "label list" else 0)) | (a >= self.classes)
            if self._ignored is not None:
                outside &= a != self._ignored
            if outside.any():
                at = np.argwhere(outside)[0]
                raise DataError(
                    f"{place(at)} is {a[tuple(at)]}, but there are {self.classes} classes "
                    f"(0 to {self.classes - 1}).{self._hint(name)}"
                )
        return a

    @property
    def _ignored(self) -> int | None:
        """The label that counts for nothing, where the loss has one."""
        parameter = self.declaration.parameters.get("ignore_index")
        return None if parameter is None else self.options.get("ignore_index", parameter.default)

    def _hint(self, name: str) -> str:
        labels = np.asarray(self.arrays[name])
        if labels.size and labels.min() >= 1 and labels.max() == self.classes:
            return " Are the labels counted from 1?"
        if "ignore_index" in self.declaration.parameters:
            return " A label to leave out is named with ignore_index."
        return ""

    def _row_index(self, row: int, index: Index) -> list[int]:
        """A row of a block by its document and its index there."""
        if isinstance(index[0], slice):
            ranges = [range(n)[s] for n, s in zip(self.rows, (*index, *[slice(None)] * len(self.rows)), strict=False)]
            local = np.unravel_index(row, [len(r) for r in ranges])
            return [r[int(i)] for r, i in zip(ranges, local, strict=True)]
        return [int(i[row]) for i in index]

    def _user_index(self, name: str, at: AnyArray, index: Index | None) -> str:
        """`[3]`: an element of a block by its index in the user's array."""
        if index is None:
            found = [int(i) for i in at]
        else:
            found = self._row_index(int(at[0]), index)[1:] + [int(i) for i in at[1:]]
        if name in self.by_class and self.class_axis is not None and found:
            found.insert(self.class_axis, found.pop())
        origins = self.origins(name)
        if origins is not None and origins.ndim == len(found):
            found = [int(i) for i in np.unravel_index(origins[tuple(found)], self.given[name].shape)]
        return f"[{', '.join(map(str, found))}]" if found else ""


def _mapping(a: Any) -> mmap.mmap | None:
    """The mapped file that an array is a view of, if it is one."""
    while a is not None and not isinstance(a, mmap.mmap):
        a = getattr(a, "base", None)
    return a


def _advise(mapping: mmap.mmap | None, advice: str) -> None:
    """Tell the system how a mapped file is read, where it can be told (not on Windows)."""
    if mapping is not None and hasattr(mmap, advice):
        mapping.madvise(getattr(mmap, advice))


def _as_matrix(a: AnyArray, own: int, picked: bool = False) -> AnyArray:
    """A block in the layout that the losses see: (R), or (R, C) with its columns in one piece where C is small."""
    a = plain_dtype(a)
    if own == 0:
        return a.reshape(-1)
    rows = math.prod(a.shape[: a.ndim - own])  # NumPy cannot tell where an axis is empty
    if picked:
        return a.reshape(rows, *a.shape[a.ndim - own :])
    if own == 1 and a.shape[-1] <= NARROW:
        return np.ascontiguousarray(np.moveaxis(a, -1, 0), dtype=np.float64).reshape(a.shape[-1], rows).T
    return np.ascontiguousarray(a, dtype=np.float64).reshape(rows, *a.shape[a.ndim - own :])
