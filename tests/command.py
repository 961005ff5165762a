"""losscli run as a user runs it: the installed program, or the same command line in this process.

In this process it takes a hundredth of the time. The program itself is started where the process is what a test is
about: its streams, signals, memory and imports, a terminal, and what README says.
"""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from losscli.__main__ import run as run_here

PROGRAM = str(Path(sys.executable).parent / "losscli")
HIDING = (
    *("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "FORCE_COLOR", "COLUMNS", "LOSSCLI_DEBUG"),
    *("CI", "BUILD_NUMBER", "GITHUB_ACTIONS"),  # under the first two, pytest does not cut the lines of its summary
)
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in HIDING}
DOUBT = "look like probabilities"  # the logits of many a tutorial do


class Done(NamedTuple):
    """How a run ended."""

    returncode: int
    stdout: str
    stderr: str


def run_program(*args: str, stdin: str | bytes = b"", cwd: Any = None, **env: str) -> Done:
    """Run `losscli args` as a process; without `stdin` it is empty."""
    done = subprocess.run(
        [PROGRAM, *args],
        input=_bytes(stdin),
        capture_output=True,
        cwd=cwd,
        env=ENVIRONMENT | env,
        timeout=120,
        check=False,
    )
    return _done(done.returncode, done.stdout, done.stderr)


def run(*args: str, stdin: str | bytes = b"", cwd: Any = None, **env: str) -> Done:
    """Run `losscli args` in this process, which is left as it was; without `stdin` it is empty."""
    streams = [io.TextIOWrapper(io.BytesIO(given), "utf-8") for given in (_bytes(stdin), b"", b"")]
    for stream in streams[1:]:
        stream.reconfigure(errors="backslashreplace")  # as the program does with its own
    with (
        mock.patch.dict(os.environ, ENVIRONMENT | {"COLUMNS": "80"} | env, clear=True),
        mock.patch.multiple(sys, stdin=streams[0], stdout=streams[1], stderr=streams[2]),
        warnings.catch_warnings(),  # the program shows them in its own way
        contextlib.chdir(cwd or "."),
        _same_descriptor(1),
    ):
        code = run_here(args)
    for stream in streams:
        stream.flush()
    out, err = (stream.buffer.getvalue() for stream in streams[1:])
    return _done(code, out, err)


def output(*args: str, **more: Any) -> str:
    """What it prints, when it succeeds without a word on standard error."""
    done = run(*args, **more)
    told = [line for line in done.stderr.splitlines() if DOUBT not in line]
    assert (done.returncode, told) == (0, []), (args, done)
    return done.stdout


def words(line: str) -> list[str]:
    """The words of a command line; $'...' has the escapes that a shell knows."""
    return [w[1:].encode().decode("unicode_escape") if w.startswith("$") else w for w in shlex.split(line)]


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _done(code: int, out: bytes, err: bytes) -> Done:
    return Done(code, out.decode(), err.decode(errors="replace"))


@contextlib.contextmanager
def _same_descriptor(number: int) -> Iterator[None]:
    """Bring a descriptor back: where its output fails, the program sends what is left of it to nowhere."""
    kept = os.dup(number)
    try:
        yield
    finally:
        os.dup2(kept, number)
        os.close(kept)
