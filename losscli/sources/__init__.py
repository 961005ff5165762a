"""Input formats, one a file: bytes to documents.

A module of this folder has `documents(file, name)`, which yields lists of documents as they become available, or
`array(file, name)`, which makes the one array of an `@file`, or both. Its first line names the endings.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any

from losscli.catalogue import entries, find
from losscli.errors import DataError, FileError, UsageError

PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt")


@dataclass(slots=True)
class Document:
    """The values of one batch, under the names that its source gives them, and where they stand."""

    values: dict[str, Any]
    source: str = ""
    line: int = 0
    id: Any = None
    by_column: bool = False  # each value is the column of a table

    @property
    def place(self) -> str:
        return f"{self.source}:{self.line}" if self.line else self.source


def documents(path: str) -> Iterator[list[Document]]:
    """The documents of a file; `-` is standard input, which holds JSON or JSON Lines."""
    if path == "-":
        yield from find_module("jsonl").lines_or_text(standard_input(), "standard input")
        return
    module = _module_for(path, "documents")
    with opened(path) as file:
        yield from module.documents(file, path)


def array(path: str) -> Any:
    """The array that a file holds; `-` is standard input."""
    if path == "-":
        return find_module("txt").array(standard_input(), "standard input")
    module = _module_for(path, "array")
    with opened(path) as file:
        return module.array(file, path)


def find_module(ending: str) -> Any:
    entry = find("sources", ending)
    assert entry is not None
    return entry.module()


@contextmanager
def opened(path: str) -> Iterator[IO[bytes]]:
    """The file, unpacked on the way where it ends in .gz; what the system says becomes a message."""
    try:
        with open(path, "rb") as file:
            if not path.endswith(".gz"):
                yield file
                return
            import gzip
            import zlib

            try:
                with gzip.open(file) as unpacked:
                    yield unpacked  # type: ignore[misc]  # a GzipFile is read as any binary file is
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise DataError(f"no whole gzip file: {error}.", path) from None
    except IsADirectoryError:
        raise FileError("a directory, but a file was expected.", path) from None
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"{error.strerror or error}.", path) from None


def standard_input() -> IO[bytes]:
    if sys.stdin is None or sys.stdin.closed:
        raise FileError("standard input is closed.")
    return sys.stdin.buffer


def _module_for(path: str, role: str) -> Any:
    """The module whose ending the path has and that gives documents or an array, as the role asks."""
    name = PurePath(path).name.lower()
    ending = PurePath(name.removesuffix(".gz")).suffix
    if ending in PICKLES:
        raise UsageError(
            f"{path} is a pickle, which can run any code when it is read. Convert it where it was made: "
            "numpy.savez('batch.npz', logits=logits.numpy(), labels=labels.numpy())"
        )
    entry = find("sources", ending.removeprefix(".")) if ending else None
    module = entry.module() if entry else None
    if module is None or not hasattr(module, role):
        known = " ".join(f".{n}" for e in entries("sources") for n in e.names if hasattr(e.module(), role))
        what = "a document" if role == "documents" else "one array"
        raise UsageError(f"{path}: the ending {ending or '(none)'} is not known for {what}. Known are {known}.")
    return module


def is_regular(file: IO[bytes]) -> bool:
    """Whether the file can be mapped: no pipe, nothing unpacked on the way."""
    try:
        return os.path.isfile(file.fileno()) and isinstance(file.name, str) and not hasattr(file, "mtime")
    except (OSError, AttributeError, ValueError):
        return False
