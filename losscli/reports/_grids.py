"""The tables that explain a result, as text in cells: what `table` draws and `markdown` writes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from losscli.compute.result import Result, plain, steps_of
from losscli.declare import AnyArray, Array
from losscli.ops import row_sum
from losscli.reports import View
from losscli.reports._records import Gathered
from losscli.terminal.messages import printable
from losscli.terms import Summed, Terms

GAP = "..."
FEW = 6  # so many terms of a sum are written out
BLANK = ("target", "loss")  # class by class, these are left blank where the target is 0
GIVEN = ("label", "target", "weight", "class weight", "pos weight", "alpha", "alpha[y]")  # as typed: 1, not 1.0000


@dataclass(frozen=True)
class Grid:
    """A table of text. The columns in `left` are words; a row in `marked` is the one to look at."""

    header: list[str]
    rows: list[list[str]]
    footers: dict[int, list[str]] = field(default_factory=dict)  # after which row, a line of sums
    marked: frozenset[int] = frozenset()
    left: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Explanation:
    """A result as a person reads it: a title, tables, and the reduction worked out."""

    title: str
    formula: str
    size: str
    grids: list[Grid]
    reduction: str
    remark: str


def explained(result: Result, view: View) -> Explanation:
    """The tables of one document."""
    n = math.prod(result.shape)
    classes = _columns(result)
    rows = shown_rows(n, view.max_rows)
    terms = result.terms(rows) if len(rows) < n else result.terms()
    grids = []
    if classes is not None:
        fits = view.max_rows == 0 or n * classes <= view.max_rows or n == 1
        if fits or view.steps or view.grad or result.of.entry.is_function:
            room = n if view.max_rows == 0 else max(1, view.max_rows // classes)
            grids.append(class_grid(result, view, shown_rows(n, room)))
    if not result.of.entry.is_function or classes is None:
        row_table = row_grid(result, terms, rows, n, view)
        if n != 1 or classes is None or result.arguments.classes is None:
            grids.append(row_table)
        if view.grad and not _grad_is_a_column(result, classes):
            grids.append(gradient_grid(result, view, rows))
    entry = result.of.entry
    what = _counted_by(result)
    across = "" if classes is None or result.arguments.declaration.couples_rows else counted(classes, *_across(result))
    sizes = [counted(len(on), name) for name, on in (result.axes or {}).items()] or [counted(n, what)]
    size = ", ".join(filter(None, [*sizes, across]))
    formula = f"loss = {terms.formula}" if terms.formula else entry.formula
    reduction, remark = ("", "") if entry.is_function else worked_out(result, view, what)
    return Explanation(entry.title, formula, size, grids, reduction, remark)


def _columns(result: Result) -> int | None:
    """How many classes the class table has; None if the loss has no steps class by class."""
    steps = steps_of(result.terms([])).values()
    return next((a.shape[1] for a in steps if a.ndim == 2), None)


def _across(result: Result) -> tuple[str, str]:
    """What the class table goes over, one and many: classes, else the numbers of a vector, else the other rows."""
    if result.arguments.classes is not None:
        return "class", "classes"
    return ("other row", "other rows") if result.arguments.declaration.couples_rows else ("component", "components")


def _grad_is_a_column(result: Result, classes: int | None) -> bool:
    """Whether the gradient has the shape of the rows, or of the class table."""
    marker = next(iter(result.of.parameters.values())).marker
    assert isinstance(marker, Array)
    own = marker.alternatives[0][1:]
    axis = "C" if result.arguments.classes is not None else "D"
    if result.axes is not None:  # then no table goes over the input
        return False
    return not own or (classes is not None and own == (axis,) and not result.arguments.declaration.couples_rows)


def _counted_by(result: Result) -> str:
    """What a mean is over: rows, single elements, or what the loss says that its values belong to."""
    if result.axes is not None:
        return next(iter(result.axes)) if len(result.axes) == 1 else "loss"
    return "element" if _elementwise(result) else "row"


def _elementwise(result: Result) -> bool:
    marker = next(iter(result.of.parameters.values())).marker
    return isinstance(marker, Array) and marker.alternatives[0] == ("N...",)


def shown_rows(n: int, most: int) -> list[int]:
    """The head and the tail of n rows."""
    if most == 0 or n <= most:
        return list(range(n))
    head = (most + 1) // 2
    return [*range(head), *range(n - (most - head), n)]


def class_grid(result: Result, view: View, rows: Sequence[int]) -> Grid:
    """One line a class of each row; sums at the foot of the columns where a sum means something."""
    terms = result.terms(rows)
    columns: dict[str, AnyArray] = {name: a for name, a in steps_of(terms).items() if a.ndim == 2}
    summed = {name for name, step in terms.steps.items() if isinstance(step, Summed)}
    if result.of.entry.is_function:
        columns[result.of.entry.name.replace("-", " ")] = terms.value
        summed |= {"softmax"}
    if view.grad and _grad_is_a_column(result, _columns(result)):
        columns["grad"] = result.gradient_of(terms)
    labels = plain(terms.steps).get("label")
    if labels is not None and labels.dtype.kind != "i":  # -1 or 1, which is no class
        labels = None
    target = columns.get("target")
    n, classes = terms.value.shape[0], next(iter(columns.values())).shape[1]
    several = math.prod(result.shape) > 1
    most = 0 if several else view.max_rows
    body: list[list[str]] = []
    footers: dict[int, list[str]] = {}
    marked = set()
    for i in range(n):
        if i and rows[i] != rows[i - 1] + 1:
            body.append([GAP, *[""] * (len(columns) + several)])
        shown = shown_rows(classes, most)
        if labels is not None and 0 <= labels[i] < classes and labels[i] not in shown:
            shown = sorted([*shown, int(labels[i])])
        for k, c in enumerate(shown):
            if k and c != shown[k - 1] + 1:
                body.append([*[""] * several, GAP, *[""] * len(columns)])
            cells = [
                "" if name in BLANK and target is not None and target[i, c] == 0 else _cell(name, a, (i, c), view)
                for name, a in columns.items()
            ]
            mark = labels is not None and int(labels[i]) == c and (terms.counts is None or bool(terms.counts[i]))
            if mark:
                marked.add(len(body))
            name = f"{'> ' * mark}{class_name(result, c)}"
            body.append([*[_index(result, rows[i]) * (k == 0)] * several, name, *cells])
        sums = {n: number(math.fsum(a[i].tolist()), view.digits) for n, a in columns.items() if n in summed}
        if terms.counts is not None and not terms.counts[i]:
            sums["loss"] = "ignored"
        footers[len(body) - 1] = [*[""] * several, "sum", *[sums.get(name, "") for name in columns]]
    header = [*["row"] * several, _across(result)[0], *columns]
    left = {0 + several} if result.class_names else set()
    return Grid(header, body, footers if summed else {}, frozenset(marked), frozenset(left))


def row_grid(result: Result, terms: Terms, rows: Sequence[int], n: int, view: View) -> Grid:
    """One line a row: its steps and its loss."""
    columns: dict[str, AnyArray] = {name: a for name, a in steps_of(terms).items() if a.shape == terms.value.shape[:1]}
    if not result.of.entry.is_function:
        columns["loss"] = terms.value if terms.value.ndim == 1 else row_sum(terms.value)
    else:
        columns[result.of.entry.name.replace("-", " ")] = terms.value
    if view.grad and result.axes is None:
        gradient = result.gradient_of(terms)
        if gradient.ndim == 1:
            columns["grad"] = gradient
    counts = terms.counts
    places = ["row"] if result.axes is None else [*result.axes]
    body: list[list[str]] = []
    for i, row in enumerate(rows):
        if i and row != rows[i - 1] + 1:
            body.append([GAP, *[""] * (len(columns) + len(places) - 1)])
        cells = []
        for name, a in columns.items():
            if counts is not None and not counts[i] and name != "label":
                cells.append("ignored" if name == "loss" else "")
            elif name == "label" and a.dtype.kind == "i":
                cells.append(class_name(result, int(a[i])))
            else:
                cells.append(_cell(name, a, (i,), view))
        body.append([*_place(result, row), *cells])
    header = [*places, *columns]
    left = {i for i, name in enumerate(header) if name in ("class", "label")} if result.class_names else set()
    return Grid(header, body, left=frozenset(left))


def gradient_grid(result: Result, view: View, rows: Sequence[int]) -> Grid:
    """One line a component of each row's gradient, where that has no place in another table."""
    if result.axes is not None:
        return _whole_gradient(result, view)
    gradient = result.gradient_of(result.terms(rows))
    gradient = gradient.reshape(len(gradient), -1)
    if len(gradient) != len(rows):  # of a loss whose input has other rows than its result
        rows = shown_rows(len(gradient), view.max_rows)
        gradient = gradient[list(rows)]
    body = []
    for i, row in enumerate(rows):
        shown = shown_rows(gradient.shape[1], view.max_rows)
        for k, c in enumerate(shown):
            if k and c != shown[k - 1] + 1:
                body.append(["", GAP, ""])
            body.append([str(row) * (k == 0), str(c), number(gradient[i, c], view.digits)])
    return Grid(["row", "component", "grad"], body)


def _whole_gradient(result: Result, view: View) -> Grid:
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
    rows = shown_rows(math.prod(at), view.max_rows)
    body = []
    for i, row in enumerate(rows):
        if i and row != rows[i - 1] + 1:
            body.append([GAP, *[""] * len(names)])
        index = np.unravel_index(row, at)
        place = ", ".join(str(int(k)) for k in index) or "0"
        body.append([place, *(number(g, view.digits) for g in gradient[index].tolist())])
    return Grid(["place", *names], body)


def worked_out(result: Result, view: View, what: str) -> tuple[str, str]:
    """`(0.3711 + 2.0750) / (1 + 2) = 2.4461 / 3 = 0.8154`, and what it divides by in words."""
    if result.reduction == "none":
        return "", f"no reduction: {counted(result.count, 'loss', 'losses')}"
    n = math.prod(result.shape)
    rows = shown_rows(n, 0 if n <= 200 else FEW)
    terms = result.terms(rows) if len(rows) < n else result.terms()
    counts = np.ones(len(rows), bool) if terms.counts is None else terms.counts
    values = [number(v, view.digits) for v in _addends(terms.value[counts])]
    what = what if terms.value.ndim == 1 else "element"
    cut = len(rows) < n or len(values) > FEW
    total = number(result.sum, view.digits)
    if result.reduction == "sum":
        steps = [_joined(values, cut)] if result.count > 1 else []
        remark = f"sum over {counted(result.count, what)}"
        return " = ".join(["loss", *steps, total]), remark + _ignored(result)
    weighted = terms.divisor is not None
    divisor = short(result.divisor)
    steps = []
    if result.count > 1 or weighted:
        below = divisor
        if weighted and result.count > 1:
            below = f"({_joined([short(d) for d in terms.divisor[counts].tolist()], cut)})"  # type: ignore[index]  # weighted
        above = f"({_joined(values, cut)})" if result.count > 1 else values[0] if values else "0"
        steps.append(f"{above} / {below}")
    steps.append(f"{total} / {divisor}")
    if len(steps) == 2 and steps[0] == steps[1]:
        steps.pop()
    if result.link is not None:
        steps = [f"{result.link.name}({step})" for step in (*steps, number(result.total.mean, view.digits))]
    remark = f"mean over {counted(result.count, what)}"
    if result.reduction == "batchmean":
        remark = f"sum over {counted(result.count, what)}; the divisor is the batch size"
    if weighted:
        remark += "; the divisor is the sum of their weights"
    return " = ".join(["loss", *steps, number(result.mean, view.digits)]), remark + _ignored(result)


def _addends(value: AnyArray) -> list[float]:
    """The terms of the sum that is worked out: of a loss for each class, those of the only row, or each row's sum."""
    if value.ndim == 1:
        return value.tolist()
    return (value[0] if len(value) == 1 else row_sum(value)).tolist()


def stream_grid(shown: Sequence[tuple[int, Any, Any]], view: View) -> Grid:
    """One line a batch: (number, id, summary) of those shown."""
    with_id = any(s.id is not None for _, s, _ in shown)
    body = []
    for i, (batch, s, reduction) in enumerate(shown):
        if i and batch != shown[i - 1][0] + 1:
            body.append([GAP, *[""] * (5 + with_id)])
        loss = number(s.loss, view.digits) if reduction != "none" else ""
        id_ = [printable(str(s.id)) if s.id is not None else ""] * with_id
        body.append(
            [str(batch), *id_, str(s.count), str(s.ignored), number(s.sum, view.digits), short(s.divisor), loss]
        )
    header = ["batch", *["id"] * with_id, "rows", "ignored", "sum", "divisor", "loss"]
    return Grid(header, body, left=frozenset({1} if with_id else ()))


def stream_total(all_: Gathered, view: View) -> tuple[str, str]:
    """The total of all batches worked out."""
    total, reduction = all_.total, all_.reduction
    remark = f"over {counted(total.count, 'row')} in {counted(all_.batches, 'batch', 'batches')}"
    if total.ignored:
        remark += f"; {total.ignored:,} ignored"
    above = number(total.sum, view.digits)
    if reduction == "none":
        return "", f"no reduction: {remark.removeprefix('over ')}"
    if reduction == "sum":
        return f"loss = {above}", f"sum {remark}"
    quotient = f"{above} / {short(float(total.divisor))}"
    if all_.link is not None:
        quotient = f"{all_.link.name}({quotient})"
    return f"loss = {quotient} = {number(all_.loss, view.digits)}", f"mean {remark}"


def _ignored(result: Result) -> str:
    return f"; {result.ignored:,} ignored" if result.ignored else ""


def _joined(terms: list[str], cut: bool) -> str:
    if cut and len(terms) > 3:
        terms = [*terms[:2], GAP, terms[-1]]
    elif cut:
        terms = [*terms[:2], GAP]
    return "".join(f" - {t[1:]}" if i and t.startswith("-") else f"{' + ' * (i > 0)}{t}" for i, t in enumerate(terms))


def _cell(name: str, a: AnyArray, at: tuple[int, ...], view: View) -> str:
    return short(float(a[at])) if name in GIVEN else number(a[at], view.digits)


def _index(result: Result, row: int) -> str:
    shape = result.shape
    return ", ".join(str(int(i)) for i in np.unravel_index(row, shape)) if shape else "0"


def _place(result: Result, row: int) -> list[str]:
    """The row, or what the loss says that its values belong to, as cells."""
    if result.axes is None:
        return [_index(result, row)]
    names = zip(result.axes, result.place(row), strict=True)
    return [class_name(result, i) if axis == "class" else str(i) for axis, i in names]


def class_name(result: Result, c: int) -> str:
    return printable(result.class_names[c]) if 0 <= c < len(result.class_names) else str(c)


def number(value: Any, digits: int) -> str:
    """A number rounded for reading; one that would be rounded away, or is very large, comes in e-notation."""
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, int):
        return str(value)
    size = abs(value)
    if math.isfinite(value) and size and (size < 0.5 * 10.0**-digits or size >= 1e9):
        return f"{value:.{digits}e}"
    return f"{value:.{digits}f}" if value else f"{0:.{digits}f}"


def short(value: float, digits: int = 4) -> str:
    """A number as it was typed, or nearly: a weight or a divisor, without trailing zeros."""
    if not math.isfinite(value) or (value and not 10.0**-digits <= abs(value) < 1e15):
        return f"{value:.6g}"
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")


def counted(n: int, one: str, many: str = "") -> str:
    """`1 row`, `1,000 rows`."""
    return f"{n:,} {one if n == 1 else many or plural(one)}"


def plural(word: str) -> str:
    return word + ("es" if word.endswith("s") else "s")
