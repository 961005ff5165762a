"""Input formats, one a file: bytes to documents.

A module of this folder has `documents(file, name, limit)`, which yields documents as they become available, or
`array(file, name, limit)`, which makes the one array of an `@file`, or both. Its first line names the endings. `limit`
is how many bytes one document may take, unpacked.
"""

from __future__ import annotations

import io
import os
import select
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from itertools import chain
from pathlib import PurePath
from typing import IO, Any

from losscli.catalogue import entries, find, module
from losscli.documents import Item
from losscli.errors import DataError, FileError, UsageError, file_errors
from losscli.terminal.progress import WORK

FORMATS = "documents/formats"
PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt")
LIMIT = 4 << 30
TEXT_SHARE = 16  # of the limit, for numbers take so much more room in memory than as text
PIECE = 1 << 18  # bytes at a time: what they hold as lists still fits the cache


def documents(path: str, limit: int = LIMIT) -> Iterator[Item]:
    """The documents of a file; `-` is standard input. An error in one of them is yielded in its place."""
    stream = _is_unnamed_stream(path)
    try:
        read = module(FORMATS, "jsonl").lines_or_text if stream else _module_for(path, "documents").documents
        with opened(path) as file:
            yield from read(file, name_of(path), limit)
    except DataError as error:
        yield error.at(name_of(path))


def array(path: str, limit: int = LIMIT) -> Any:
    """The array that a file holds; `-` is standard input."""
    read = module(FORMATS, "txt") if _is_unnamed_stream(path) else _module_for(path, "array")
    with opened(path) as file:
        return read.array(file, name_of(path), limit)


def name_of(path: str) -> str:
    """What messages call a file."""
    return "standard input" if path == "-" else path


@contextmanager
def opened(path: str) -> Iterator[IO[bytes]]:
    """The file, decompressed on the way where its name ends in .gz."""
    with file_errors(name_of(path)), nullcontext(_standard_input()) if path == "-" else open(path, "rb") as file:
        if path != "-":
            WORK.file, WORK.file_size = file, os.fstat(file.fileno()).st_size
        if not path.lower().endswith(".gz"):
            yield file
            return
        import gzip
        import zlib

        try:
            with gzip.open(file) as unpacked:
                yield unpacked  # type: ignore[misc]  # a GzipFile is read as any binary file is
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise DataError(f"not a whole gzip file: {lowered(error)}.", path) from None


def _standard_input() -> IO[bytes]:
    if sys.stdin is None or sys.stdin.closed:
        raise FileError("standard input is closed.")
    raw = getattr(sys.stdin.buffer, "raw", None)
    return sys.stdin.buffer if raw is None or _is_regular(raw) else io.BufferedReader(_Waiting(raw))


class _Waiting(io.RawIOBase):
    """A stream that waits for data where the system does not.

    Another program may have made the pipe non-blocking, for all that share it. Python then says of "nothing yet" what
    it says of the end.
    """

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def readinto(self, buffer: Any, /) -> int:
        while (n := self._raw.readinto(buffer)) is None:
            select.select([self], [], [])
        return n


def _is_unnamed_stream(path: str) -> bool:
    """Standard input, or a pipe without an ending, such as the shell's <(command): it is read in the same way."""
    if path == "-":
        return True
    return not PurePath(path).suffix and os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path))


def _module_for(path: str, role: str) -> Any:
    """The module whose ending the path has and that gives documents or an array, as the role asks."""
    name = PurePath(path).name.lower()
    ending = PurePath(name.removesuffix(".gz")).suffix
    if ending in PICKLES:
        raise UsageError(
            f"{path} is a pickle, which can run any code when it is read. Convert it where it was made: "
            "numpy.savez('batch.npz', logits=logits.numpy(), labels=labels.numpy())"
        )
    entry = find(FORMATS, ending.removeprefix(".")) if ending else None
    found = entry.module() if entry else None
    if not hasattr(found, role):
        if path and not os.path.lexists(path):
            raise FileError("No such file or directory.", path)
        known = " ".join(f".{n}" for e in entries(FORMATS) for n in e.names if hasattr(e.module(), role))
        what = "a document" if role == "documents" else "one array"
        raise UsageError(f"{path}: the ending {ending or '(none)'} is not known for {what}. Known are {known}.")
    return found


@contextmanager
def mappable(file: IO[bytes], name: str, limit: int, head: bytes = b"") -> Iterator[IO[bytes]]:
    """The file itself where it can be mapped; what comes through a pipe or is decompressed, as a temporary file.

    Closed, that file lives on in the arrays that are mapped from it. `head` is what was already read of the file.
    """
    is_packed = hasattr(file, "mtime")
    if _is_regular(file) and not is_packed and not head:
        yield file
        return
    from tempfile import TemporaryFile

    with TemporaryFile() as spool:
        for piece in chain([head], pieces(file)):
            if is_packed and spool.tell() + len(piece) > limit:
                raise DataError(too_much(limit), name)
            spool.write(piece)
        spool.seek(0)
        yield spool


def _is_regular(file: Any) -> bool:
    try:
        return stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    except (OSError, AttributeError, ValueError):
        return False


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a file, as many at a time as still fit the cache."""
    return iter(partial(file.read, PIECE), b"")


def whole(pieces: Iterable[bytes], limit: int, between: bytes = b"") -> bytes:
    """All bytes of a text."""
    found: list[bytes] = []
    size = 0
    for piece in pieces:
        found.append(piece)
        size += len(piece) + len(between)
        if size > limit // TEXT_SHARE:
            raise DataError(too_large("a text", limit))
    return between.join(found)


def lowered(error: object) -> str:
    """What a library says is wrong, to stand within a sentence."""
    text = str(error).rstrip(".")
    return text[:1].lower() + text[1:]


def too_large(what: str, limit: int) -> str:
    """What is wrong with a document that memory may not hold."""
    most = limit // TEXT_SHARE
    return (
        f"{what} of more than {most:,} bytes. Store it as .npy or .npz, cut it into lines of .jsonl, "
        f"or allow more with --max-size {2 * limit >> 30 or 1}G."
    )


def too_much(limit: int) -> str:
    """What is wrong with an archive that would fill the disk or the memory."""
    return f"unpacks to more than {limit:,} bytes. If it is to be trusted, allow more with --max-size."


def decoded(text: bytes) -> str:
    """The text that UTF-8 bytes are, without a byte order mark."""
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wide = text[:2] in (b"\xff\xfe", b"\xfe\xff")
        hint = " It looks like UTF-16: convert it with iconv -f UTF-16 -t UTF-8." if wide else ""
        raise DataError(f"byte {error.start} is not UTF-8.{hint}") from None
