"""jsonl: JSON Lines: one result a batch, in order, written as it is computed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

import orjson

from losscli.compute.result import Result, Summary
from losscli.reports import View
from losscli.reports._records import batch_records, record
from losscli.reports.json import text

HOLE = "a number"


def write(results: Iterator[Result], out: TextIO, view: View) -> None:
    for result in results:
        out.write(_lines(result) or "".join([text(record) for record in batch_records(result, view)]))
        out.flush()


def _lines(result: Result) -> str | None:
    """The records of a stack written by column into one template; None where they hold more than plain numbers."""
    if len(result.documents) == 1 or result.reduction == "none":
        return None
    found = result.summaries()
    columns = [found.ids or [None], found.losses, found.sums, found.divisors, found.counts, found.ignored]
    same = [column.count(column[0]) == len(column) for column in columns]
    first: list[Any] = [column[0] if one else HOLE for column, one in zip(columns, same, strict=True)]
    words = [_words(column) for column, one in zip(columns, same, strict=True) if not one]
    parts = text(record(result, Summary(*first))).split(json.dumps(HOLE))
    if None in words or len(parts) != len(words) + 1:
        return None
    line = "%s".join(part.replace("%", "%%") for part in parts)
    return "".join([line % numbers for numbers in zip(*words, strict=True)]) if words else None


def _words(column: list[Any]) -> list[str] | None:
    """Each of the values as JSON; None where one needs more care than plain numbers and texts."""
    whole = orjson.dumps(column)
    if b"null" in whole or b"\x7f" in whole or not whole.isascii():
        return None
    if b'"' in whole:
        return [orjson.dumps(value).decode() for value in column]
    return whole[1:-1].decode().split(",")
