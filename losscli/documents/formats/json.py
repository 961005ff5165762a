"""json: A JSON text: an object is a document, an array of objects a list of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any

import orjson

from losscli.documents import Item, check_ids, grouped
from losscli.documents.formats import LIMIT, decoded, lowered, pieces, whole
from losscli.documents.numerals import beyond, described, refuse_booleans
from losscli.errors import DataError
from losscli.text import first_double, quoted, shortened

BOM = b"\xef\xbb\xbf"
_64 = 2.0**63  # from here on integers may have more than 64 bits
EXAMPLE = 'an object such as {"logits": [0.9, 0.1], "label": 0}'
DEEP = "nested too deep for a document."


def documents(file: IO[bytes], name: str, limit: int = LIMIT) -> Iterator[Item]:
    """The object of the text, or the objects of its array."""
    yield from text_documents(whole(pieces(file), limit), name)


def array(file: IO[bytes], name: str, limit: int = LIMIT) -> Any:
    """The nested lists of the text."""
    return parsed(whole(pieces(file), limit))


def text_documents(text: bytes, name: str) -> Iterator[Item]:
    """The objects of an array, or the one that the text is."""
    value, doubtful = _parsed(text), _may_have_booleans(text)
    several = isinstance(value, list) and (not value or isinstance(value[0], dict))

    def document_or_error(value: Any) -> dict[str, Any] | DataError:
        try:
            return document(_without_booleans(value) if doubtful else value)
        except DataError as error:
            return error

    numbered = enumerate(map(document_or_error, value if several else [value]))
    yield from grouped(numbered, name, mark="[{}]" if several else "")


def document(value: Any) -> dict[str, Any]:
    """The parsed JSON value, if it is a document."""
    if type(value) is not dict:
        raise DataError(f"found {described(value)}, but a document is {EXAMPLE}.")
    check_ids([value.get("id")])
    return value


def parsed(text: bytes | str) -> Any:
    """The value of a JSON text. orjson reads it fast; what it rejects or may misread is left to the standard json.

    So NaN and Infinity, which Python's json writes, are read; a key that occurs twice is an error, and so is 1e400.
    """
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    value = _parsed(raw)
    return _without_booleans(value) if _may_have_booleans(raw) else value


def _parsed(raw: bytes) -> Any:
    raw = raw.removeprefix(BOM)
    with suppress(orjson.JSONDecodeError):
        value = orjson.loads(raw)
        if _every_key_is_there(value, raw):
            return _with_exact_ids(value, raw)
    return _with_exact_ids(_parsed_by_standard(raw), raw)


def _may_have_booleans(raw: bytes) -> bool:
    return b"true" in raw or b"false" in raw


def _without_booleans(value: Any) -> Any:
    try:
        refuse_booleans(value, "")
    except RecursionError:
        raise DataError(DEEP) from None
    return value


def _with_exact_ids(value: Any, raw: bytes) -> Any:
    """The documents with the digits of an id that is too long for an integer: as a float it would be another one."""
    documents = value if type(value) is list else [value]
    long = [
        i for i, d in enumerate(documents) if type(d) is dict and type(d.get("id")) is float and abs(d["id"]) >= _64
    ]
    if long:
        again = json.loads(decoded(raw), parse_int=str)
        for i in long:
            found = (again if type(value) is list else [again])[i]["id"]
            documents[i]["id"] = found if type(found) is str else documents[i]["id"]
    return value


def _every_key_is_there(value: Any, raw: bytes) -> bool:
    """Whether it is certain that no key occurred twice and silently lost its first value.

    Each pair has a colon, and beyond these a text has only those within its strings. So when the keys that are left,
    and the colons in the strings that are left, are as many as the colons of the text, no pair is lost. An escape could
    hide a colon from the count.
    """
    colons = raw.count(b":")
    if type(value) is dict and colons == len(value):
        return True
    return b"\\u" not in raw and colons == _colons(value, 0)


def _colons(value: Any, depth: int) -> int:
    """How many colons a value takes at least, as far down as documents go."""
    if type(value) is str:
        return value.count(":")
    if depth > 3:
        return 0
    if type(value) is dict:
        return len(value) + "".join(value).count(":") + sum(_colons(v, depth + 1) for v in value.values())
    if type(value) is list and value and type(value[0]) in (dict, str):
        return sum(_colons(v, depth + 1) for v in value)
    return 0


def _parsed_by_standard(raw: bytes) -> Any:
    text = decoded(raw)
    if not text.strip():
        raise DataError("empty, but JSON was expected.")
    try:
        return json.loads(text, parse_float=_finite, parse_int=_whole, object_pairs_hook=_unique)
    except RecursionError:
        raise DataError(DEEP) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}" if error.lineno > 1 else f"column {error.colno}"
        what = "a second value begins" if error.msg == "Extra data" else lowered(error.msg).removesuffix(" at")
        raise DataError(f"not JSON: {what} at {where}.{_hint(text, error)}") from None


def _hint(text: str, error: json.JSONDecodeError) -> str:
    """What was probably meant."""
    found = text[error.pos : error.pos + 8].lower().lstrip("+-")
    if error.msg == "Extra data":
        return " Write one document a line, or all of them as one array."
    if found.startswith(("nan", "inf")):
        return " JSON has NaN, Infinity and -Infinity."
    if found.startswith("'"):
        return " JSON takes double quotes."
    if "\0" in text[:2] != "\0\0":
        return " It looks like UTF-16: convert it with iconv -f UTF-16 -t UTF-8."
    if error.pos >= len(text.rstrip()):
        return " Is it cut off?"
    return ""


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise DataError(beyond(shortened(digits)))
    return number


def _whole(digits: str) -> int | float:
    number = int(digits) if len(digits) <= 20 else 2**64
    return number if -(2**63) <= number < 2**64 else _finite(digits)  # as orjson has it


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys differ and whose texts can be written again."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = first_double(key for key, _ in pairs)
        raise DataError(f"the key {quoted(twice)} occurs twice, so its value is in doubt.")
    for pair in pairs:
        for word in pair:
            if isinstance(word, str) and any("\ud800" <= c <= "\udfff" for c in word):
                raise DataError(f"the text {quoted(word)} holds half a character (a lone surrogate).")
    return found
