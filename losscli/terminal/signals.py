"""Signals: a run that one ends dies of it at once, as the shell expects, and leaves nothing half done.

No exception is thrown into the running code for it: that could strike anywhere, and a loop in the shell would go on.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE", "SIGQUIT") if hasattr(signal, name)
)


def die_of_signals() -> None:
    """Undo what Python does about SIGINT (an exception) and SIGPIPE (an error of writing)."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a shell may have it ignored in a background job
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)


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
