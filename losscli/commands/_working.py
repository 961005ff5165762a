"""How a number comes about, as pages: a title, the tables, and the reduction worked out with the user's numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from losscli.commands import _tables as tables
from losscli.commands._tables import GAP, as_typed, rounded, shown_rows
from losscli.compute.result import Result
from losscli.ops import row_sum
from losscli.reports import Page, Show
from losscli.terms import Total
from losscli.text import counted

FEW = 6  # this many terms of a sum are written out
MORE = 4  # digits that may be added to make a sum come true
DIGITS, MOST_DIGITS = 4, 16  # of a weight


def page(result: Result, show: Show) -> Page:
    """The working of one document."""
    entry = result.of.entry
    n = math.prod(result.shape)
    classes = tables.classes_across(result)
    rows = shown_rows(n, show.max_rows)
    found = []
    if classes is not None:
        fits = show.max_rows == 0 or n * classes <= show.max_rows or n == 1
        if fits or show.steps or show.grad or entry.is_function:
            room = n if show.max_rows == 0 else max(1, show.max_rows // classes)
            found.append(tables.class_table(result, show, shown_rows(n, room)))
    if not entry.is_function or classes is None:
        if n != 1 or classes is None or result.arguments.classes is None:
            found.append(tables.row_table(result, rows, show))
        if show.grad and not tables.grad_is_a_column(result, classes):
            found.append(tables.gradient_table(result, show, rows))
    what = _unit(result)
    across = "" if classes is None or result.of.declaration.couples_rows else counted(classes, *tables.across(result))
    sizes = [counted(len(on), name) for name, on in (result.axes or {}).items()] or [counted(n, what)]
    formula = result.terms(rows).formula
    formula = f"loss = {formula}" if formula else entry.formula
    working, remark = ("", "") if entry.is_function else _worked_out(result, show.digits, what)
    return Page(entry.title, formula, ", ".join(filter(None, [*sizes, across])), found, working, remark)


def page_of_batches(title: str, batches: Sequence[tuple[Any, ...]], total: Total, count: int, show: Show) -> Page:
    """A line for each batch of a stream, and the total of all worked out."""
    table = tables.batch_table(batches, show.digits)
    remark = f"over {counted(total.count, 'row')} in {counted(count, 'batch', 'batches')}"
    if total.ignored:
        remark += f"; {total.ignored:,} ignored"
    above = rounded(total.sum, show.digits)
    if total.reduction == "none":
        working, remark = "", f"no reduction: {remark.removeprefix('over ')}"
    elif total.reduction == "sum":
        working, remark = f"loss = {above}", f"sum {remark}"
    else:
        divisor = float(total.divisor)
        quotient = f"{above} / {as_typed(divisor, _enough([divisor]))}"
        if total.link is not None:
            quotient = f"{total.link.name}({quotient})"
        working, remark = f"loss = {quotient} = {rounded(total.loss, show.digits)}", f"mean {remark}"
    return Page(title, "", counted(count, "batch", "batches"), [table], working, remark)


def _unit(result: Result) -> str:
    """What a mean is over: rows, single elements, or what the loss says that its values belong to."""
    if result.axes is not None:
        return next(iter(result.axes)) if len(result.axes) == 1 else "loss"
    return "element" if tables.first_marker(result).alternatives[0] == ("N...",) else "row"


def _worked_out(result: Result, digits: int, what: str) -> tuple[str, str]:
    """`(0.3711 + 2.0750) / (1 + 2) = 2.4461 / 3 = 0.8154`, and what it divides by in words."""
    if result.reduction == "none":
        return "", f"no reduction: {counted(result.count, 'loss', 'losses')}"
    n = math.prod(result.shape)
    rows = shown_rows(n, 0 if n <= 200 else FEW)
    terms = result.terms(rows)
    counts = np.ones(len(rows), bool) if terms.counts is None else terms.counts
    value = terms.value[counts]
    if value.ndim > 1:  # a loss for each class: those of the only row, or each row's sum
        what, value = "element", value[0] if len(value) == 1 else row_sum(value)
    addends = value.tolist()
    cut = len(rows) < n or len(addends) > FEW
    values, total = _adding_up(addends, result.sum, rounded, digits, cut)
    ignored = f"; {result.ignored:,} ignored" if result.ignored else ""
    if result.reduction == "sum":
        steps = [_joined(values, cut)] if result.count > 1 else []
        return " = ".join(["loss", *steps, total]), f"sum over {counted(result.count, what)}{ignored}"
    weights = [] if terms.divisor is None else terms.divisor[counts].tolist()
    divisors, divisor = _adding_up(weights, result.divisor, as_typed, _enough(weights or [result.divisor]), cut)
    steps = []
    if result.count > 1 or terms.divisor is not None:
        below = divisor
        if terms.divisor is not None and result.count > 1:
            below = f"({_joined(divisors, cut)})"
        above = f"({_joined(values, cut)})" if result.count > 1 else values[0] if values else "0"
        steps.append(f"{above} / {below}")
    steps.append(f"{total} / {divisor}")
    if len(steps) == 2 and steps[0] == steps[1]:
        steps.pop()
    if result.link is not None:
        steps = [f"{result.link.name}({step})" for step in (*steps, rounded(result.total.quotient, digits))]
    remark = f"mean over {counted(result.count, what)}"
    own = result.of.entry.own_reductions.get(result.reduction)
    if own is not None:
        remark = f"sum over {counted(result.count, what)}; the divisor is {own}"
    if terms.divisor is not None:
        remark += "; the divisor is the sum of their weights"
    return " = ".join(["loss", *steps, rounded(result.loss, digits)]), remark + ignored


def _adding_up(
    addends: Sequence[float], total: float, written: Callable[[float, int], str], digits: int, cut: bool
) -> tuple[list[str], str]:
    """Addends and their sum, with as many digits as make what is written true: 0.0001 + 0.0001 is not 0.0003.

    Where no few digits more do, and where not all addends are written, it stays at `digits`.
    """
    more = max(digits + 1, _enough([total]))
    for d in (digits, *range(more, more if cut else more + MORE)):
        found, sum_ = [written(a, d) for a in addends], written(total, d)
        numbers = list(map(float, found))
        if len(addends) < 2 or abs(math.fsum(numbers) - float(sum_)) <= 4e-16 * math.fsum(map(abs, numbers)):
            return found, sum_
    return [written(a, digits) for a in addends], written(total, digits)


def _enough(numbers: Sequence[float]) -> int:
    """The digits behind the point that show four digits of the smallest number."""
    smallest = min((abs(x) for x in numbers if x and math.isfinite(x)), default=1.0)
    return min(DIGITS + max(0, -math.floor(math.log10(smallest)) - 1), MOST_DIGITS)


def _joined(terms: list[str], cut: bool) -> str:
    if cut:
        terms = [*terms[:2], GAP, *terms[3:][-1:]]
    return "".join(f" - {t[1:]}" if i and t.startswith("-") else f"{' + ' * (i > 0)}{t}" for i, t in enumerate(terms))
