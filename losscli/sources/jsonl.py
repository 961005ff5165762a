"""jsonl, ndjson: JSON Lines: one document a line.

Documents come in lists, one for each piece that could be read at once: a slow producer is answered at each line, a file
in large pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import IO

from losscli.errors import DataError
from losscli.sources import LIMIT, PIECE, TEXT_SHARE, Document, too_large
from losscli.sources.json import BOM, document, parsed, text_documents


def documents(file: IO[bytes], name: str, limit: int = LIMIT) -> Iterator[list[Document]]:
    """One document for each line that is not blank."""
    yield from _line_documents(pieces(file, limit), name)


def lines_or_text(file: IO[bytes], name: str, limit: int = LIMIT) -> Iterator[list[Document]]:
    """JSON Lines; or, where the first line is no object of its own, one JSON text of any number of lines."""
    rest = pieces(file, limit)
    head: list[list[bytes]] = []
    for lines in rest:
        head.append(lines)
        if any(line.strip() for line in lines):
            break
    first = next((line.strip().removeprefix(BOM) for lines in head for line in lines if line.strip()), b"")
    everything = chain(head, rest)
    if not first or (first.startswith(b"{") and first.endswith(b"}")):
        yield from _line_documents(everything, name)
        return
    lines, size = [], 0
    for more in everything:
        lines += more
        size += sum(map(len, more)) + len(more)
        if size > limit // TEXT_SHARE:
            raise DataError(too_large("a text", limit), name)
    yield from text_documents(b"\n".join(lines), name)


def _line_documents(chunks: Iterator[list[bytes]], name: str) -> Iterator[list[Document]]:
    number = 0
    try:
        for lines in chunks:
            chunk: list[Document] = []
            for line in lines:
                number += 1
                if line and not line.isspace():
                    try:
                        chunk.append(document(parsed(line), name, number))
                    except DataError as error:
                        chunk.append(Document({}, name, number).wrong(error))
            if chunk:
                yield chunk
    except DataError as error:
        raise error.at(f"{name}:{number + 1}") from None


def pieces(file: IO[bytes], limit: int) -> Iterator[list[bytes]]:
    """Whole lines, as many as one read gives."""
    read = getattr(file, "read1", file.read)
    unfinished: list[bytes] = []
    size = 0
    while piece := read(PIECE):
        if b"\n" not in piece:
            unfinished.append(piece)
            size += len(piece)
            if size > limit // TEXT_SHARE:
                raise DataError(too_large("a line", limit))
            continue
        lines = b"".join((*unfinished, piece)).split(b"\n")
        unfinished = [lines.pop()]
        size = len(unfinished[0])
        yield lines
    if last := b"".join(unfinished):
        yield [last]
