"""jsonl, ndjson: JSON Lines: one document a line.

Documents come in groups, one for each piece that could be read at once: a slow producer is answered at each line, a
file in large pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from operator import itemgetter
from typing import IO, Any

import orjson

from losscli.documents import Documents, Item, grouped
from losscli.documents.formats import LIMIT, PIECE, TEXT_SHARE, too_large, whole
from losscli.documents.formats.json import BOM, EXAMPLE, document, parsed, text_documents
from losscli.errors import DataError


def documents(file: IO[bytes], name: str, limit: int = LIMIT) -> Iterator[Item]:
    """One document for each line that is not blank."""
    yield from _line_documents(whole_lines(file, limit), name)


def lines_or_text(file: IO[bytes], name: str, limit: int = LIMIT) -> Iterator[Item]:
    """JSON Lines; or, where the first line is the beginning of more, one JSON text of any number of lines."""
    rest = whole_lines(file, limit)
    head: list[bytes] = []
    for piece in rest:
        head.append(piece)
        if piece.strip():
            break
    first = head[-1].lstrip().partition(b"\n")[0].rstrip().removeprefix(BOM) if head else b""
    everything = chain(head, rest)
    if not first.startswith((b"{", b"[")) or (first.startswith(b"{") and first.endswith(b"}")):
        yield from _line_documents(everything, name)
        return
    yield from text_documents(whole(everything, limit, between=b"\n"), name)


def _line_documents(texts: Iterator[bytes], name: str) -> Iterator[Item]:
    number = 0
    try:
        for text in texts:
            lines = text.split(b"\n")
            yield from _alike(text, lines, name, number + 1) or grouped(_each(lines, number + 1), name)
            number += len(lines)
    except DataError as error:
        raise error.at(f"{name}:{number + 1}") from None


def _each(lines: list[bytes], first: int) -> Iterator[tuple[int, dict[str, Any] | DataError]]:
    """The lines that are not blank, with their numbers: documents, or what is wrong with them."""
    for number, line in enumerate(lines, first):
        if line and not line.isspace():
            try:
                yield number, document(parsed(line))
            except DataError as error:
                if line.strip() in (b"{", b"["):
                    error = DataError(f"{error.message} A document of many lines belongs in a .json file.")
                elif error.message.startswith("not JSON") and not line.lstrip().startswith((b"{", b"[")):
                    error = DataError(f"{error.message} A document is {EXAMPLE}.")
                yield number, error


def _alike(text: bytes, lines: list[bytes], name: str, first: int) -> list[Documents] | None:
    """Lines that are alike, read in one go; None where one of them needs a closer look, line by line.

    Each object has the keys of the first one. With no more colons than these keys take, no key occurs twice.
    """
    try:
        values = list(map(orjson.loads, lines))
        columns = {key: list(map(itemgetter(key), values)) for key in values[0]}
    except (ValueError, TypeError, LookupError):
        return None
    ids = columns.pop("id", None)
    keys = len(columns) + (ids is not None)
    if not columns or text.count(b":") != keys * len(lines) or b"true" in text or b"false" in text:
        return None
    if ids is not None and not {type(i) for i in ids} <= {str, int}:
        return None
    return [Documents(columns, name, range(first, first + len(lines)), ids=ids)]


def whole_lines(file: IO[bytes], limit: int) -> Iterator[bytes]:
    """Whole lines, as many as one read gives, without the last line's end."""
    read = getattr(file, "read1", file.read)
    unfinished: list[bytes] = []
    size = 0
    while piece := read(PIECE):
        whole, end, rest = piece.rpartition(b"\n")
        if end:
            yield b"".join((*unfinished, whole))
            unfinished, size = [], 0
        unfinished.append(rest)
        size += len(rest)
        if size > limit // TEXT_SHARE:
            raise DataError(too_large("a line", limit))
    if last := b"".join(unfinished):
        yield last
