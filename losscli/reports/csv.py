"""csv, tsv: A table for spreadsheets: one line a batch; with --steps, --grad or the reduction none, one line a row."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from itertools import chain
from typing import Any, TextIO

import numpy as np

from losscli.compute.result import Result, steps_of
from losscli.errors import UsageError
from losscli.reports import View
from losscli.reports._records import batch_records
from losscli.terminal.messages import printable


def write(results: Iterator[Result], out: TextIO, view: View) -> None:
    writer = csv.writer(out, delimiter="\t" if view.format == "tsv" else ",", lineterminator="\n")
    header: list[str] = []
    batch = 0
    for result in results:
        by_row = view.steps or view.grad or result.reduction == "none" or result.of.entry.is_function
        lines = _rows(result, view, batch) if by_row else _batches(result, batch)
        names = next(lines)
        if names != header:
            header = names
            writer.writerow(header)
        writer.writerows(lines)
        batch += len(result.documents)
        out.flush()


def _batches(result: Result, batch: int) -> Iterator[list[Any]]:
    yield ["batch", "id", "loss", "sum", "divisor", "count", "ignored"]
    for i, r in enumerate(batch_records(result, View())):
        id_ = printable(str(r.get("id", "")))
        yield [batch + i, id_, r["loss"], r["sum"], r["divisor"], r["count"], r["ignored"]]


def _rows(result: Result, view: View, batch: int) -> Iterator[list[Any]]:
    """One line a row of every document; what has a class axis takes one column a class."""
    terms = result.terms()
    places = ["row"] if result.axes is None else [*result.axes]
    shape = result.arguments.rows if len(result.documents) > 1 else (1, *result.shape)
    columns: list[tuple[str, Any]] = list(steps_of(terms).items()) if view.steps else []
    columns.append(("value" if result.of.entry.is_function else "loss", terms.value))
    if view.grad:
        if result.gradient_of(terms).shape[:1] != terms.value.shape[:1] or result.axes is not None:
            raise UsageError("the gradient has other rows than the losses: --format json has room for both.")
        columns.append(("grad", result.gradient_of(terms)))
    names = [
        f"{name}[{_class_name(result, c)}]" if a.ndim > 1 else name
        for name, a in columns
        for c in range(a.shape[1] if a.ndim > 1 else 1)
    ]
    yield ["batch", *places, *names]
    table = [a.reshape(len(a), math.prod(a.shape[1:])).T.tolist() for _, a in columns]
    for i, cells in enumerate(zip(*chain.from_iterable(table), strict=True)):
        index = np.unravel_index(i, shape)
        row = [" ".join(str(int(k)) for k in index[1:]) or "0"]
        yield [batch + int(index[0]), *(row if result.axes is None else result.place(i)), *cells]


def _class_name(result: Result, c: int) -> str:
    return printable(result.class_names[c]) if c < len(result.class_names) else str(c)
