"""What goes to standard error: notes and warnings, once each, and never a control character of somebody's data."""

from __future__ import annotations

import sys
import warnings
from typing import Any

from losscli.errors import LosscliWarning


def printable(text: str) -> str:
    """The text with every control and bidirectional character escaped: a file's name cannot command the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def show_warnings(strict: bool = False) -> None:
    """Send warnings to standard error, one line each and each once; strict makes them errors."""
    told: set[str] = set()

    def show(message: Any, category: type[Warning], *_: Any, **__: Any) -> None:
        text = f"losscli: warning: {printable(str(message))}"
        if text not in told:
            told.add(text)
            print(text, file=sys.stderr)

    warnings.showwarning = show
    warnings.simplefilter("error" if strict else "always", LosscliWarning)
