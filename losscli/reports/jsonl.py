"""jsonl: JSON Lines: one result a batch, in order, written as it is computed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from losscli.engine import Result
from losscli.reports import View
from losscli.reports._records import batch_records
from losscli.reports.json import text


def write(results: Iterator[Result], out: TextIO, view: View) -> None:
    for result in results:
        out.write("".join([text(record) for record in batch_records(result, view)]))
        out.flush()
