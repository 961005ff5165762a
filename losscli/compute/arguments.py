"""The arguments of a loss: bound to its declaration, checked, laid out, and cut into blocks of rows.

A loss sees its arrays in one layout only: rows first, classes last, float64 or int64, one block of rows at a time. What
the user has may be nested lists, a mapped file of float16, or maps of shape (N, C, H, W). Views bring them to the shape
(documents, *rows, *classes), whatever the order of the bytes; only the block at hand is copied and converted.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from losscli.compute.arrays import as_array, checked, stacked
from losscli.compute.shapes import Fitting, Layout
from losscli.compute.suspicions import SEEN_IN_THE_FIRST_ROWS, SUSPICIONS, float16_overflow
from losscli.compute.threads import GROUP
from losscli.declare import AnyArray, Array, Declaration
from losscli.documents import Documents
from losscli.documents.dtypes import plain_dtype
from losscli.documents.mapped import read, release
from losscli.documents.numerals import option_value
from losscli.errors import DataError, ElementError, LosscliWarning
from losscli.ops import NARROW
from losscli.text import shown, there_are_classes

if TYPE_CHECKING:
    from losscli.compute.loss import Loss

Rows: TypeAlias = tuple[Any, ...]  # which rows: a box of them as slices, or any by arrays of their indices

# Numbers in a block: two megabytes. Smaller blocks would fit the L2 cache, but threads hand over too often.
BLOCK = 262_144
BAND = 8 << 20  # bytes of a scattered array that a thread reads at a time, at most GROUP blocks
BETWEEN_RELEASES = 32  # blocks between which the pages of mapped files are kept: 32 MB of float32
FEW = 64  # rows for which a product of matrices is still fast
OVERFLOW = "is inf in float16, which ends at 65504: did it overflow?"
MEMBERSHIP = Array("N...", "real", "membership of a mask", min=0, max=1)
CLASS_PROBABILITIES = Array("N... C", "real", "class probabilities", suspicion="not a distribution")


@dataclass(frozen=True)
class Arguments(Layout):
    """The arguments of a loss for a stack of documents of one layout, checked block by block.

    options  every argument that is no array and was given
    given    the arrays as they were before the loss's `as_declared`, if it has one
    """

    loss: Loss
    documents: Documents
    options: dict[str, Any]
    given: dict[str, AnyArray]

    @property
    def declaration(self) -> Declaration:
        return self.loss.declaration

    @property
    def classes(self) -> int | None:
        """How many classes there are, where the loss has classes."""
        return self.lengths.get("C")

    @cached_property
    def all_rows(self) -> tuple[slice, ...]:
        return tuple(slice(0, n) for n in self.rows)

    def blocks(self) -> Iterator[tuple[slice, ...]]:
        """All rows in blocks, as slices of `rows`: their boundaries depend on the shape alone, never on the threads."""
        if self.declaration.couples_rows:
            yield self.all_rows
            return
        if not all(self.rows):
            return
        axis, step = self._cut
        number = 0
        for lead in np.ndindex(self.rows[:axis]):
            for start in range(0, self.rows[axis], step):
                number += 1
                if number % BETWEEN_RELEASES == 0:
                    release(self.arrays.values())
                cut = slice(start, min(start + step, self.rows[axis]))
                yield (*(slice(i, i + 1) for i in lead), cut, *self.all_rows[axis + 1 :])

    @cached_property
    def _cut(self) -> tuple[int, int]:
        """The first axis at which a slice of all later axes is small enough for a block, and how many make one."""
        limit, axis = self._rows_of_a_block(), 0
        while math.prod(self.rows[axis + 1 :]) > limit:
            axis += 1
        return axis, max(1, limit // math.prod(self.rows[axis + 1 :]))

    def _part(self, name: str, rows: Rows) -> AnyArray:
        """Some rows of an array. Of one that lies scattered in a file, a thread keeps the next few blocks, too."""
        array, (*lead, some) = self.arrays[name], rows
        if not isinstance(some, slice) or not all(self.rows):
            return read(array[rows])
        axis, step = self._cut
        if len(lead) != axis:
            return read(array[rows])
        size = array[(*lead, slice(0, step))].nbytes
        step *= max(1, min(GROUP, BAND // max(1, size)))
        start = some.start - some.start % step
        if some.stop > start + step:
            return read(array[rows])
        kept, band = vars(self._bands), (*lead, slice(start, start + step))
        if name not in kept or kept[name][0] != band:
            kept[name] = band, read(array[band])
        within = slice(some.start - start, some.stop - start)
        return kept[name][1][(*[slice(None)] * axis, within)]

    @cached_property
    def _bands(self) -> threading.local:
        return threading.local()

    def _rows_of_a_block(self) -> int:
        n = math.prod(self.rows)
        markers = self.declaration.arrays
        varying = (name for name in self.arrays if markers[name].has_rows and name not in self.shared)
        widths = [self.arrays[name].size // n for name in varying if not markers[name].raw]
        limit = max(1, BLOCK // max([1, *widths]))
        if self.classes is not None and not self.by_class:  # the loss may make a number for each class of its own
            limit = min(limit, max(FEW, BLOCK // self.classes))
        return limit

    @cached_property
    def shared(self) -> frozenset[str]:
        """The arrays with rows that hold the same for every row: those that were broadcast along all of them."""
        alike = set()
        for name, a in self.arrays.items():
            if self.declaration.arrays[name].broadcasts and self.declaration.arrays[name].has_rows:
                lengths = zip(self.rows, a.strides[: len(self.rows)], strict=True)
                if all(n == 1 or (n and not stride) for n, stride in lengths):
                    alike.add(name)
        return frozenset(alike)

    def block(self, rows: Rows) -> tuple[dict[str, Any], list[LosscliWarning]]:
        """The keyword arguments of the loss for some rows, converted and checked, and what is suspicious about them."""
        warnings: list[LosscliWarning] = []

        def warn(text: str, document: int = 0, about: str = "") -> None:
            warnings.append(LosscliWarning(text, self.documents.place(document), about))

        values: dict[str, Any] = dict(self.options)
        for name, array in self.arrays.items():
            has_rows = self.declaration.arrays[name].has_rows
            if not has_rows or self.declaration.couples_rows:
                whole = array[0] if has_rows else array
                if (at := float16_overflow(whole)) is not None:
                    warn(f"`{name}`{self._user_index(name, at, None)} {OVERFLOW}", about=f"{name} float16")
                values[name] = self._converted(name, plain_dtype(whole, name), None, warn)
            elif name in self.shared:
                one = self._converted(name, plain_dtype(array[(0,) * len(self.rows)][None], name), rows, warn)
                n = math.prod(s.stop - s.start for s in rows) if isinstance(rows[0], slice) else len(rows[0])
                values[name] = np.broadcast_to(one, (n, *one.shape[1:]))
            else:
                part = self._part(name, rows)
                own = array.ndim - len(self.rows)
                if (at := float16_overflow(part)) is not None:
                    row = int(np.ravel_multi_index(tuple(at[: at.size - own]), part.shape[: part.ndim - own]))
                    warn(*self._about_row(name, row, rows, OVERFLOW), f"{name} float16")
                values[name] = self._converted(name, self._as_matrix(name, part, own), rows, warn)
        keywords = self.declaration.keywords(values)
        if self.loss.check is not None:
            try:
                for found in self.loss.check(**keywords) or ():
                    if isinstance(found, ElementError):
                        warn(self._about_element(found, rows), about=found.expected)
                    else:
                        warn(found)
            except ElementError as error:
                raise DataError(self._about_element(error, rows)) from None
        if not self.declaration.couples_rows:
            for name in self.arrays:
                suspicious = self._suspicion(name, values, rows)
                if suspicious is not None:
                    warn(*suspicious, f"{name} {self._marker(name).suspicion}")
        return values, warnings

    def _about_element(self, found: ElementError, rows: Rows) -> str:
        at = np.argwhere(found.wrong)[0]
        place = self._user_index(found.name, at, rows)
        return f"`{found.name}`{place} is {shown(found.array[tuple(at)])}, but {found.expected}."

    def _suspicion(self, name: str, values: Mapping[str, Any], rows: Rows) -> tuple[str, int] | None:
        """What is legal in the rows that count, but probably not what was meant; and of which document."""
        kind = self._marker(name).suspicion
        first = all(isinstance(s, slice) and not s.start for s in rows)
        if not kind or (kind in SEEN_IN_THE_FIRST_ROWS and not first):
            return None
        a, has_rows = values[name], self.declaration.arrays[name].has_rows
        if name in self.shared:
            a = a[:1]
        which = None
        labels, ignored = self.declaration.labels, self._ignored
        by_row = has_rows and name not in self.shared and labels is not None and values[labels].ndim == 1
        if by_row and ignored is not None and labels is not None:
            left_out = values[labels] == ignored
            which = np.flatnonzero(~left_out) if left_out.any() else None
        found = SUSPICIONS[kind](a if which is None else a[which])
        if found is None:
            return None
        at, text = found
        if not isinstance(at, tuple):
            return self._about_row(name, at if at is None or which is None else int(which[at]), rows, text)
        if which is not None:
            at = (int(which[at[0]]), *at[1:])
        document = self._row_index(at[0], rows)[0] if has_rows else 0
        return f"`{name}`{self._user_index(name, np.array(at), rows if has_rows else None)} {text}", document

    def _about_row(self, name: str, row: int | None, rows: Rows, text: str) -> tuple[str, int]:
        """A sentence about a row of a block, or about all of them, and the number of its document."""
        document, *found = self._row_index(row or 0, rows)
        where = f"[{', '.join(map(str, found))}]" if found and row is not None else ""
        if name in self.by_class and self.class_axis != len(found) and where:
            where = f" of row {where}"
        return f"`{name}`{where} {text}", document

    def _marker(self, name: str) -> Array:
        """What is known of an array now: labels by class are class probabilities, masks by class a membership."""
        marker = self.declaration.arrays[name]
        if marker.kind == "label" and name in self.by_class:
            return CLASS_PROBABILITIES
        if marker.kind == "mask" and (name in self.by_class or self.classes in (1, None)):
            return MEMBERSHIP
        return marker

    def origins(self, name: str) -> AnyArray | None:
        """Where each number of an array stood in the user's, counted flat; None if `as_declared` has not moved it.

        `as_declared` only picks and reshapes, so it answers this itself: it is given the places instead of the numbers.
        """
        if self.loss.as_declared is None:
            return None
        places = np.arange(self.given[name].size).reshape(self.given[name].shape)
        return self.loss.as_declared(self.given | {name: places}, **self.declaration.keywords(self.options))[name]

    def declared_shape(self, name: str) -> tuple[int, ...]:
        """The shape of an array as `as_declared` leaves it, before anything broadcasts or moves."""
        origins = self.origins(name)
        return (self.given[name] if origins is None else origins).shape

    def _converted(self, name: str, a: AnyArray, rows: Rows | None, warn: Callable[[str], None]) -> AnyArray:
        def place(at: AnyArray) -> str:
            return f"`{name}`{self._user_index(name, at, rows)}"

        marker = self._marker(name)
        if marker.raw:
            return a
        if marker is MEMBERSHIP:  # an ignored pixel keeps the label that says so
            checked(np.where(a == self._ignored, 0, a), marker, place, warn)
            return a.astype(np.float64, copy=False)
        a = checked(a, replace(marker, kind="label") if marker.kind == "mask" else marker, place, warn)
        if marker.kind == "strict sign" and (a == 0).any():
            self._refuse_zero_and_one(name)
        if marker.kind in ("label", "mask", "label list") and self.classes is not None:
            outside = (a < (-1 if marker.kind == "label list" else 0)) | (a >= self.classes)
            if name == self.declaration.labels and self._ignored is not None:
                outside &= a != self._ignored
            if outside.any():
                at = np.argwhere(outside)[0]
                raise DataError(
                    f"{place(at)} is {a[tuple(at)]}, but {there_are_classes(self.classes)}.{self._hint(name)}"
                )
        return a

    def _refuse_zero_and_one(self, name: str) -> None:
        """Raise where a document has only the labels 0 and 1: -1 and 1 are meant. A 0 among others may be meant."""
        whole = self.arrays[name].reshape(len(self.documents), -1) if len(self.documents) > 1 else None
        each = [whole] if whole is not None else (self._part(name, rows).reshape(1, -1) for rows in self.blocks())
        zero_and_one = np.ones(len(self.documents), bool)
        for a in each:
            zero_and_one &= ((a == 0) | (a == 1)).all(axis=1)
            if not zero_and_one.any():
                return
        raise DataError(f"`{name}` holds only 0 and 1, but a label is -1 or 1. Write -1 for 0.")

    @cached_property
    def _ignored(self) -> int | None:
        """The label of rows that count for nothing, where the loss has one."""
        parameter = self.declaration.ignored_label
        return None if parameter is None else self.options.get(parameter.name, parameter.default)

    def _hint(self, name: str) -> str:
        labels = plain_dtype(self.arrays[name], name)
        if labels.size and labels.min() >= 1 and labels.max() == self.classes:
            return " Are the labels counted from 1?"
        parameter = self.declaration.ignored_label
        return f" To leave rows out, name their label with `{parameter.name}`." if parameter else ""

    def _row_index(self, row: int, rows: Rows) -> list[int]:
        """A row of a block by its document and its index there."""
        if isinstance(rows[0], slice):
            local = np.unravel_index(row, [s.stop - s.start for s in rows])
            return [s.start + int(i) for s, i in zip(rows, local, strict=True)]
        return [int(i[row]) for i in rows]

    def _user_index(self, name: str, at: AnyArray, rows: Rows | None) -> str:
        """`[3]`: an element of a block by its index in the user's array."""
        if rows is None:
            found = [int(i) for i in at]
        else:
            found = self._row_index(int(at[0]), rows)[1:] + [int(i) for i in at[1:]]
        if name in self.by_class and self.class_axis is not None and found:
            found.insert(self.class_axis, found.pop())
        origins = self.origins(name)
        if self.declaration.arrays[name].broadcasts and rows is not None:
            own = self.declared_shape(name)[len(self.documents) > 1 :]
            found = [i if n > 1 else 0 for i, n in zip(found[len(found) - len(own) :], own, strict=True)]
        if origins is not None and origins.ndim == len(found):
            found = [int(i) for i in np.unravel_index(origins[tuple(found)], self.given[name].shape)]
        return f"[{', '.join(map(str, found))}]" if found else ""

    def _as_matrix(self, name: str, a: AnyArray, own: int) -> AnyArray:
        """A block in the layout that losses see: (R), or (R, C) with its columns in one piece where C is small."""
        a = plain_dtype(a, name)
        if own == 0:
            return a.reshape(-1)
        rows = math.prod(a.shape[: a.ndim - own])  # NumPy cannot tell where an axis is empty
        if self.declaration.arrays[name].raw:
            return a.reshape(rows, *a.shape[a.ndim - own :])
        if own == 1 and a.shape[-1] <= NARROW:
            return np.ascontiguousarray(np.moveaxis(a, -1, 0), dtype=np.float64).reshape(a.shape[-1], rows).T
        return np.ascontiguousarray(a, dtype=np.float64).reshape(rows, *a.shape[a.ndim - own :])


def bound(loss: Loss, documents: Documents, class_axis: int | None, class_names: Sequence[str]) -> Arguments:
    """The arguments of a loss for documents alike in keys, shapes and options; they are stacked."""
    declaration = loss.declaration
    several = len(documents) > 1
    options: dict[str, Any] = {}
    given: dict[str, AnyArray] = {}
    for name, parameter in declaration.parameters.items():
        column = documents.columns.get(name, (None,))
        if column[0] is None:
            if parameter.required:
                raise DataError(f"`{name}` is missing.")
        elif not isinstance(parameter.marker, Array):
            options[name] = option_value(parameter, column[0])
        elif parameter.marker.has_rows and several:
            given[name] = stacked(name, list(column))
        else:
            names = class_names if parameter.marker.names_classes else ()
            given[name] = as_array(name, column[0], names, parameter.marker.takes_booleans)
    arrays = given if loss.as_declared is None else loss.as_declared(given, **declaration.keywords(options))
    if not several:
        arrays = {name: a[None] if declaration.arrays[name].has_rows else a for name, a in arrays.items()}
    layout = Fitting(declaration, dict(arrays), len(documents), options).layout(class_axis)
    return Arguments(**vars(layout), loss=loss, documents=documents, options=options, given=given)
