"""The tables that explain a result: by class, by row, by component of the gradient, and by batch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from losscli.compute.result import Result, ieee
from losscli.declare import AnyArray, Array
from losscli.ops import row_sum
from losscli.reports import Show, Table
from losscli.terms import Terms
from losscli.text import printable

if TYPE_CHECKING:
    from losscli.compute.result import Summary

GAP = "..."
LOSS = "loss"


class Column(NamedTuple):
    """A step as a table shows it; see `Step` for `given`, `label`, `summed` and `share`."""

    name: str
    array: AnyArray
    given: bool = False
    label: bool = False
    summed: bool = False
    share: AnyArray | None = None

    def cell(self, at: tuple[int, ...], digits: int) -> str:
        if self.share is not None and self.share[at] == 0:
            return ""
        return as_typed(float(self.array[at])) if self.given else rounded(self.array[at], digits)


def columns_of(terms: Terms) -> list[Column]:
    """The steps, computed."""
    with ieee():
        return [
            Column(name, s.array, s.given, s.label, s.summed, s.share() if callable(s.share) else s.share)
            for name, s in terms.steps.items()
        ]


def shown_rows(n: int, most: int) -> list[int]:
    """The head and the tail of n rows."""
    if most == 0 or n <= most:
        return list(range(n))
    head = (most + 1) // 2
    return [*range(head), *range(n - (most - head), n)]


def class_table(result: Result, show: Show, rows: Sequence[int]) -> Table:
    """One line a class of each row; sums at the foot of the columns where a sum means something."""
    terms = result.terms(rows)
    steps = columns_of(terms)
    columns = [column for column in steps if column.array.ndim == 2]
    if result.of.entry.is_function:
        columns.append(Column(_own_name(result), terms.value, summed=result.of.entry.name == "softmax"))
    if show.grad and grad_is_a_column(result, classes_across(result)):
        columns.append(Column("grad", result.gradient_of(terms)))
    labels = next((column.array for column in steps if column.label and column.array.ndim == 1), None)
    n, classes = terms.value.shape[0], columns[0].array.shape[1]
    several = math.prod(result.shape) > 1
    most = 0 if several else show.max_rows
    body: list[list[str]] = []
    footers: dict[int, list[str]] = {}
    marked = set()
    for i in range(n):
        ignored = terms.counts is not None and not terms.counts[i]
        if i and rows[i] != rows[i - 1] + 1:
            body.append([GAP, *[""] * (len(columns) + several)])
        shown = shown_rows(classes, most)
        if labels is not None and 0 <= labels[i] < classes and labels[i] not in shown:
            shown = sorted([*shown, int(labels[i])])
        for k, c in enumerate(shown):
            if k and c != shown[k - 1] + 1:
                body.append([*[""] * several, GAP, *[""] * len(columns)])
            mark = labels is not None and int(labels[i]) == c and not ignored
            if mark:
                marked.add(len(body))
            cells = [column.cell((i, c), show.digits) for column in columns]
            body.append(
                [*[row_index(result, rows[i]) * (k == 0)] * several, f"{'> ' * mark}{class_name(result, c)}", *cells]
            )
        sums = [rounded(math.fsum(c.array[i].tolist()), show.digits) if c.summed else "" for c in columns]
        sums = ["ignored" if c.name == LOSS and ignored else cell for c, cell in zip(columns, sums, strict=True)]
        footers[len(body) - 1] = [*[""] * several, "sum", *sums]
    header = [*["row"] * several, across(result)[0], *(column.name for column in columns)]
    left = {0 + several} if result.class_names else set()
    summed = any(column.summed for column in columns)
    return Table(header, body, footers if summed else {}, frozenset(marked), frozenset(left))


def row_table(result: Result, terms: Terms, rows: Sequence[int], show: Show) -> Table:
    """One line a row: its steps and its loss."""
    columns = [column for column in columns_of(terms) if column.array.shape == terms.value.shape[:1]]
    if result.of.entry.is_function:
        columns.append(Column(_own_name(result), terms.value))
    else:
        columns.append(Column(LOSS, terms.value if terms.value.ndim == 1 else row_sum(terms.value)))
    if show.grad and result.axes is None and (gradient := result.gradient_of(terms)).ndim == 1:
        columns.append(Column("grad", gradient))
    places = ["row"] if result.axes is None else [*result.axes]
    body: list[list[str]] = []
    for i, row in enumerate(rows):
        if i and row != rows[i - 1] + 1:
            body.append([GAP, *[""] * (len(columns) + len(places) - 1)])
        ignored = terms.counts is not None and not terms.counts[i]
        cells = []
        for column in columns:
            if column.label:
                cells.append(class_name(result, int(column.array[i])))
            elif ignored:
                cells.append("ignored" if column.name == LOSS else "")
            else:
                cells.append(column.cell((i,), show.digits))
        body.append([*_position(result, row), *cells])
    words = [axis == "class" for axis in places] + [column.label for column in columns]
    left = {i for i, word in enumerate(words) if word} if result.class_names else set()
    return Table([*places, *(column.name for column in columns)], body, left=frozenset(left))


def gradient_table(result: Result, show: Show, rows: Sequence[int]) -> Table:
    """One line a component of each row's gradient, where that has no place in another table."""
    if result.axes is not None:
        return _whole_gradient(result, show)
    gradient = result.gradient_of(result.terms(rows))
    gradient = gradient.reshape(len(gradient), -1)
    if len(gradient) != len(rows):  # of a loss whose input has other rows than its result
        rows = shown_rows(len(gradient), show.max_rows)
        gradient = gradient[list(rows)]
    body = []
    for i, row in enumerate(rows):
        shown = shown_rows(gradient.shape[1], show.max_rows)
        for k, c in enumerate(shown):
            if k and c != shown[k - 1] + 1:
                body.append(["", GAP, ""])
            body.append([str(row) * (k == 0), str(c), rounded(gradient[i, c], show.digits)])
    return Table(["row", "component", "grad"], body)


def _whole_gradient(result: Result, show: Show) -> Table:
    """The gradient in the layout of the input, one line for all classes of a place."""
    gradient = result.gradient()
    classes = result.arguments.classes
    axis = -1 if result.arguments.class_axis is None else result.arguments.class_axis
    if classes is None or gradient.ndim <= max(axis, 0) or gradient.shape[axis] != classes:
        gradient, names = gradient[..., None], ["grad"]
    else:
        gradient = np.moveaxis(gradient, axis, -1)
        names = [f"grad[{class_name(result, c)}]" for c in range(classes)]
    at = gradient.shape[:-1]
    rows = shown_rows(math.prod(at), show.max_rows)
    body = []
    for i, row in enumerate(rows):
        if i and row != rows[i - 1] + 1:
            body.append([GAP, *[""] * len(names)])
        index = np.unravel_index(row, at)
        place = ", ".join(str(int(k)) for k in index) or "0"
        body.append([place, *(rounded(g, show.digits) for g in gradient[index].tolist())])
    return Table(["place", *names], body)


def batch_table(batches: Sequence[tuple[int, Summary]], reduction: str, digits: int) -> Table:
    """One line a batch: the numbers of those shown, with their place in the stream."""
    with_id = any(s.id is not None for _, s in batches)
    body = []
    for i, (batch, s) in enumerate(batches):
        if i and batch != batches[i - 1][0] + 1:
            body.append([GAP, *[""] * (5 + with_id)])
        loss = rounded(s.loss, digits) if reduction != "none" else ""
        id_ = [printable(str(s.id)) if s.id is not None else ""] * with_id
        body.append([str(batch), *id_, str(s.count), str(s.ignored), rounded(s.sum, digits), as_typed(s.divisor), loss])
    header = ["batch", *["id"] * with_id, "rows", "ignored", "sum", "divisor", LOSS]
    return Table(header, body, left=frozenset({1} if with_id else ()))


def classes_across(result: Result) -> int | None:
    """How many classes the class table has; None if the loss has no steps class by class."""
    with ieee():
        steps = (step.array for step in result.terms([]).steps.values())
        return next((a.shape[1] for a in steps if a.ndim == 2), None)


def across(result: Result) -> tuple[str, str]:
    """What the class table goes over, one and many: classes, else the numbers of a vector, else the other rows."""
    if result.arguments.classes is not None:
        return "class", "classes"
    couples = result.of.declaration.couples_rows
    return ("other row", "other rows") if couples else ("component", "components")


def grad_is_a_column(result: Result, classes: int | None) -> bool:
    """Whether the gradient has the shape of the rows, or of the class table."""
    own = first_marker(result).alternatives[0][1:]
    axis = "C" if result.arguments.classes is not None else "D"
    if result.axes is not None:  # then no table goes over the input
        return False
    return not own or (classes is not None and own == (axis,) and not result.of.declaration.couples_rows)


def first_marker(result: Result) -> Array:
    return next(iter(result.of.declaration.arrays.values()))


def _own_name(result: Result) -> str:
    return result.of.entry.name.replace("-", " ")


def row_index(result: Result, row: int) -> str:
    return ", ".join(str(int(i)) for i in np.unravel_index(row, result.shape)) if result.shape else "0"


def _position(result: Result, row: int) -> list[str]:
    """The row, or what the loss says that its values belong to, as cells."""
    if result.axes is None:
        return [row_index(result, row)]
    names = zip(result.axes, result.position(row), strict=True)
    return [class_name(result, i) if axis == "class" else str(i) for axis, i in names]


def class_name(result: Result, c: int) -> str:
    return printable(result.class_names[c]) if 0 <= c < len(result.class_names) else str(c)


def rounded(value: Any, digits: int) -> str:
    """A number rounded for reading; one that would be rounded away, or is very large, comes in e-notation."""
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, int):
        return str(value)
    size = abs(value)
    if math.isfinite(value) and size and (size < 0.5 * 10.0**-digits or size >= 1e9):
        return f"{value:.{digits}e}"
    return f"{value:.{digits}f}" if value else f"{0:.{digits}f}"


def as_typed(value: float, digits: int = 4) -> str:
    """A number as it was typed, or nearly: a weight or a divisor, without trailing zeros."""
    if not math.isfinite(value) or (value and not 10.0**-digits <= abs(value) < 1e15):
        return f"{value:.6g}"
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")
