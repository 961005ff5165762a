"""jsonl: JSON Lines: one result a batch, in order, written as it is computed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

import orjson

from losscli.reports import View
from losscli.reports._records import batch_records, record
from losscli.reports.json import text
from losscli.result import Result, Summary

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
    columns = [found.losses, found.sums, found.divisors, found.counts, found.ignored]
    hole: Any = HOLE
    blank = Summary(None if found.ids is None else hole, hole, hole, hole, hole, hole)
    parts = text(record(result, blank)).split(json.dumps(HOLE))
    written = [orjson.dumps(column) for column in columns]
    identities = [] if found.ids is None else [orjson.dumps(i) for i in found.ids]
    together = b"".join((*written, *identities))
    if b"null" in together or not together.isascii() or len(parts) != len(columns) + 1 + bool(identities):
        return None
    words = [column[1:-1].decode().split(",") for column in written]
    if identities:
        words.insert(0, [i.decode() for i in identities])
    line = "%s".join(part.replace("%", "%%") for part in parts)
    return "".join([line % numbers for numbers in zip(*words, strict=True)])
