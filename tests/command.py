"""The installed program, run as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = str(Path(sys.executable).parent / "losscli")
HIDING = ("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "FORCE_COLOR", "GITHUB_ACTIONS", "COLUMNS", "LOSSCLI_DEBUG")
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in HIDING}


def run(*args: str, stdin: str | bytes | None = None, cwd: Any = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `losscli args`; without `stdin` it is empty."""
    text = stdin.encode() if isinstance(stdin, str) else stdin or b""
    done = subprocess.run(
        [PROGRAM, *args], input=text, capture_output=True, cwd=cwd, env=ENVIRONMENT | env, timeout=120, check=False
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace")
    )


DOUBT = "look like probabilities"  # the logits of many a tutorial do


def output(*args: str, stdin: str | bytes | None = None, cwd: Any = None, **env: str) -> str:
    """What it prints, when it succeeds without a word on standard error."""
    done = run(*args, stdin=stdin, cwd=cwd, **env)
    told = [line for line in done.stderr.splitlines() if DOUBT not in line]
    assert (done.returncode, told) == (0, []), done
    return done.stdout
