"""json: One JSON document: the result, or the total of all batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TextIO

import orjson

from losscli.engine import Result
from losscli.errors import UsageError
from losscli.reports import View
from losscli.reports._records import batch_records, finite, gathered


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
    return line.decode()
