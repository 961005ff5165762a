"""JSON Lines: whole processes, against scripts and engines that read the same file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.benchmarks.measure import (
    LOSSCLI,
    TIMED,
    Run,
    Target,
    agree,
    at_least,
    at_most,
    faster,
    has,
    in_turns,
    megabytes,
    python,
    run,
    show,
    verdict,
)

TORCH = """
import sys, torch
from {json} import loads
total = rows = 0
with open(sys.argv[1], "rb") as file:
    for line in file:
        batch = loads(line)
        logits, labels = torch.tensor(batch["logits"]), torch.tensor(batch["labels"])
        total += torch.nn.functional.cross_entropy(logits, labels, reduction="sum").item()
        rows += len(labels)
print(total / rows)
"""
ORJSON = """
import sys, orjson
with open(sys.argv[1], "rb") as file:
    for line in file:
        orjson.loads(line)
"""
DUCKDB = """
import sys, duckdb
print(duckdb.sql(f'''
    select avg(
        ln(list_sum(list_transform(logits, lambda x: exp(x - list_max(logits))))) + list_max(logits) - logits[label + 1]
    )
    from read_json('{sys.argv[1]}', format = 'newline_delimited', columns = {{logits: 'double[]', label: 'bigint'}})
''').fetchall()[0][0])
"""
POLARS = """
import sys, polars
schema = {"logits": polars.List(polars.Float64), "label": polars.Int64}
z, x = polars.col("logits"), polars.element()
lse = z.list.eval((x - x.max()).exp().sum().log() + x.max()).list.first()
nll = lse - z.list.get(polars.col("label"))
print(polars.scan_ndjson(sys.argv[1], schema=schema).select(nll.mean()).collect(engine="streaming").item())
"""


def main(quick: bool) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "batches.jsonl"
        write(path, large_lines(500 if quick else 10_000))
        large(str(path), 2 if quick else 5)
        memory("10 x 100 floats a line", path)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "samples.jsonl"
        count = 50_000 if quick else 1_000_000
        write(path, small_lines(count))
        small(str(path), count, 2 if quick else 5)
        memory("5 floats a line", path)


def large(path: str, rounds: int) -> None:
    others: dict[str, tuple[tuple[str, ...], Target | None]] = {}
    if has("torch"):
        others["json + PyTorch"] = python(TORCH.format(json="json"), path), at_least(2.5)
        others["orjson + PyTorch"] = python(TORCH.format(json="orjson"), path), None
    compare("10 x 100 floats a line, -q", (LOSSCLI, "ce", path, "-q"), others, rounds)


def small(path: str, count: int, rounds: int) -> None:
    loop = python(ORJSON, path)
    total, each = (LOSSCLI, "ce", path, "-q"), (LOSSCLI, "ce", path, "--format", "jsonl")
    times = in_turns(
        {"loop": partial(run, *loop), "total": partial(run, *total), "each": partial(run, *each, discard=True)}, rounds
    )
    against = "for line in file: orjson.loads(line)"
    rows = [
        faster("5 floats a line, -q", against, times["total"], times["loop"], at_least(0.35)),
        faster("5 floats a line, --format jsonl", against, times["each"], times["loop"], at_least(0.2)),
    ]
    show("Streams, whole processes: lines a second over the other's", TIMED, rows)
    rates = (
        f"{name} {count / times[key].least:,.0f}"
        for name, key in (("-q", "total"), ("jsonl", "each"), ("loop", "loop"))
    )
    print(f"  lines a second: {', '.join(rates)}")
    engines: dict[str, tuple[tuple[str, ...], Target | None]] = {}
    if has("duckdb"):
        engines["DuckDB, all cores"] = python(DUCKDB, path), None
    if has("polars"):
        engines["polars, all cores"] = python(POLARS, path), None
    compare("5 floats a line, -q", total, engines, rounds)


def compare(
    what: str, ours: tuple[str, ...], others: dict[str, tuple[tuple[str, ...], Target | None]], rounds: int
) -> None:
    """losscli against other programs that print the same mean."""
    mine = run(*ours)
    peaks = []
    for against, (command, _) in others.items():
        other = run(*command)
        agree(f"{what} against {against}", float(mine.output), float(other.output), 1e-6)
        peaks.append(f"{against} {megabytes(other.peak)}")
    subjects: dict[str, Callable[[], Run]] = {"": partial(run, *ours)}
    subjects |= {against: partial(run, *command) for against, (command, _) in others.items()}
    times = in_turns(subjects, rounds)
    rows = [faster(what, against, times[""], times[against], target) for against, (_, target) in others.items()]
    show("Streams, whole processes: times as fast as the other", TIMED, rows)
    print(f"  peak memory: losscli {megabytes(mine.peak)}, {', '.join(peaks)}")


def memory(what: str, path: Path) -> None:
    """Peak memory for the file and for four times the file."""
    longer = path.with_name("longer.jsonl")
    text = path.read_bytes()
    with longer.open("wb") as file:
        for _ in range(4):
            file.write(text)
    del text
    rows = []
    for options in (("-q",), ("--format", "jsonl")):
        once, four = (run(LOSSCLI, "ce", str(p), *options, discard=True).peak for p in (path, longer))
        sizes = f"{megabytes(path.stat().st_size)} and four times that"
        peaks = f"{megabytes(once)} and {megabytes(four)}"
        rows.append((f"{what}, {' '.join(options)}", sizes, peaks, *verdict(four / 1e6, at_most(100))))
        rows.append(("", "", f"{four / once:.2f}", *verdict(four / once, at_most(1.1))))
    show(
        "Streams: peak memory in MB, and that of four times the file over that of the file",
        ("what", "file", "peak", "target", ""),
        rows,
    )
    longer.unlink()


def write(path: Path, documents: Iterable[dict[str, object]]) -> None:
    with path.open("w") as file:
        file.writelines(json.dumps(document) + "\n" for document in documents)


def large_lines(count: int) -> Iterator[dict[str, object]]:
    """Batches of 10 rows of 100 classes, as a script writes them that has float32."""
    rng = np.random.default_rng(0)
    for _ in range(count):
        logits, labels = rng.standard_normal((10, 100), np.float32), rng.integers(0, 100, 10)
        yield {"logits": logits.tolist(), "labels": labels.tolist()}


def small_lines(count: int) -> Iterator[dict[str, object]]:
    """Samples of 5 classes, rounded to four digits."""
    rng = np.random.default_rng(0)
    logits, labels = rng.standard_normal((count, 5)).round(4).tolist(), rng.integers(0, 5, count).tolist()
    for z, y in zip(logits, labels, strict=True):
        yield {"logits": z, "label": y}
