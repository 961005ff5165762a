"""Mapped files: how they are read, when what was read is let go, and whether they stay what they were meanwhile."""

from __future__ import annotations

import math
import mmap
import os
from collections.abc import Iterable
from typing import IO, Any
from weakref import WeakSet, finalize

import numpy as np

from losscli.declare import AnyArray
from losscli.errors import FileError
from losscli.terminal.signals import at_lost_pages

TOGETHER = 65_536  # bytes side by side from which on a file is read through its map
CALL = 16_384  # bytes that could be read in the time that a call takes


class _Mapped(mmap.mmap):
    """A part of a file, and what the file was when it was mapped."""

    name: str
    path: str | bytes | int
    state: tuple[int, ...]
    file: int  # a descriptor of our own
    offset: int  # of the map in the file, less the address that it has in memory

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
    numbers = np.frombuffer(part, dtype, n, skip)
    part.file, part.offset = os.dup(file.fileno()), start - _address(numbers)
    finalize(part, os.close, part.file)
    _MAPPED.add(part)
    return numbers.reshape(shape, order=order)


def refuse_changed() -> None:
    """Raise if a file that is mapped has been written to since: a number may come of half of the old and the new."""
    for part in _MAPPED:
        if part.has_changed():
            raise FileError(_CHANGED, part.name)


def release(arrays: Iterable[AnyArray]) -> None:
    """Let go of the pages that were read, where the system listens (not Windows)."""
    for part in filter(None, map(_map_below, arrays)):
        if hasattr(mmap, "MADV_DONTNEED"):
            part.madvise(mmap.MADV_DONTNEED)


def read(a: AnyArray) -> AnyArray:
    """A part of an array; where it lies in short runs all over a file, a copy of it.

    The system maps up to two megabytes around each byte that is asked for, so that a few rows of a file in Fortran's
    order would map all of it. What is read without a map is not counted as ours.
    """
    part, numbers = _map_below(a), a.squeeze()
    order = np.argsort(numbers.strides)[::-1]  # the axes as the file has them
    numbers = numbers.transpose(order)
    shape, strides = numbers.shape, numbers.strides
    # from the first to the last byte of a slice of the axes from each one on
    spans = [
        sum((n - 1) * stride for n, stride in zip(shape[i:], strides[i:], strict=True)) + a.itemsize
        for i in range(numbers.ndim + 1)
    ]
    if part is None or spans[0] < 2 * a.nbytes or min(strides) <= 0 or not hasattr(os, "preadv"):  # Windows has none
        return a
    split = min(range(1, len(spans)), key=lambda i: math.prod(shape[:i]) * (CALL + spans[i]))
    if spans[split] >= TOGETHER:
        return a
    slice_, copy = bytearray(spans[split]), np.empty((math.prod(shape[:split]), *shape[split:]), a.dtype)
    numbers_of_slice: AnyArray = np.ndarray(shape[split:], a.dtype, slice_, strides=strides[split:])
    starts = np.array(_address(numbers) + part.offset)
    for n, stride in zip(shape[:split], strides[:split], strict=True):
        starts = np.add.outer(starts, np.arange(n) * stride)
    for i, start in enumerate(starts.ravel().tolist()):
        if os.preadv(part.file, [slice_], start) < len(slice_):
            raise FileError(_CHANGED, part.name)
        copy[i] = numbers_of_slice
    return copy.reshape(shape).transpose(np.argsort(order)).reshape(a.shape)


_CHANGED = "somebody has changed the file while it was read. Run losscli again when it is written."


def _state(of: os.stat_result) -> tuple[int, ...]:
    return of.st_dev, of.st_ino, of.st_size, of.st_mtime_ns


def _lost() -> FileError:
    part = next((part for part in _MAPPED if part.has_changed()), None)
    return FileError(_CHANGED, "" if part is None else part.name)


def _address(a: AnyArray) -> int:
    """Where it lies in memory."""
    return a.__array_interface__["data"][0]


def _map_below(a: Any) -> _Mapped | None:
    """The map that an array is a view of, if it is of a file."""
    while a is not None and not isinstance(a, _Mapped):
        a = a.obj if isinstance(a, memoryview) else getattr(a, "base", None)
    return a
