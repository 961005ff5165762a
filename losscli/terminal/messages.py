"""What goes to standard error: errors and warnings, a line each, and no control character from somebody's data."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from contextlib import suppress

from losscli.errors import LosscliWarning
from losscli.text import printable


def complain(message: str) -> None:
    """Write one line to standard error. Where even that fails, the exit code has to do."""
    with suppress(OSError, ValueError):
        print(f"losscli: {printable(message)}", file=sys.stderr, flush=True)


class Warnings:
    """Writes warnings to standard error: of those that differ only in numbers, the first."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def __call__(self, warnings: Iterable[LosscliWarning]) -> None:
        for warning in warnings:
            key = re.sub(r"\d+", "0", warning.message)
            if key not in self._told:
                self._told.add(key)
                complain(f"warning: {warning}")
