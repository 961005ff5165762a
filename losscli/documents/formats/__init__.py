"""Input formats, one a file: bytes to documents.

A module of this folder has `documents(file, name, limit)`, which yields documents as they become available, or
`array(file, name, limit)`, which makes the one array of an `@file`, or both. Its first line names the endings. `limit`
is how many bytes one document may take, unpacked.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import IO, Any

from losscli.catalogue import entries, find
from losscli.documents import Item
from losscli.errors import DataError, FileError, UsageError
from losscli.terminal.progress import at_file

PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt")
LIMIT = 4 << 30
TEXT_SHARE = 16  # of the limit, for numbers take so much more room in memory than as text
PIECE = 1 << 18  # bytes at a time: what they hold as lists still fits the cache


def documents(path: str, limit: int = LIMIT) -> Iterator[Item]:
    """The documents of a file; `-` is standard input. What is wrong with one of them is kept in it, in its place."""
    name = "standard input" if path == "-" else path
    try:
        if path == "-":
            with reading(name):
                yield from find_module("jsonl").lines_or_text(standard_input(), name, limit)
        elif _is_unnamed_stream(path):
            with opened(path) as file:
                yield from find_module("jsonl").lines_or_text(file, path, limit)
        else:
            module = _module_for(path, "documents")
            with opened(path) as file:
                yield from module.documents(file, path, limit)
    except DataError as error:
        yield error.at(name)


def array(path: str, limit: int = LIMIT) -> Any:
    """The array that a file holds; `-` is standard input."""
    name = "standard input" if path == "-" else path
    try:
        if path == "-":
            with reading(name):
                return find_module("txt").array(standard_input(), name, limit)
        module = find_module("txt") if _is_unnamed_stream(path) else _module_for(path, "array")
        with opened(path) as file:
            return module.array(file, path, limit)
    except DataError as error:
        raise error.at(name) from None


def find_module(ending: str) -> Any:
    entry = find("documents/formats", ending)
    assert entry is not None
    return entry.module()


@contextmanager
def opened(path: str) -> Iterator[IO[bytes]]:
    """The file, unpacked on the way where it ends in .gz."""
    with reading(path), open(path, "rb") as file:
        at_file(file)
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


@contextmanager
def reading(place: str) -> Iterator[None]:
    """What the system says of a file becomes a message."""
    try:
        yield
    except IsADirectoryError:
        raise FileError("a directory, but a file was expected.", place) from None
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"{error.strerror or error}.", place) from None


def standard_input() -> IO[bytes]:
    if sys.stdin is None or sys.stdin.closed:
        raise FileError("standard input is closed.")
    return sys.stdin.buffer


def _is_unnamed_stream(path: str) -> bool:
    """A pipe without an ending, such as the shell's <(command): read as standard input is."""
    if PurePath(path).suffix:
        return False
    try:
        return not stat.S_ISREG(mode := os.stat(path).st_mode) and not stat.S_ISDIR(mode)
    except (OSError, ValueError):
        return False


def _module_for(path: str, role: str) -> Any:
    """The module whose ending the path has and that gives documents or an array, as the role asks."""
    name = PurePath(path).name.lower()
    ending = PurePath(name.removesuffix(".gz")).suffix
    if ending in PICKLES:
        raise UsageError(
            f"{path} is a pickle, which can run any code when it is read. Convert it where it was made: "
            "numpy.savez('batch.npz', logits=logits.numpy(), labels=labels.numpy())"
        )
    entry = find("documents/formats", ending.removeprefix(".")) if ending else None
    module = entry.module() if entry else None
    if module is None or not hasattr(module, role):
        known = " ".join(f".{n}" for e in entries("documents/formats") for n in e.names if hasattr(e.module(), role))
        what = "a document" if role == "documents" else "one array"
        raise UsageError(f"{path}: the ending {ending or '(none)'} is not known for {what}. Known are {known}.")
    return module


def is_regular(file: IO[bytes]) -> bool:
    """Whether the file can be mapped: no pipe, nothing unpacked on the way."""
    try:
        return stat.S_ISREG(os.fstat(file.fileno()).st_mode) and not is_packed(file)
    except (OSError, AttributeError, ValueError):
        return False


def is_packed(file: IO[bytes]) -> bool:
    """Whether the file is unpacked on the way."""
    return hasattr(file, "mtime")


def whole(file: IO[bytes], limit: int) -> bytes:
    """All bytes of a text."""
    pieces: list[bytes] = []
    size = 0
    while piece := file.read(PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > limit // TEXT_SHARE:
            raise DataError(too_large("a text", limit))
    return b"".join(pieces)


def lowered(error: Exception) -> str:
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


def decoded(text: bytes) -> str:
    """The text that UTF-8 bytes are, without a byte order mark."""
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wide = text[:2] in (b"\xff\xfe", b"\xfe\xff")
        hint = " It looks like UTF-16: convert it with iconv -f UTF-16 -t UTF-8." if wide else ""
        raise DataError(f"byte {error.start} is not UTF-8.{hint}") from None
