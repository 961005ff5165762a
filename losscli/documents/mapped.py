"""Mapped files: how they are read, when what was read is let go, and whether they stay what they were meanwhile."""

from __future__ import annotations

import math
import mmap
import os
from collections.abc import Iterable
from typing import IO, Any
from weakref import WeakSet

import numpy as np

from losscli.declare import AnyArray
from losscli.errors import FileError
from losscli.terminal.signals import at_lost_pages

READ_AHEAD = 65_536  # bytes that the system maps around each one that is asked for


class _Mapped(mmap.mmap):
    """A part of a file, and what the file was when it was mapped."""

    name: str
    path: str | bytes | int
    state: tuple[int, ...]

    def has_changed(self) -> bool:
        """Whether somebody has written to the file; one that was replaced or removed lives on as it was."""
        try:
            now = _state(os.stat(self.path))
        except OSError:
            return False
        return now[:2] == self.state[:2] and now != self.state


_MAPPED: WeakSet[_Mapped] = WeakSet()


def array(file: IO[bytes], dtype: np.dtype[Any], shape: tuple[int, ...], start: int, order: Any, name: str) -> AnyArray:
    """The array, of some numbers at least, that stands at a place of a file, read as it is used."""
    at_lost_pages(_lost)
    skip = start % mmap.ALLOCATIONGRANULARITY
    n = math.prod(shape)
    part = _Mapped(file.fileno(), skip + n * dtype.itemsize, access=mmap.ACCESS_READ, offset=start - skip)
    part.name, part.path, part.state = name, file.name, _state(os.fstat(file.fileno()))
    _MAPPED.add(part)
    return np.frombuffer(part, dtype, n, skip).reshape(shape, order=order)


def refuse_changed() -> None:
    """Raise if a file that is mapped has been written to since: a number may come of half of the old and the new."""
    for part in _MAPPED:
        if part.has_changed():
            raise FileError(_CHANGED, part.name)


def release(arrays: Iterable[AnyArray]) -> None:
    """Let go of the pages that were read."""
    for a in arrays:
        _advise(a, "MADV_DONTNEED")


def read_scattered(a: AnyArray, run: int) -> None:
    """Switch off reading ahead for an array of which only `run` bytes that lie side by side are read at a time."""
    if run < READ_AHEAD:
        _advise(a, "MADV_RANDOM")


_CHANGED = "somebody has changed the file while it was read. Run losscli again when it is written."


def _state(of: os.stat_result) -> tuple[int, ...]:
    return of.st_dev, of.st_ino, of.st_size, of.st_mtime_ns


def _lost() -> FileError:
    part = next((part for part in _MAPPED if part.has_changed()), None)
    return FileError(_CHANGED, "" if part is None else part.name)


def _advise(a: Any, advice: str) -> None:
    """Tell the system how the file below an array is read, if there is one and the system listens (not Windows)."""
    while a is not None and not isinstance(a, mmap.mmap):
        a = a.obj if isinstance(a, memoryview) else getattr(a, "base", None)
    if a is not None and hasattr(mmap, advice):
        a.madvise(getattr(mmap, advice))
