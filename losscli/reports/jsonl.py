"""jsonl: JSON Lines: one result a batch, in order, written as it is computed."""

from __future__ import annotations

import json
from typing import Any, TextIO

import orjson

from losscli.reports import Answer, Records
from losscli.reports.json import taken_by, text

HOLE = "a number"


def write(answer: Answer, out: TextIO) -> None:
    for records in answer.records():
        out.write(_by_column(records) or taken_by(out, "".join([text(record) for record in records.each()])))
        out.flush()


def _by_column(records: Records) -> str | None:
    """The records written by column into one template; None where they hold more than plain numbers and texts."""
    varying = {key: c for key, c in records.columns.items() if c.count(c[0]) < len(c)}
    if not varying:
        return None
    words = [_words(column) for column in varying.values()]
    template = next(records.each()) | dict.fromkeys(varying, HOLE)
    parts = text(template).split(json.dumps(HOLE))
    if None in words or len(parts) != len(words) + 1:
        return None
    line = "%s".join(part.replace("%", "%%") for part in parts)
    return "".join([line % values for values in zip(*words, strict=True)])


def _words(column: list[Any]) -> list[str] | None:
    """Each of the values as JSON; None where one needs more care than plain numbers and texts."""
    if isinstance(column[0], list):
        return None
    whole = orjson.dumps(column)
    if b"null" in whole or b"\x7f" in whole or not whole.isascii():
        return None
    if b'"' in whole:
        return [orjson.dumps(value).decode() for value in column]
    return whole[1:-1].decode().split(",")
