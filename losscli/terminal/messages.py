"""What goes to standard error: errors and warnings, one line each, and never a control character of somebody's data."""

from __future__ import annotations

import re
import sys
import warnings
from contextlib import suppress
from typing import Any

from losscli.errors import DataError, LosscliWarning

JOINERS = "\u200c\u200d"  # between letters of many scripts and between emoji: they draw nothing and command nothing
LONGEST = 60


def printable(text: str) -> str:
    """The text with every control and bidirectional character escaped: somebody's data cannot command the terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in JOINERS else c.encode("unicode_escape").decode() for c in text)


def shortened(text: str) -> str:
    """Somebody's text in a message: its middle is left out where it is long."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 20]}...{text[-10:]}"


def quoted(text: str) -> str:
    """Somebody's text in a message, in quotes."""
    return repr(shortened(text))


def complain(message: str) -> None:
    """Write one line to standard error. Where even that fails, the exit code has to do."""
    with suppress(OSError, ValueError):
        print(f"losscli: {printable(message)}", file=sys.stderr, flush=True)


def show_warnings(strict: bool = False) -> None:
    """Send warnings to standard error, and of those that differ only in numbers the first; strict makes them errors."""
    told: set[str] = set()

    def show(message: Any, category: type[Warning], *_: Any, **__: Any) -> None:
        ours = isinstance(message, LosscliWarning)
        text, place = (message.message, message.place) if ours else (str(message), "")
        if strict and ours:
            raise DataError(f"{text} (a warning without --strict)", place)
        key = re.sub(r"\d+", "0", text)
        if key not in told:
            told.add(key)
            complain(f"warning: {place}: {text}" if place else f"warning: {text}")

    warnings.showwarning = show
    warnings.simplefilter("always", LosscliWarning)
