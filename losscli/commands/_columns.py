"""Results as lines of cells, for spreadsheets and data frames."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np

from losscli.commands._tables import class_name, printed_id
from losscli.compute.result import Result
from losscli.documents.numerals import numeral
from losscli.errors import UsageError
from losscli.reports import Show


def batches(result: Result, first: int) -> tuple[list[str], Iterable[list[Any]]]:
    """One line a document; `first` is the number of the first of them."""
    columns = result.summaries()
    del columns["reduction"]
    columns["id"] = [_no_formula(printed_id(id)) for id in columns["id"]]
    lines = zip(*columns.values(), strict=True)
    return ["batch", *columns], ([batch, *cells] for batch, cells in enumerate(lines, first))


def _no_formula(text: str) -> str:
    """Somebody's text as a cell that no spreadsheet computes: behind an apostrophe, which spreadsheets do not show."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) and numeral(text) is None else text


def rows(result: Result, show: Show, first: int) -> tuple[list[str], Iterable[list[Any]]]:
    """One line a row of every document; what has a class axis takes one column a class."""
    terms = result.terms()
    places = ["row"] if result.axes is None else [*result.axes]
    columns = [(name, step.array) for name, step in terms.steps.items()] if show.steps else []
    columns.append(("value" if result.of.entry.is_function else "loss", terms.value))
    if show.grad:
        gradient = result.gradient_of(terms)
        if gradient.shape[:1] != terms.value.shape[:1] or result.axes is not None:
            raise UsageError("the gradient has other rows than the losses: --format json has room for both.")
        columns.append(("grad", gradient))
    names = [
        f"{name}[{class_name(result, c)}]" if a.ndim > 1 else name
        for name, a in columns
        for c in range(a.shape[1] if a.ndim > 1 else 1)
    ]
    return ["batch", *places, *names], _lines(result, [a for _, a in columns], first)


def _lines(result: Result, columns: list[Any], first: int) -> Iterator[list[Any]]:
    shape = result.arguments.rows if len(result.documents) > 1 else (1, *result.shape)
    table = [a.reshape(len(a), math.prod(a.shape[1:])).T.tolist() for a in columns]
    lines = zip(np.ndindex(shape), *chain.from_iterable(table), strict=True)
    for i, ((document, *index), *cells) in enumerate(lines):
        place = [" ".join(map(str, index)) or "0"] if result.axes is None else result.position(i)
        yield [first + document, *place, *cells]
