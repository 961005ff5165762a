"""Work on blocks, on threads, in the order of the blocks."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from typing import TypeVar

import numpy as np

_S = TypeVar("_S")
_T = TypeVar("_T")

GROUP = 8  # blocks that a thread takes at a time: handing over costs as much as a small block


def in_order(work: Callable[[_S], _T], blocks: Iterable[_S], threads: int | None = None) -> Iterator[_T]:
    """The work on each block, several at a time, in the order of the blocks and only a few ahead."""
    threads = threads or available_threads()
    blocks = iter(blocks)
    _keep_freed_memory()
    if threads == 1:
        yield from map(work, blocks)
        return
    from concurrent.futures import Future, ThreadPoolExecutor

    def several(group: list[_S]) -> list[_T]:
        return [work(block) for block in group]

    with ThreadPoolExecutor(threads) as pool:
        pending: deque[Future[list[_T]]] = deque()
        try:
            while group := list(islice(blocks, GROUP)):
                pending.append(pool.submit(several, group))
                if len(pending) > 2 * threads:
                    yield from pending.popleft().result()
            while pending:
                yield from pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()


@cache
def _keep_freed_memory() -> None:
    """Make the C library hold on to freed blocks, once, before many of them are computed.

    glibc gives each freed block of our size back to the system and faults its pages in again for the next one, which
    costs more than the computing. It raises that threshold to the largest block that it has seen freed.
    """
    np.empty(31 << 20, np.uint8)


def available_threads() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1
