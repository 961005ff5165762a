"""json: One JSON document: the result, or the total of all batches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

import orjson

from losscli.compute.result import Result
from losscli.errors import UsageError
from losscli.reports import View
from losscli.reports._records import batch_records, finite, gathered
from losscli.terminal.messages import JOINERS


def write(results: Iterator[Result], out: TextIO, view: View) -> None:
    all_of_them = gathered(results)
    if all_of_them.only is not None:
        out.write(text(next(batch_records(all_of_them.only, view))))
    elif view.steps or view.grad:
        raise UsageError("--steps and --grad belong to one batch; --format jsonl gives them for each batch.")
    else:
        out.write(text(all_of_them.record))


def text(record: dict[str, Any]) -> str:
    """One line of JSON, with NaN and the infinities as strings."""
    line = orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
    if b"null" in line:  # what orjson makes of NaN and the infinities
        line = orjson.dumps(finite(record), option=orjson.OPT_APPEND_NEWLINE)
    text = line.decode()
    return text if line.isascii() and b"\x7f" not in line else _escaped(text)


def _escaped(text: str) -> str:
    """JSON in which what commands a terminal is written as its escape, wherever it stands: in a text, then."""
    return "".join(c if c.isprintable() or c in f"{JOINERS}\n" else json.dumps(c)[1:-1] for c in text)
