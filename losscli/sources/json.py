"""json: A JSON text: an object is a document, an array of objects a list of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

import orjson

from losscli.errors import DataError
from losscli.sources import Document


def documents(file: IO[bytes], name: str) -> Iterator[list[Document]]:
    """The object of the text, or the objects of its array."""
    yield from text_documents(file.read(), name)


def array(file: IO[bytes], name: str) -> Any:
    """The nested lists of the text."""
    try:
        return parsed(file.read())
    except DataError as error:
        raise error.at(name) from None


def text_documents(text: bytes, name: str) -> Iterator[list[Document]]:
    try:
        value = parsed(text)
    except DataError as error:
        raise error.at(name) from None
    if not isinstance(value, list) or (value and not isinstance(value[0], dict)):
        yield [document(value, name)]
        return
    yield [document(v, f"{name}[{i}]") for i, v in enumerate(value)]


def document(value: Any, source: str, line: int = 0) -> Document:
    """The document that a parsed JSON object is."""
    if type(value) is not dict:
        place = f"{source}:{line}" if line else source
        raise DataError(
            f'{_kind(value)}, but a document is an object such as {{"logits": [0.9, 0.1], "label": 0}}.',
            place,
        )
    return Document(value, source, line, value.pop("id", None))


def parsed(text: bytes | str) -> Any:
    """The value of a JSON text. orjson reads it fast; whatever it rejects, the standard json decides on.

    So NaN and Infinity, which Python's json writes, are read; and both agree that 1e400 is no number.
    """
    try:
        value = orjson.loads(text)
    except ValueError:
        value = _parsed_by_standard(text)
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    if b"true" in raw or b"false" in raw:
        _refuse_booleans(value, "")
    return value


def _parsed_by_standard(text: bytes | str) -> Any:
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(text, parse_float=_finite, object_pairs_hook=dict)
    except UnicodeDecodeError as error:
        raise DataError(f"byte {error.start} is no UTF-8: JSON is UTF-8 text.") from None
    except RecursionError:
        raise DataError("nested too deep for a document.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}" if error.lineno > 1 else f"column {error.colno}"
        raise DataError(f"no JSON: {error.msg} at {where}.") from None
    except ValueError as error:
        raise DataError(f"{error}.") from None


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{digits} is beyond float64; write Infinity if that is what is meant")
    return number


def _refuse_booleans(value: Any, place: str) -> None:
    """`true` and `false` inside an array would pass for 1 and 0 in silence."""
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_booleans(item, key)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            if isinstance(item, bool):
                raise DataError(f"{place}[{i}] is {str(item).lower()}, but a number was expected. Write 1 and 0.")
            _refuse_booleans(item, f"{place}[{i}]")


def _kind(value: Any) -> str:
    words = {
        list: "an array",
        str: "a text",
        int: "a number",
        float: "a number",
        bool: "true or false",
        type(None): "null",
    }
    return f"found {words[type(value)]}"
