"""Large arrays: in process against PyTorch on the same threads, and whole processes that read a file."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import numpy as np

import losscli
from losscli.declare import AnyArray
from tests.benchmarks.measure import (
    LOSSCLI,
    TIMED,
    Target,
    agree,
    at_least,
    at_most,
    available_threads,
    faster,
    has,
    in_turns,
    megabytes,
    python,
    run,
    show,
    verdict,
)

PIECE = 4_000  # rows of a file that are made at once

TORCH_FROM_FILE = """
import sys, numpy, torch
logits, labels = (torch.from_numpy(numpy.load(path)) for path in sys.argv[1:])
print(torch.nn.functional.cross_entropy(logits, labels).item())
"""


@dataclass(frozen=True)
class Case:
    """One loss of one input, in both libraries; `other` is what PyTorch takes as long for as is counted."""

    name: str
    ours: Callable[[], float]
    others: dict[str, tuple[Callable[[], Any], Target | None]]


def main(quick: bool) -> None:
    if has("torch"):
        in_process(quick)
        from_file(quick)
    memory(quick)


def in_process(quick: bool) -> None:
    import torch

    threads = available_threads()
    torch.set_num_threads(threads)
    rows = []
    for make in (large, labels_as_probabilities, log_probs, maps, vocabulary, binary):
        case = make(10 if quick else 1, threads)
        for against, (other, _) in case.others.items():
            agree(f"{case.name} against {against}", case.ours(), float(other()), 1e-4 if "32" in against else 1e-12)
        times = in_turns({"": case.ours, **{n: f for n, (f, _) in case.others.items()}}, 3 if quick else 9)
        for against, (_, target) in case.others.items():
            rows.append(faster(case.name, f"PyTorch {against}", times[""], times[against], target))
    show(f"Arrays in process, {threads} threads each: times as fast as PyTorch", TIMED, rows)


def large(part: int, threads: int) -> Case:
    import torch
    from torch.nn.functional import cross_entropy

    logits, labels = normal((100_000 // part, 1_000)), indices(100_000 // part, 1_000)
    x, y = torch.from_numpy(logits), torch.from_numpy(labels)
    doubles = x.double()
    return Case(
        f"ce, {shape(logits)} float32",
        lambda: losscli.cross_entropy(logits, labels, threads=threads).mean,
        {
            "float32": (lambda: cross_entropy(x, y), at_least(1.3)),
            "float64": (lambda: cross_entropy(doubles, y), at_least(4)),
            "float64, converted on the way": (lambda: cross_entropy(x.double(), y), None),
        },
    )


def labels_as_probabilities(part: int, threads: int) -> Case:
    import torch
    from torch.nn.functional import cross_entropy

    logits, labels = normal((100_000 // part, 1_000)), np.abs(normal((100_000 // part, 1_000)))
    labels /= labels.sum(axis=1, keepdims=True)
    x, y = torch.from_numpy(logits), torch.from_numpy(labels)
    return Case(
        f"ce, soft labels, {shape(logits)}",
        lambda: losscli.cross_entropy(logits, labels, threads=threads).mean,
        {"float32": (lambda: cross_entropy(x, y), at_least(1))},
    )


def log_probs(part: int, threads: int) -> Case:
    import torch
    from torch.nn.functional import nll_loss

    scores, labels = -np.abs(normal((100_000 // part, 1_000))), indices(100_000 // part, 1_000)
    x, y = torch.from_numpy(scores), torch.from_numpy(labels)
    return Case(
        f"nll, {shape(scores)}",
        lambda: losscli.negative_log_likelihood(scores, labels, threads=threads).mean,
        {"float32": (lambda: nll_loss(x, y), at_least(1))},
    )


def maps(part: int, threads: int) -> Case:
    import torch
    from torch.nn.functional import cross_entropy

    side = 512 if part == 1 else 160
    logits = normal((8, 21, side, side))
    labels = indices(8 * side * side, 21).reshape(8, side, side)
    x, y = torch.from_numpy(logits), torch.from_numpy(labels)
    return Case(
        f"ce, {shape(logits)}",
        lambda: losscli.cross_entropy(logits, labels, threads=threads).mean,
        {"float32": (lambda: cross_entropy(x, y), at_least(1))},
    )


def vocabulary(part: int, threads: int) -> Case:
    import torch
    from torch.nn.functional import cross_entropy

    logits, labels = normal((2_000 // part, 128_000)), indices(2_000 // part, 128_000)
    x, y = torch.from_numpy(logits), torch.from_numpy(labels)
    return Case(
        f"ce, {shape(logits)}",
        lambda: losscli.cross_entropy(logits, labels, threads=threads).mean,
        {"float32": (lambda: cross_entropy(x, y), at_least(1))},
    )


def binary(part: int, threads: int) -> Case:
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    logits = normal((100_000_000 // part,))
    labels = (logits < np.roll(logits, 1)).astype(np.float32)
    x, y = torch.from_numpy(logits), torch.from_numpy(labels)
    return Case(
        f"bce-logits, {logits.size:,} elements",
        lambda: losscli.binary_cross_entropy_with_logits(logits, labels, threads=threads).mean,
        {"float32": (lambda: binary_cross_entropy_with_logits(x, y), at_least(1))},
    )


def from_file(quick: bool) -> None:
    """The losscli command against a PyTorch script that loads the same file."""
    with TemporaryDirectory() as folder:
        rows = 10_000 if quick else 100_000
        logits, labels = f"{folder}/logits.npy", f"{folder}/labels.npy"
        write_npy(Path(logits), rows)
        np.save(labels, indices(rows, 1_000))
        ours = partial(run, LOSSCLI, "ce", "--logits", f"@{logits}", "--labels", f"@{labels}", "-q")
        other = partial(run, *python(TORCH_FROM_FILE, logits, labels))
        mine, theirs = ours(), other()
        agree("ce from a file", float(mine.output), float(theirs.output), 1e-4)
        times = in_turns({"ours": ours, "other": other}, 2 if quick else 7)
        what, against = f"ce, {rows:,} x 1,000 float32 .npy", "import torch; numpy.load"
        row = faster(what, against, times["ours"], times["other"], at_least(5))
        show("Arrays from a file, whole processes: times as fast as the other", TIMED, [row])
        ratio = mine.peak / theirs.peak
        cells = (what, against, megabytes(mine.peak), megabytes(theirs.peak), f"{ratio:.2f}")
        header = ("what", "against", "losscli", "other", "ratio", "target", "")
        show("Arrays from a file: peak memory over the other's", header, [(*cells, *verdict(ratio, at_most(0.2)))])


def memory(quick: bool) -> None:
    """Peak memory for files that are much larger."""
    rows = []
    for make, size in ((npy, 4e9), (npz, 1e9), (safetensors, 1e9)):
        with TemporaryDirectory() as folder:
            arguments, size = make(Path(folder), size / (20 if quick else 1))
            done = run(LOSSCLI, "ce", *arguments, "-q")
        cells = (
            f"{make.__name__}, {megabytes(size)}",
            f"{done.seconds:.2f} s",
            f"{size / done.seconds / 1e9:.2f} GB/s",
        )
        rows.append((*cells, megabytes(done.peak), *verdict(done.peak / 1e6, at_most(200))))
    show("Arrays from a file: peak memory", ("what", "time", "rate", "peak", "target", ""), rows)


def npy(folder: Path, size: float) -> tuple[list[str], float]:
    path, rows = folder / "logits.npy", int(size) // 4_000
    write_npy(path, rows)
    np.save(folder / "labels.npy", indices(rows, 1_000))
    return ["--logits", f"@{path}", "--labels", f"@{folder / 'labels.npy'}"], path.stat().st_size


def npz(folder: Path, size: float) -> tuple[list[str], float]:
    path, rows = folder / "batch.npz", int(size) // 4_000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        with archive.open("labels.npy", "w") as file:
            np.lib.format.write_array(file, indices(rows, 1_000))
        with archive.open("logits.npy", "w", force_zip64=True) as file:
            write_array(file, rows)
    return [str(path)], path.stat().st_size


def safetensors(folder: Path, size: float) -> tuple[list[str], float]:
    """bfloat16: the upper halves of float32."""
    path, rows = folder / "batch.safetensors", int(size) // 2_000
    labels = indices(rows, 1_000)
    end = rows * 2_000
    about = {
        "logits": {"dtype": "BF16", "shape": [rows, 1_000], "data_offsets": [0, end]},
        "labels": {"dtype": "I64", "shape": [rows], "data_offsets": [end, end + labels.nbytes]},
    }
    header = json.dumps(about).encode()
    header += b" " * (-len(header) % 8)
    with path.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        for piece in pieces(rows):
            file.write((piece.view(np.uint32) >> 16).astype(np.uint16).tobytes())
        file.write(labels.tobytes())
    return [str(path)], path.stat().st_size


def write_npy(path: Path, rows: int) -> None:
    with path.open("wb") as file:
        write_array(file, rows)


def write_array(file: IO[bytes], rows: int) -> None:
    """An array of (rows, 1000) float32, a piece at a time."""
    header = {"descr": "<f4", "fortran_order": False, "shape": (rows, 1_000)}
    np.lib.format.write_array_header_1_0(file, header)
    for piece in pieces(rows):
        file.write(piece.tobytes())


def pieces(rows: int) -> Iterator[AnyArray]:
    """Rows of 1000 float32, the same few over and over."""
    piece = normal((PIECE, 1_000))
    for start in range(0, rows, PIECE):
        yield piece[: rows - start]


def normal(shape: tuple[int, ...]) -> AnyArray:
    return np.random.default_rng(0).standard_normal(shape, np.float32)


def indices(rows: int, classes: int) -> AnyArray:
    return np.random.default_rng(1).integers(0, classes, rows)


def shape(a: AnyArray) -> str:
    return " x ".join(f"{n:,}" for n in a.shape)
