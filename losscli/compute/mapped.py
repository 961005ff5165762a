"""Mapped files: how they are read, and when what was read is let go, so that they never fill the memory."""

from __future__ import annotations

import mmap
from collections.abc import Iterable
from typing import Any

from losscli.declare import AnyArray

READ_AHEAD = 65_536  # bytes that the system maps around each one that is asked for


def release(arrays: Iterable[AnyArray]) -> None:
    """Let go of the pages that were read."""
    for a in arrays:
        _advise(a, "MADV_DONTNEED")


def read_scattered(a: AnyArray, run: int) -> None:
    """Switch off reading ahead for an array of which only `run` bytes that lie side by side are read at a time."""
    if run < READ_AHEAD:
        _advise(a, "MADV_RANDOM")


def _advise(a: Any, advice: str) -> None:
    """Tell the system how the file below an array is read, if there is one and the system listens (not Windows)."""
    while a is not None and not isinstance(a, mmap.mmap):
        a = getattr(a, "base", None)
    if a is not None and hasattr(mmap, advice):
        a.madvise(getattr(mmap, advice))
