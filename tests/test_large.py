"""What is large stays out of memory: the peak of a run does not grow with its input."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import losscli
from losscli.documents.formats import array
from losscli.documents.mapped import read
from tests.command import ENVIRONMENT, PROGRAM, run, run_program

ROWS, CLASSES = 60_000, 500  # 120 MB of float32


# A child's peak counts from the memory of its parent, so a small process stands between.
MEASURE = (
    "import resource as r, subprocess as s, sys; s.run(sys.argv[1:], check=True); print(r.getrusage(-1).ru_maxrss)"
)


def peak(*command: str) -> tuple[float, float]:
    """The number that a command prints, and the most memory that a process of it took, in MB."""
    done = subprocess.run([sys.executable, "-c", MEASURE, *command], capture_output=True, env=ENVIRONMENT, check=True)
    number, kilobytes = done.stdout.split()
    return float(number), int(kilobytes) / 1024


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("large")
    rng = np.random.default_rng(1)
    logits, labels = rng.standard_normal((ROWS, CLASSES), np.float32), rng.integers(0, CLASSES, ROWS)
    np.save(folder / "labels.npy", labels)
    np.save(folder / "c.npy", logits)
    np.save(folder / "fortran.npy", np.asfortranarray(logits))
    np.save(folder / "classes_first.npy", np.ascontiguousarray(logits.T))
    np.savez(folder / "stored.npz", logits=logits, labels=labels)
    bits = (logits.view(np.uint32) >> 16).astype(np.uint16)
    header: dict[str, Any] = {
        "logits": {"dtype": "BF16", "shape": [ROWS, CLASSES], "data_offsets": [0, bits.nbytes]},
        "labels": {"dtype": "I64", "shape": [ROWS], "data_offsets": [bits.nbytes, bits.nbytes + labels.nbytes]},
    }
    text = json.dumps(header).encode()
    with (folder / "bf16.safetensors").open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        bits.tofile(file)
        labels.tofile(file)
    return folder, losscli.cross_entropy(logits, labels).mean


@pytest.mark.parametrize("form", ["c.npy", "fortran.npy", "classes_first.npy", "stored.npz", "bf16.safetensors"])
def test_a_file_of_logits_is_never_whole_in_memory(data: Any, form: str) -> None:
    folder, expected = data
    if form.endswith(".npy"):
        args = [PROGRAM, "ce", "--logits", f"@{folder / form}", "--labels", f"@{folder / 'labels.npy'}", "-q"]
        args += ["--class-axis=0"] * form.startswith("classes")
    else:
        args = [PROGRAM, "ce", str(folder / form), "-q"]
    number, most = peak(*args)
    if form.startswith("bf16"):
        assert number == pytest.approx(expected, rel=1e-3)
    else:
        assert number == expected
    # 160 without the release of mapped pages, or if Fortran's order were read through the map
    assert most < 130


def test_a_npy_file_through_a_pipe_is_never_whole_in_memory(data: Any) -> None:
    folder, expected = data
    command = f"cat {folder / 'c.npy'} | {PROGRAM} ce --logits - --labels @{folder / 'labels.npy'} -q"
    number, most = peak("bash", "-c", command)
    assert number == expected
    assert most < 130


def test_a_stream_takes_the_same_memory_however_long_it_is(tmp_path: Path) -> None:
    line = json.dumps({"logits": np.arange(1000.0).reshape(10, 100).tolist(), "labels": list(range(10))}) + "\n"
    peaks = []
    for lines in (1000, 8000):
        path = tmp_path / f"{lines}.jsonl"
        path.write_text(line * lines)
        peaks.append(peak(PROGRAM, "ce", str(path), "-q")[1])
    assert max(peaks) < 100
    assert peaks[1] < peaks[0] + 15


@pytest.mark.parametrize("ending", ["json", "csv", "names.json"])
def test_one_double_among_many_names_is_found_at_once(ending: str, tmp_path: Path) -> None:
    n = 40_000  # comparing each with each takes a minute
    names = [*(f"k{i}" for i in range(n)), f"k{n - 1}"]
    texts = {
        "json": "{" + ",".join(f'"{name}":1' for name in names) + "}",
        "csv": ",".join(names) + "\n" + ",".join("1" for _ in names) + "\n",
        "names.json": json.dumps({"logits": [0.0] * len(names), "label": 0, "class_names": names}),
    }
    (tmp_path / f"x.{ending}").write_text(texts[ending])
    start = time.process_time()
    done = run("ce", f"x.{ending}", cwd=tmp_path)
    assert done.returncode == 3
    assert f"'k{n - 1}'" in done.stderr
    assert time.process_time() - start < 5


@pytest.mark.parametrize("threads", ["1", "2", "16"])
def test_threads_do_not_change_a_bit(data: Any, threads: str) -> None:
    folder, expected = data
    args = ["--logits", f"@{folder / 'c.npy'}", "--labels", f"@{folder / 'labels.npy'}"]
    done = run_program("ce", *args, "-q", "--threads", threads)
    assert float(done.stdout) == expected


def test_the_layout_of_the_file_does_not_change_a_bit() -> None:
    rng = np.random.default_rng(2)
    maps, labels = rng.normal(size=(3, 7, 40, 50)), rng.integers(0, 7, (3, 40, 50))
    total = losscli.cross_entropy(maps, labels).total
    last = np.ascontiguousarray(np.moveaxis(maps, 1, -1))
    assert losscli.cross_entropy(last, labels).total == total
    assert losscli.cross_entropy(np.asfortranarray(maps), labels).total == total


@pytest.mark.parametrize("order", ["F", "C", (1, 3, 0, 2), (3, 0, 2, 1)])
@pytest.mark.parametrize("kind", [">f2", "<f4", "<f8"])
def test_a_file_in_any_order_holds_what_the_array_holds(order: Any, kind: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    maps, labels = rng.normal(size=(3, 70, 90, 80)).astype(kind), rng.integers(0, 70, (3, 90, 80))
    if order in ("F", "C"):
        np.save(tmp_path / "x.npy", np.asarray(maps, order=order))
        file = array(str(tmp_path / "x.npy"))
    else:
        np.save(tmp_path / "x.npy", maps.transpose(order).copy())
        file = array(str(tmp_path / "x.npy")).transpose(np.argsort(order))
    for part in (np.s_[1:2, :, 3:50], np.s_[:, 7], np.s_[..., 11], np.s_[:], np.s_[2:, 5:6, 3:4, 8:9], np.s_[:0]):
        np.testing.assert_array_equal(read(file[part]), maps[part])
    assert losscli.cross_entropy(file, labels).total == losscli.cross_entropy(maps, labels).total
    squares, zeros = losscli.mean_squared_error(file, np.zeros(maps.shape)), np.zeros(maps.shape)
    np.testing.assert_array_equal(squares.value, losscli.mean_squared_error(maps, zeros).value)


def test_documents_that_are_alike_give_what_each_gives_alone() -> None:
    rng = np.random.default_rng(3)
    lines = [
        json.dumps({"id": i, "logits": rng.normal(0, 3, (2, 12)).tolist(), "labels": rng.integers(0, 12, 2).tolist()})
        for i in range(300)
    ]
    together = run_program("ce", "--format", "jsonl", stdin="\n".join(lines)).stdout.splitlines()
    for i in (0, 1, 150, 299):
        assert run_program("ce", "--format", "jsonl", stdin=lines[i]).stdout.strip() == together[i]
    odd = [*lines[:5], json.dumps({"logits": [1.5, 2], "label": 0, "weight": [1, 2]}), *lines[5:]]
    mixed = run_program("ce", "--format", "jsonl", stdin="\n".join(odd)).stdout.splitlines()
    assert [*mixed[:5], *mixed[6:]] == together


@pytest.mark.parametrize("axis", ["0", "1"])
def test_a_function_of_many_blocks_is_written_block_by_block(
    axis: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = np.random.default_rng(3).standard_normal((40, 3))
    np.save(tmp_path / "x.npy", numbers)
    e = np.exp(numbers)
    expected = e / e.sum(axis=int(axis), keepdims=True)
    monkeypatch.setattr("losscli.compute.arguments.BLOCK", 9)
    written = run("softmax", "--logits", "@x.npy", "--class-axis", axis, "-q", cwd=tmp_path).stdout
    found = [[float(word) for word in line.split(",")] for line in written.splitlines()]
    assert np.allclose(found, expected, rtol=1e-14)
