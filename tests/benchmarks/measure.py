"""Turns taken, child processes measured, tables printed: what the benchmarks share. Nothing heavy is imported here."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

LOSSCLI = str(Path(sys.executable).with_name("losscli"))
MB = 1e6

# A process starts its life with the peak memory of the one that started it, and this one may hold a gigabyte of arrays:
# so a small one stands between. It also keeps its own start out of the time.
LAUNCHER = """
import os, sys, time
out, *command = sys.argv[1:]
target = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
start = time.perf_counter()
pid = os.posix_spawn(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, target, 1)])
_, status, usage = os.wait4(pid, 0)
print(time.perf_counter() - start, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
"""
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
# What the user's environment has for containers: one makes every write a system call, the other every start a compile
UNSET = ("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE")


@dataclass(frozen=True)
class Run:
    """A child process: its wall time, its peak resident memory in bytes, and what it wrote."""

    seconds: float
    peak: int
    output: str


def run(*command: str, discard: bool = False) -> Run:
    """Run a program to its end; `discard` sends its output to /dev/null."""
    with TemporaryDirectory() as folder:
        out = os.devnull if discard else f"{folder}/out"
        environment = {k: v for k, v in os.environ.items() if k not in UNSET}
        launcher = [sys.executable, "-I", "-S", "-c", LAUNCHER, out, *command]
        done = subprocess.run(launcher, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder, check=True)
        seconds, peak, code = done.stdout.split()
        if int(code):
            raise SystemExit(f"exit code {code} of {' '.join(command)[:300]}")
        output = "" if discard else Path(out).read_text("utf-8")
    return Run(float(seconds), int(peak) * MAXRSS_UNIT, output)


def python(script: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs a script with this Python."""
    return (sys.executable, "-c", script, *arguments)


@dataclass(frozen=True)
class Times:
    """The seconds of several runs of one subject."""

    seconds: tuple[float, ...]

    @property
    def least(self) -> float:
        return min(self.seconds)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def __str__(self) -> str:
        return f"{_short(self.least)} / {_short(self.median)}"


def in_turns(subjects: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Times]:
    """The times of subjects that take turns, after a first one that is not counted.

    A subject that returns a `Run` was timed where it ran.
    """
    seconds: dict[str, list[float]] = {name: [] for name in subjects}
    for number in range(rounds + 1):
        for name, subject in subjects.items():
            start = time.perf_counter()
            answer = subject()
            took = answer.seconds if isinstance(answer, Run) else time.perf_counter() - start
            if number:
                seconds[name].append(took)
    return {name: Times(tuple(each)) for name, each in seconds.items()}


@dataclass(frozen=True)
class Target:
    """What a ratio should be: `at least` so much, or `at most`."""

    words: str
    ratio: float

    def __str__(self) -> str:
        return f"{self.words} {self.ratio:g}"

    def verdict(self, ratio: float) -> str:
        return "met" if (ratio >= self.ratio if self.words == "at least" else ratio <= self.ratio) else "MISSED"


def at_least(ratio: float) -> Target:
    return Target("at least", ratio)


def at_most(ratio: float) -> Target:
    return Target("at most", ratio)


def verdict(ratio: float, target: Target | None) -> tuple[str, str]:
    """The last two cells of a row; without a target it is for information."""
    return (str(target), target.verdict(ratio)) if target else ("", "")


TIMED = ("what", "against", "losscli min / median", "other min / median", "ratio", "of turns", "target", "")


def faster(what: str, against: str, ours: Times, other: Times, target: Target | None) -> tuple[str, ...]:
    """A row of how many times as fast as the other losscli is."""
    ratio, of_turns = _ratios(other, ours)
    return (
        what,
        against,
        str(ours),
        str(other),
        f"{ratio:.2f} x",
        f"{of_turns:.2f} x",
        *verdict(ratio, target),
    )


def longer(what: str, against: str, ours: Times, other: Times, target: Target | None) -> tuple[str, ...]:
    """A row of how many times the other's time losscli takes."""
    ratio, of_turns = _ratios(ours, other)
    return (
        what,
        against,
        str(ours),
        str(other),
        f"{ratio:.2f}",
        f"{of_turns:.2f}",
        *verdict(ratio, target),
    )


def _ratios(above: Times, below: Times) -> tuple[float, float]:
    """The ratio of the fastest runs, and the median over the turns of the ratio within a turn."""
    of_turns = [a / b for a, b in zip(above.seconds, below.seconds, strict=True)]
    return above.least / below.least, statistics.median(of_turns)


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table."""
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    print(f"\n{title}")
    for row in (header, *rows):
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip(), flush=True)


def note(text: str) -> None:
    print(f"  {text}", flush=True)


def has(*packages: str) -> bool:
    """Whether packages are installed; says so when one is not."""
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        note(f"left out: {', '.join(missing)} not installed")
    return not missing


def agree(what: str, ours: float, other: float, tolerance: float) -> None:
    """Two answers to one question; a fast wrong one is no result."""
    if not abs(ours - other) <= tolerance * abs(other):
        raise SystemExit(f"{what}: losscli says {ours!r}, the other {other!r}")


def megabytes(size: float) -> str:
    return f"{size / MB:,.0f} MB"


def available_threads() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor() -> str:
    """The name of the processor, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _short(seconds: float) -> str:
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"
