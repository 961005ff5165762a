"""Signals: a run that one ends dies of it at once, as the shell expects, and leaves nothing half done.

No exception is thrown into the running code for it: that could strike anywhere, and a loop in the shell would go on.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from losscli.errors import LosscliError
from losscli.terminal.messages import complain

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE", "SIGQUIT", "SIGXCPU", "SIGXFSZ")
ENDING = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))

_TIDIES: list[Callable[[], object]] = []
_HANDLERS: list[object] = []  # what the C library calls must not be collected


@contextmanager
def tidied(tidy: Callable[[], object]) -> Iterator[None]:
    """However what is within ends, by a signal too, `tidy` is called: a draft removed, the cursor shown."""
    before = {number: signal.getsignal(number) for number in ENDING}

    def end(number: int, _: object) -> None:
        signal.signal(number, before[number])
        try:
            tidy()
        finally:
            os.kill(os.getpid(), number)

    _TIDIES.append(tidy)
    caught = [number for number, handler in before.items() if handler not in (signal.SIG_IGN, None)]
    for number in caught:
        signal.signal(number, end)
    try:
        yield
    finally:
        tidy()
        _TIDIES.remove(tidy)
        for number in caught:
            signal.signal(number, before[number])


@cache
def at_lost_pages(error: Callable[[], LosscliError]) -> None:
    """From now on, end with the error if somebody cuts a file that is mapped and that is being computed with.

    The system says so with SIGBUS. Python's own handlers wait for the interrupted loop of NumPy to end, which then
    never does; so the C library is told to call this one at once.
    """
    if not hasattr(signal, "SIGBUS"):  # Windows lets nobody cut such a file
        return
    import ctypes

    def end(_: int) -> None:
        found = error()
        try:
            for tidy in _TIDIES:
                tidy()
            complain(str(found))
        finally:
            os._exit(found.exit_code)

    handler = ctypes.CFUNCTYPE(None, ctypes.c_int)(end)
    _HANDLERS.append(handler)
    ctypes.CDLL(None).signal(int(signal.SIGBUS), handler)
