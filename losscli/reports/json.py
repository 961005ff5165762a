"""json: One JSON document: the result, or the total of all batches."""

from __future__ import annotations

import codecs
import json
import math
from typing import Any, TextIO

import orjson

from losscli.reports import Answer
from losscli.text import JOINERS


def write(answer: Answer, out: TextIO) -> None:
    out.write(taken_by(out, text(answer.record())))


def text(record: dict[str, Any]) -> str:
    """One line of JSON, with NaN and the infinities as strings."""
    line = orjson.dumps(record, _listed, orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY)
    if b"null" in line:  # what orjson makes of NaN and the infinities
        line = orjson.dumps(_finite(record), option=orjson.OPT_APPEND_NEWLINE)
    text = line.decode()
    return text if line.isascii() and b"\x7f" not in line else _escaped(text)


def _listed(array: Any) -> Any:
    """An array that orjson does not take as it is: a number, or one whose numbers do not lie in order."""
    return array.tolist()


def taken_by(out: TextIO, text: str) -> str:
    """JSON for a stream: JSON is UTF-8, so one that writes anything else gets the escapes of what is not ASCII."""
    if text.isascii() or codecs.lookup(out.encoding or "utf-8").name == "utf-8":
        return text
    return "".join(c if c.isascii() else json.dumps(c)[1:-1] for c in text)


def _finite(value: Any) -> Any:
    """The value with NaN and the infinities as the strings that JSON readers of other languages agree on."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _finite(v) for key, v in value.items()}
    if hasattr(value, "dtype"):
        return _finite(value.tolist())
    if isinstance(value, list):
        return [_finite(v) for v in value]
    return value


def _escaped(text: str) -> str:
    """JSON in which what commands a terminal is written as its escape, wherever it stands: in a text, then."""
    return "".join(c if c.isprintable() or c in f"{JOINERS}\n" else json.dumps(c)[1:-1] for c in text)
