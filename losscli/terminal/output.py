"""Where results go: standard output, or a file that takes its name only when all is written."""

from __future__ import annotations

import errno
import io
import os
import select
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from losscli.errors import file_errors
from losscli.terminal.signals import tidied


@contextmanager
def output(path: str | None) -> Iterator[TextIO]:
    """A text file to write to. Until all is written, what stood under the name of `path` stays as it was."""
    if path is None:
        yield sys.stdout
        return
    with file_errors(path):
        try:
            found = os.stat(path)
        except FileNotFoundError:
            found = None
            if path.endswith(("/", os.sep)):
                raise IsADirectoryError from None
        stream = next((n for n in (1, 2) if found is not None and os.path.samestat(found, os.fstat(n))), None)
        if stream is not None:  # /dev/stdout: what others have written there, or will, stays
            with _text(os.dup(stream)) as file:
                yield file
        elif found is None or stat.S_ISREG(found.st_mode):
            with _draft(Path(path).resolve(), found) as file:  # of a link, what it points to
                yield file
        else:  # a device or a pipe; a directory is refused
            with _text(os.open(path, os.O_WRONLY)) as file:
                yield file


def waiting(raw: io.RawIOBase, **more: Any) -> TextIO:
    """A text file to write any text to, that waits until its reader takes it."""
    return io.TextIOWrapper(io.BufferedWriter(_Waiting(raw)), errors="backslashreplace", **more)


class _Waiting(io.RawIOBase):
    """A file that waits for room where the system does not: another program may have made the pipe non-blocking."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._raw.isatty()

    def fileno(self) -> int:
        return self._raw.fileno()

    def write(self, text: Any, /) -> int:
        while (n := self._raw.write(text)) is None:
            select.select([], [self], [])
        return n

    def close(self) -> None:
        super().close()
        self._raw.close()


def _text(descriptor: int) -> TextIO:
    return waiting(io.FileIO(descriptor, "w"), encoding="utf-8")


@contextmanager
def _draft(target: Path, found: os.stat_result | None) -> Iterator[TextIO]:
    """A file that takes the place of the target; of one with other names, or of somebody else's, only the content."""
    import tempfile

    if found is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    mine = found is None or (found.st_nlink == 1 and found.st_uid == (os.geteuid() if hasattr(os, "geteuid") else 0))
    descriptor, name = tempfile.mkstemp(prefix=".losscli-", dir=target.parent if mine else None)
    draft = Path(name)
    with tidied(lambda: draft.unlink(missing_ok=True)):  # nothing is left of it once it has its name
        with _text(descriptor) as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        if mine:
            os.umask(mask := os.umask(0))  # the only way to ask for it
            draft.chmod(0o666 & ~mask if found is None else found.st_mode & 0o777)
            draft.replace(target)
        else:
            target.write_bytes(draft.read_bytes())
