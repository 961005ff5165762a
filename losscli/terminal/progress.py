"""Progress on standard error: a bar when that is a terminal and the work takes over a second.

The work itself only counts; a thread looks at the counts ten times a second, and imports Rich when a second has passed.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, TypeVar

from losscli.terminal.signals import tidied

if TYPE_CHECKING:
    import threading

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


@contextmanager
def bar(wanted: bool) -> Iterator[Callable[[Iterator[_T]], Iterator[_T]]]:
    """A bar for the work within, if standard error is a terminal.

    What this gives passes results on, and takes the bar away after the last of them, before they are shown.
    """
    if not wanted or sys.stderr is None or not sys.stderr.isatty():
        yield iter
        return
    import threading

    ended = threading.Event()
    thread = threading.Thread(target=_watch, args=(ended,), daemon=True)
    thread.start()

    def stop() -> None:
        ended.set()
        thread.join(2)

    def until_exhausted(results: Iterator[_T]) -> Iterator[_T]:
        yield from results
        stop()

    with tidied(stop):
        yield until_exhausted


def _watch(ended: threading.Event) -> None:
    if ended.wait(PATIENCE):
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        while not ended.wait(0.1):
            done, size = WORK.bytes()
            seconds = progress.tasks[0].elapsed or 1
            text = f"{done / 1e6:,.0f} of {size / 1e6:,.0f} MB" if size else ""
            if WORK.documents:
                rate = WORK.documents / (seconds + PATIENCE)
                text += f"{'   ' * bool(text)}{WORK.documents:,} documents, {rate:,.0f} a second"
            progress.update(task, completed=done, total=size or None, description=text)
