"""Signals: a run that one ends dies of it at once, as the shell expects, and leaves nothing half done.

No exception is thrown into the running code for it: that could strike anywhere, and a loop in the shell would go on.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE", "SIGQUIT", "SIGXCPU", "SIGXFSZ")
ENDING = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))


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

    caught = [number for number, handler in before.items() if handler not in (signal.SIG_IGN, None)]
    for number in caught:
        signal.signal(number, end)
    try:
        yield
    finally:
        tidy()
        for number in caught:
            signal.signal(number, before[number])
