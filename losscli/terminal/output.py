"""Where results go: standard output, or a file that takes its name only when all is written."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from losscli.errors import file_errors
from losscli.terminal.signals import tidied


@contextmanager
def output(path: str | None) -> Iterator[TextIO]:
    """A text file to write to. Until all is written, what stood under the name of `path` stays as it was."""
    if path is None:
        yield sys.stdout
        return
    target = Path(path)
    with file_errors(path):
        if target.is_file() or not target.exists():
            with _draft(target.resolve()) as file:  # of a link, what it points to
                yield file
        else:  # a device or a pipe; a directory is refused
            with target.open("w", encoding="utf-8", errors="backslashreplace") as file:
                yield file


@contextmanager
def _draft(target: Path) -> Iterator[TextIO]:
    import tempfile

    descriptor, name = tempfile.mkstemp(prefix=".losscli-", dir=target.parent)
    draft = Path(name)
    with tidied(lambda: draft.unlink(missing_ok=True)):  # nothing is left of it once it has its name
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        os.umask(mask := os.umask(0))  # the only way to ask for it
        draft.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~mask)
        draft.replace(target)
