"""Progress on standard error: a bar when that is a terminal and the work takes over a second.

The work itself only counts; a thread looks at the counts ten times a second, and imports Rich when a second has passed.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, TypeVar

from losscli.terminal.signals import tidied

if TYPE_CHECKING:
    from losscli.documents import Item

PATIENCE = 1.0  # seconds before the bar appears
LARGE = 1 << 25  # bytes of arrays whose blocks are counted

_T = TypeVar("_T")


@dataclass
class Work:
    """How far a run is: bytes of the arrays or of the file at hand, and documents."""

    done: int = 0
    size: int = 0
    documents: int = 0
    file: IO[bytes] | None = None
    file_size: int = 0

    def bytes(self) -> tuple[int, int]:
        """How many are done, and of how many; 0 where nobody knows."""
        if self.size:
            return self.done, self.size
        if self.file is not None and self.file_size:
            try:
                return os.lseek(self.file.fileno(), 0, os.SEEK_CUR), self.file_size
            except (OSError, ValueError):  # closed in the meantime
                return self.file_size, self.file_size
        return 0, 0


WORK = Work()


def watched_blocks(blocks: Iterable[tuple[slice, ...]], rows: int, size: int) -> Iterator[tuple[slice, ...]]:
    """The blocks of arrays of some bytes; how many are done is noted where that takes time."""
    if size < LARGE:
        yield from blocks
        return
    WORK.done, WORK.size = 0, size
    for block in blocks:
        yield block
        WORK.done += size * math.prod(s.stop - s.start for s in block) // rows
    WORK.done = WORK.size = 0


def watched_documents(items: Iterable[Item]) -> Iterator[Item]:
    """The documents as they come; how many have passed is noted."""
    for item in items:
        yield item
        WORK.documents += 1 if isinstance(item, Exception) else len(item)


def at_file(file: IO[bytes]) -> None:
    """Say which file is read from now on."""
    found = os.fstat(file.fileno())
    WORK.file, WORK.file_size = file, found.st_size


@contextmanager
def bar(wanted: bool) -> Iterator[_Bar | None]:
    """A bar for the work within, if standard error is a terminal."""
    if not wanted or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    shown = _Bar()
    try:
        with tidied(shown.stop):
            yield shown
    finally:
        shown.stop()


class _Bar:
    def __init__(self) -> None:
        import threading

        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take the bar away, and the cursor is back."""
        self._ended.set()
        self._thread.join(2)

    def until_exhausted(self, results: Iterable[_T]) -> Iterator[_T]:
        """The results; the bar goes before they are shown."""
        yield from results
        self.stop()

    def _watch(self) -> None:
        if self._ended.wait(PATIENCE):
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task: Any = progress.add_task("", total=None)
            while not self._ended.wait(0.1):
                done, size = WORK.bytes()
                seconds = progress.tasks[0].elapsed or 1
                text = f"{done / 1e6:,.0f} of {size / 1e6:,.0f} MB" if size else ""
                if WORK.documents:
                    rate = WORK.documents / (seconds + PATIENCE)
                    text += f"{'   ' * bool(text)}{WORK.documents:,} documents, {rate:,.0f} a second"
                progress.update(task, completed=done, total=size or None, description=text)
