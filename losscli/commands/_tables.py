"""The tables that explain a result: by class, by row, by component of the gradient, and by batch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from losscli.compute.result import Result
from losscli.declare import Array
from losscli.ops import row_sum
from losscli.reports import Show, Table
from losscli.terms import Step
from losscli.text import printable

GAP = "..."
LOSS = "loss"


def cell(step: Step, at: tuple[int, ...], digits: int) -> str:
    """One number of a step."""
    if step.shares is not None and step.shares[at] == 0:
        return ""
    return as_typed(float(step.array[at])) if step.given else rounded(step.array[at], digits)


def shown_rows(n: int, most: int) -> list[int]:
    """The head and the tail of n rows."""
    if most == 0 or n <= most:
        return list(range(n))
    head = (most + 1) // 2
    return [*range(head), *range(n - (most - head), n)]


def class_table(result: Result, show: Show, rows: Sequence[int]) -> Table:
    """One line a class of each row; sums at the foot of the columns where a sum means something."""
    terms = result.terms(rows)
    columns = [(name, step) for name, step in terms.steps.items() if step.array.ndim == 2]
    if result.of.entry.is_function:
        columns.append((_own_name(result), Step(terms.value, summed=result.of.entry.name == "softmax")))
    if show.grad and grad_is_a_column(result, classes_across(result)):
        columns.append(("grad", Step(result.gradient_of(terms))))
    labels = next((step.array for step in terms.steps.values() if step.label and step.array.ndim == 1), None)
    classes = columns[0][1].array.shape[1]
    several = math.prod(result.shape) > 1
    summed = any(step.summed for _, step in columns)
    body: list[list[str]] = []
    special: dict[int, str] = {}
    for i, row in enumerate(rows):
        ignored = terms.counts is not None and not terms.counts[i]
        if i and row != rows[i - 1] + 1:
            body.append([GAP, *[""] * (len(columns) + several)])
        shown = shown_rows(classes, show.max_rows)
        if labels is not None and 0 <= labels[i] < classes and labels[i] not in shown:
            shown = sorted([*shown, int(labels[i])])
        for k, c in enumerate(shown):
            if k and c != shown[k - 1] + 1:
                body.append([*[""] * several, GAP, *[""] * len(columns)])
            mark = labels is not None and int(labels[i]) == c and not ignored
            if mark:
                special[len(body)] = "marked"
            index = [row_index(result, row) * (k == 0)] * several
            cells = [cell(step, (i, c), show.digits) for _, step in columns]
            body.append([*index, f"{'> ' * mark}{class_name(result, c)}", *cells])
        if summed:
            sums = []
            for name, step in columns:
                sum = rounded(math.fsum(step.array[i].tolist()), show.digits) if step.summed else ""
                sums.append("ignored" if name == LOSS and ignored else sum)
            special[len(body)] = "sum"
            body.append([*[""] * several, "sum", *sums])
    header = [*["row"] * several, across(result)[0], *(name for name, _ in columns)]
    return Table(header, body, {0 + several} if result.class_names else set(), special)


def row_table(result: Result, rows: Sequence[int], show: Show) -> Table:
    """One line a row: its steps and its loss."""
    terms = result.terms(rows)
    columns = [(name, step) for name, step in terms.steps.items() if step.array.shape == terms.value.shape[:1]]
    if result.of.entry.is_function:
        columns.append((_own_name(result), Step(terms.value)))
    else:
        columns.append((LOSS, Step(terms.value if terms.value.ndim == 1 else row_sum(terms.value))))
    if show.grad and result.axes is None and (gradient := result.gradient_of(terms)).ndim == 1:
        columns.append(("grad", Step(gradient)))
    places = ["row"] if result.axes is None else [*result.axes]
    body: list[list[str]] = []
    for i, row in enumerate(rows):
        if i and row != rows[i - 1] + 1:
            body.append([GAP, *[""] * (len(columns) + len(places) - 1)])
        ignored = terms.counts is not None and not terms.counts[i]
        cells = []
        for name, step in columns:
            if step.label:
                cells.append(class_name(result, int(step.array[i])))
            elif ignored:
                cells.append("ignored" if name == LOSS else "")
            else:
                cells.append(cell(step, (i,), show.digits))
        body.append([*_position(result, row), *cells])
    words = [axis == "class" for axis in places] + [step.label for _, step in columns]
    left = {i for i, word in enumerate(words) if word} if result.class_names else set()
    return Table([*places, *(name for name, _ in columns)], body, left)


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


def batch_table(batches: Sequence[tuple[Any, ...]], digits: int) -> Table:
    """One line a batch: the numbers of those shown, each after its place in the stream."""
    with_id = any(id is not None for _, id, *_ in batches)
    body = []
    for i, (batch, id, loss, reduction, sum, divisor, count, ignored) in enumerate(batches):
        if i and batch != batches[i - 1][0] + 1:
            body.append([GAP, *[""] * (5 + with_id)])
        numbers = [rounded(sum, digits), as_typed(divisor), rounded(loss, digits) if reduction != "none" else ""]
        body.append([str(batch), *[printed_id(id)] * with_id, str(count), str(ignored), *numbers])
    header = ["batch", *["id"] * with_id, "rows", "ignored", "sum", "divisor", LOSS]
    return Table(header, body, {1} if with_id else set())


def printed_id(id: Any) -> str:
    return "" if id is None else printable(str(id))


def classes_across(result: Result) -> int | None:
    """How many classes the class table has; None if the loss has no steps class by class."""
    return next((s.array.shape[1] for s in result.terms([]).steps.values() if s.array.ndim == 2), None)


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
    return ", ".join(map(str, result.position(row))) or "0"


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
