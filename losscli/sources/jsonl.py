"""jsonl, ndjson: JSON Lines: one document a line.

Documents come in lists, one for each piece that could be read at once: a slow producer is answered at each line, a file
in large pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import IO

from losscli.errors import DataError
from losscli.sources import Document
from losscli.sources.json import document, parsed, text_documents

PIECE = 1 << 20
BOM = b"\xef\xbb\xbf"


def documents(file: IO[bytes], name: str) -> Iterator[list[Document]]:
    """One document for each line that is not blank."""
    yield from _line_documents(pieces(file), name)


def lines_or_text(file: IO[bytes], name: str) -> Iterator[list[Document]]:
    """JSON Lines; or, where the first line is no object of its own, one JSON text of any number of lines."""
    rest = pieces(file)
    head: list[list[bytes]] = []
    for lines in rest:
        head.append(lines)
        if any(line.strip() for line in lines):
            break
    first = next((line.strip().removeprefix(BOM) for lines in head for line in lines if line.strip()), b"")
    everything = chain(head, rest)
    if not first or (first.startswith(b"{") and first.endswith(b"}")):
        yield from _line_documents(everything, name)
    else:
        yield from text_documents(b"\n".join(chain.from_iterable(everything)), name)


def _line_documents(chunks: Iterator[list[bytes]], name: str) -> Iterator[list[Document]]:
    number = 0
    for lines in chunks:
        chunk: list[Document] = []
        for line in lines:
            number += 1
            if line and not line.isspace():
                try:
                    value = parsed(line)
                except DataError as error:
                    if chunk:
                        yield chunk  # what came before the bad line is answered first
                    raise error.at(f"{name}:{number}") from None
                chunk.append(document(value, name, number))
        if chunk:
            yield chunk


def pieces(file: IO[bytes]) -> Iterator[list[bytes]]:
    """Whole lines, as many as one read gives."""
    read = getattr(file, "read1", file.read)
    unfinished: list[bytes] = []
    while piece := read(PIECE):
        if b"\n" not in piece:
            unfinished.append(piece)
            continue
        lines = b"".join((*unfinished, piece)).split(b"\n")
        unfinished = [lines.pop()]
        yield lines
    if last := b"".join(unfinished):
        yield [last]
