"""What goes wrong around the program: full disks, closed streams, readers and writers that die, signals, cut files.

Whatever happens, no number is wrong, no `-o` file is half written, and the shell learns how it ended.
"""

from __future__ import annotations

import gzip
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from losscli import cross_entropy
from losscli.catalogue import find, module
from losscli.compute import loss as compute
from losscli.compute.result import Result
from losscli.compute.settings import Settings
from losscli.documents import Item, formats
from losscli.documents.keys import Keys
from losscli.errors import LosscliError
from tests.command import ENVIRONMENT, PROGRAM, run
from tests.command import run_program as completed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and signals of POSIX")

LINE = b'{"logits": [0.5, 0.25, 1.5], "label": 2}\n'
NUMBER = b"0.5034288779846249\n"
SMALL = ["ce", "--logits", "0.5,0.25,1.5", "--label", "2"]


@pytest.fixture(autouse=True)
def signals_of_a_terminal() -> Iterator[None]:
    """SIGINT ends a program, also where the tests run in the background of a script, which has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextmanager
def started(*args: str, **more: Any) -> Iterator[subprocess.Popen[bytes]]:
    options: dict[str, Any] = {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "env": ENVIRONMENT,
    }
    process = subprocess.Popen([PROGRAM, *args], bufsize=0, **(options | more))
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in filter(None, (process.stdin, process.stdout, process.stderr)):
            stream.close()


def shell(command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    env = ENVIRONMENT | {"PATH": f"{Path(PROGRAM).parent}{os.pathsep}{ENVIRONMENT['PATH']}"}
    return subprocess.run(["bash", "-c", command], capture_output=True, env=env, cwd=cwd, timeout=60, check=False)


@contextmanager
def endless(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Meanwhile, feed documents until the program is gone."""
    assert process.stdin is not None

    def feed(to: IO[bytes]) -> None:
        with suppress(BrokenPipeError):
            while True:
                to.write(LINE * 100)

    thread = threading.Thread(target=feed, args=(process.stdin,))
    thread.start()
    try:
        yield
    finally:
        process.kill()
        thread.join()


# What cannot be written or read


@pytest.mark.parametrize("more", [["-q"], ["--json"], [], ["--format", "csv"], ["--help"]])
def test_a_full_device_is_said_and_is_exit_4(more: list[str]) -> None:
    args = ["ce", "--help"] if more == ["--help"] else [*SMALL, *more]
    with open("/dev/full", "wb") as full, started(*args, stdout=full) as process:
        _, err = process.communicate()
    assert (process.returncode, err) == (4, b"losscli: writing failed: No space left on device.\n")


def test_an_error_that_nobody_takes_keeps_its_exit_code() -> None:
    for label, code in (("2", 0), ("9", 3)):
        with open("/dev/full", "wb") as full:
            args = ["ce", "--logits", "0.5,0.5,0", "--label", label, "-q"]
            with started(*args, stderr=full) as process:
                assert process.wait(10) == code


@pytest.mark.parametrize("stream", ["", 'yes \'{"logits": [1, 2], "label": 0}\' |'])
@pytest.mark.parametrize(("reader", "lines"), [("true", 0), ("head -1", 1)])
def test_a_reader_that_stops_is_no_error(stream: str, reader: str, lines: int) -> None:
    command = f"{stream} losscli ce --format jsonl" if stream else "yes '{}' | losscli list"
    if not stream and reader == "head -1":
        command = "losscli list"
    done = shell(f"{command} | {reader}; echo ${{PIPESTATUS[-2]}}")
    assert done.stderr == b""
    assert len(done.stdout.splitlines()) == lines + 1
    assert not stream or done.stdout.splitlines()[-1] == b"141"


def test_closed_standard_streams() -> None:
    call = "losscli " + " ".join(SMALL) + " -q"
    assert shell(f"{call} <&-").stdout == NUMBER
    assert shell(f"{call} 2>&-").stdout == NUMBER
    closed = shell(f"{call} >&-; echo $? >&2")
    assert closed.stderr == b"losscli: standard output is closed.\n4\n"
    unread = shell("losscli ce -q <&-; echo $?")
    assert (unread.stdout, unread.stderr) == (b"4\n", b"losscli: standard input is closed.\n")


def test_no_message_lands_in_a_file_that_has_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    done = shell("losscli ce --logits 1,2 --label 7 -o out 2>&-; echo $?; ls -A", cwd=tmp_path)
    assert done.stdout == b"3\n"
    done = shell("losscli ce --logits .1,.9 --label 0 -q -o out 2>&-; echo $?; cat out", cwd=tmp_path)
    assert done.stdout == b"0\n1.1711006659477778\n"


def test_what_the_system_says_of_a_file_is_exit_4(tmp_path: Path) -> None:
    unreadable = tmp_path / "x.jsonl"
    unreadable.symlink_to("/proc/self/mem")  # reading it at 0 fails, also for root
    done = completed("ce", str(unreadable))
    assert (done.returncode, done.stderr) == (4, f"losscli: {unreadable}: Input/output error.\n")


def test_a_pipe_without_an_ending_is_read_as_standard_input_is(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(LINE)
    assert shell("losscli ce -q <(cat x.jsonl)", cwd=tmp_path).stdout == NUMBER
    assert shell("losscli ce -q --logits @<(echo 0.5,0.25,1.5) --label 2").stdout == NUMBER
    assert shell("losscli ce -q /dev/stdin < <(cat x.jsonl)", cwd=tmp_path).stdout == NUMBER


@pytest.mark.parametrize(
    ("args", "first", "later", "expected"),
    [
        (["ce", "-q"], LINE, LINE.replace(b"2}", b"0}") * 2, b"1.1700955446512917\n"),
        (["ce", "--logits", "-", "--label", "2", "-q"], b"0.5,0", b".25,1.5\n", NUMBER),
    ],
)
def test_a_writer_that_is_not_waited_for_by_the_system_is_waited_for(
    args: list[str], first: bytes, later: bytes, expected: bytes
) -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)  # as node.js, ssh and expect leave it to the programs they start
    with started(*args, stdin=reading) as process:
        for text in (first, later):
            os.write(writing, text)
            time.sleep(0.4)
        os.close(writing)
        assert process.communicate(timeout=10) == (expected, b"")
    os.close(reading)


@pytest.mark.parametrize(
    "args", [["-q", "--on-error", "skip"], ["--format", "jsonl"], ["--format", "jsonl", "-o", "/dev/stdout"]]
)
def test_a_reader_that_is_not_waited_for_by_the_system_gets_everything(args: list[str], tmp_path: Path) -> None:
    wrong, n = "skip" in args, 20_000
    (tmp_path / "x.jsonl").write_bytes((b'{"logits": [1, 2], "label": 7}\n' if wrong else LINE) * n)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with started("ce", str(tmp_path / "x.jsonl"), *args, **{"stderr" if wrong else "stdout": writing}) as process:
        os.close(writing)
        time.sleep(1)  # until the pipe is full
        with open(reading, "rb") as pipe:
            assert len(pipe.read().splitlines()) == n + wrong
        assert process.wait(10) == 3 * wrong


# Files to write to


def test_the_old_file_survives_a_full_disk(tmp_path: Path) -> None:
    (tmp_path / "big.jsonl").write_bytes(LINE * 3000)
    (tmp_path / "out").write_text("old")
    with started(
        "ce", "big.jsonl", "--format", "jsonl", "-o", "out", cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    ) as process:  # fmt: skip
        _, err = process.communicate()
    assert (process.returncode, err) == (4, b"losscli: out: File too large.\n")
    assert (tmp_path / "out").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["big.jsonl", "out"]


def test_the_old_file_survives_an_error_in_the_middle(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(LINE * 3 + b"x")
    (tmp_path / "out").write_text("old")
    assert completed("ce", "x.jsonl", "--format", "jsonl", "-o", "out", cwd=tmp_path).returncode == 3
    assert (tmp_path / "out").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 2


def test_an_output_file_keeps_its_mode_and_links_and_devices_stay_what_they_are(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.touch()
    target.chmod(0o640)
    (tmp_path / "link").symlink_to(target)
    for name in ("link", "new", "/dev/null"):
        assert completed(*SMALL, "-q", "-o", name, cwd=tmp_path).returncode == 0
    assert target.read_bytes() == (tmp_path / "new").read_bytes() == NUMBER
    assert (target.stat().st_mode & 0o777, (tmp_path / "link").is_symlink()) == (0o640, True)
    assert Path("/dev/null").is_char_device()
    assert shell(f"umask 077; losscli {' '.join(SMALL)} -o mine; stat -c %a mine", cwd=tmp_path).stdout == b"600\n"
    assert shell(f"losscli {' '.join(SMALL)} -q -o /dev/stdout | cat").stdout == NUMBER
    full = completed(*SMALL, "-q", "-o", "/dev/full")
    assert (full.returncode, full.stderr) == (4, "losscli: /dev/full: No space left on device.\n")


def test_what_the_shell_has_written_to_standard_output_stays(tmp_path: Path) -> None:
    call = f"losscli {' '.join(SMALL)} -q -o"
    command = f"echo before > log; {{ {call} /dev/stdout; {call} link; echo after; }} >> log; cat log"
    (tmp_path / "link").symlink_to("/dev/stdout")
    assert shell(command, cwd=tmp_path).stdout == b"before\n" + 2 * NUMBER + b"after\n"
    assert shell(f"{{ echo before; {call} /dev/stderr; echo after; }} 2> err; cat err", cwd=tmp_path).stdout == (
        b"before\nafter\n" + NUMBER
    )


def test_a_file_with_two_names_is_written_under_both_and_only_when_all_is_there(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("old")
    os.link(tmp_path / "out", tmp_path / "twin")
    (tmp_path / "x.jsonl").write_bytes(LINE + b"x")
    assert completed("ce", "x.jsonl", "--format", "jsonl", "-o", "out", cwd=tmp_path).returncode == 3
    assert (tmp_path / "twin").read_text() == "old"
    assert completed(*SMALL, "-q", "-o", "out", cwd=tmp_path).returncode == 0
    assert (tmp_path / "twin").read_bytes() == (tmp_path / "out").read_bytes() == NUMBER


def test_a_read_only_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").write_text("old")
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)  # the tests may run as root, who may all
    done = run(*SMALL, "-q", "-o", "out", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (4, "losscli: out: Permission denied.\n")
    assert (tmp_path / "out").read_text() == "old"


def test_a_link_to_itself_is_nothing_to_write_to(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("a")
    done = completed(*SMALL, "-q", "-o", "a", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (4, "losscli: a: Too many levels of symbolic links.\n")


# Signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("seed", range(4))
def test_a_signal_at_any_moment_ends_the_program_and_leaves_no_draft(
    number: signal.Signals, seed: int, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("old")
    with started("ce", "--format", "jsonl", "-o", "out", cwd=tmp_path) as process, endless(process):
        if seed:  # else while it starts
            while not list(tmp_path.glob(".losscli-*")):
                time.sleep(0.005)
        time.sleep(0.05 + random.Random(seed).random() * 0.3)
        process.send_signal(number)
        assert process.wait(10) == -number
        assert process.stderr is not None
        assert seed == 0 or process.stderr.read() == b""
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_text() == "old"


def test_the_end_of_its_processor_time_leaves_no_draft(tmp_path: Path) -> None:
    limit = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_CPU, (1, 3))}
    (tmp_path / "out").write_text("old")
    with started("ce", "--format", "jsonl", "-o", "out", cwd=tmp_path, **limit) as process, endless(process):
        assert process.wait(30) == -signal.SIGXCPU
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_ctrl_c_ends_a_loop_of_the_shell(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.jsonl")
    loop = "for i in 1 2 3; do echo started; losscli ce x.jsonl; done; echo went on"
    process = subprocess.Popen(
        ["bash", "-c", loop], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        env=ENVIRONMENT | {"PATH": f"{Path(PROGRAM).parent}{os.pathsep}{ENVIRONMENT['PATH']}"},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"started\n"
    with open(tmp_path / "x.jsonl", "wb"):  # opens only when the program has opened its end
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (-signal.SIGINT, b"", b"")


def test_a_background_job_that_ignores_ctrl_c_goes_on(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.jsonl")
    ignoring = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)}
    with started("ce", "-q", "x.jsonl", cwd=tmp_path, **ignoring) as process:
        with open(tmp_path / "x.jsonl", "wb") as pipe:
            process.send_signal(signal.SIGINT)
            pipe.write(LINE)
        assert process.communicate() == (NUMBER, b"")


# Streams


def test_results_come_as_documents_do_and_before_the_error_that_follows_them() -> None:
    with started("ce", "--format", "jsonl") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(3):
            process.stdin.write(LINE)
            assert process.stdout.readline().startswith(b'{"command":"ce","loss":0.503428')
        out, err = process.communicate(LINE + b"x\n" + LINE)
    assert (process.returncode, out.count(b"\n")) == (3, 1)
    assert err.startswith(b"losscli: standard input:5: not JSON: expecting value at column 1. ")


def test_how_a_text_arrives_makes_no_difference() -> None:
    with started("ce", "-q") as process:
        assert process.stdin is not None
        for piece in (b"\n", b" \n", b'{"logits":\n', b"[0.5, 0.25, 1.5],\n", b'"label": 2}\n'):
            process.stdin.write(piece)
            time.sleep(0.2)
        assert process.communicate() == (NUMBER, b"")


def test_a_writer_that_is_killed_gives_no_number() -> None:
    for cut in range(1, len(LINE) - 2):
        text = LINE + LINE[:cut]
        assert_no_number(lambda text=text: list(_results(text)))  # type: ignore[misc]  # a default for the loop's value


def _results(text: bytes) -> Iterator[Result]:
    import io

    return _computed(module("documents/formats", "jsonl").lines_or_text(io.BytesIO(text), "x"))


def _computed(items: Iterator[Item]) -> Iterator[Result]:
    """The cross entropy of documents."""
    entry = find("losses", "ce")
    assert entry is not None
    resolved = Keys(entry.declaration).resolved(items)
    return compute.results(compute.Loss(entry), resolved, Settings(), lambda warnings: None)


def test_a_line_of_a_gigabyte_is_refused_before_it_fills_the_memory() -> None:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))

    with started("ce", preexec_fn=limited) as process:
        assert process.stdin is not None
        piece = b"[" + b"0.5," * (1 << 18)
        with suppress(BrokenPipeError):  # it does not wait for the end of the line
            for _ in range(1000):
                process.stdin.write(piece)
        assert process.stderr is not None
        assert process.stderr.read().startswith(b"losscli: standard input: a line of more than 268,435,456 bytes.")
        assert process.wait() == 3


# Files that are cut off


def assert_no_number(work: Callable[[], Any]) -> None:
    with pytest.raises(LosscliError):
        work()


def save_npy(path: Path) -> None:
    np.save(path, [0.5, 0.25, 1.5])


def save_npz(path: Path) -> None:
    np.savez(path, logits=[0.5, 0.25, 1.5], label=2)


def save_packed_npz(path: Path) -> None:
    np.savez_compressed(path.with_suffix(".npz"), logits=[0.5, 0.25, 1.5], label=2)
    path.with_suffix(".npz").rename(path)


def save_jsonl_gz(path: Path) -> None:
    path.write_bytes(gzip.compress(LINE * 2))


def save_safetensors(path: Path) -> None:
    save_file({"logits": np.array([0.5, 0.25, 1.5]), "label": np.array(2)}, path)


FORMS = [
    (save_npy, "npy"), (save_npz, "npz"), (save_packed_npz, "packed.npz"), (save_jsonl_gz, "jsonl.gz"),
    (save_safetensors, "safetensors"),
]  # fmt: skip


@pytest.mark.parametrize(("save", "ending"), FORMS)
def test_a_file_cut_off_at_any_byte_gives_no_number(save: Callable[[Path], None], ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"x.{ending}"
    save(path)
    whole = path.read_bytes()
    expected = float(cross_entropy([0.5, 0.25, 1.5], 2))
    assert _loss(path) == expected
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        assert_no_number(lambda: _loss(path))


def _loss(path: Path) -> float:
    """The loss of the documents of a file, or of the array that it holds."""
    if path.suffix == ".npy":
        return float(cross_entropy(formats.array(str(path)), 2))
    results = [float(r.mean) for r in _computed(formats.documents(str(path)))]
    if not results:
        raise LosscliError("no document")  # what the program says of an empty input
    return results[0]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of zeros that takes no room on the disk, but a while to read."""
    folder: Path = tmp_path_factory.mktemp("mapped")
    np.lib.format.open_memmap(folder / "logits.npy", "w+", "<f4", (100_000, 1000))
    np.save(folder / "labels.npy", np.zeros(100_000, np.int64))
    return folder


def _cut(file: Path) -> None:
    os.truncate(file, 1 << 20)


def _rewritten(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(4096)
        opened.write(bytes(100))


def _wait_until_mapped(process: subprocess.Popen[bytes]) -> None:
    maps = Path(f"/proc/{process.pid}/maps")
    while process.poll() is None and (not maps.exists() or "logits.npy" not in maps.read_text()):
        time.sleep(0.01)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="it shows when the file is mapped")
@pytest.mark.parametrize("change", [_rewritten, _cut])
@pytest.mark.parametrize("more", [[], ["-o", "out"]])
def test_a_file_that_changes_while_it_is_read_gives_no_number(
    change: Callable[[Path], None], more: list[str], large: Path, tmp_path: Path
) -> None:
    (tmp_path / "logits.npy").write_bytes(b"")
    os.truncate(tmp_path / "logits.npy", (large / "logits.npy").stat().st_size)
    with (large / "logits.npy").open("rb") as whole, (tmp_path / "logits.npy").open("r+b") as copy:
        copy.write(whole.read(4096))
    (tmp_path / "out").write_text("old")
    args = ["ce", "--logits", "@logits.npy", "--labels", f"@{large}/labels.npy", "-q", *more]
    with started(*args, cwd=tmp_path) as process:
        _wait_until_mapped(process)
        change(tmp_path / "logits.npy")
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (4, b"")
    assert err.startswith(b"losscli: logits.npy: somebody has changed the file while it was read.")
    assert (tmp_path / "out").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["logits.npy", "out"]


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="it shows when the file is mapped")
def test_a_file_that_is_replaced_while_it_is_read_is_read_as_it_was(large: Path, tmp_path: Path) -> None:
    os.link(large / "logits.npy", tmp_path / "logits.npy")
    args = ["ce", "--logits", "@logits.npy", "--labels", f"@{large}/labels.npy", "-q"]
    with started(*args, cwd=tmp_path) as process:
        _wait_until_mapped(process)
        (tmp_path / "new").write_bytes(b"")
        (tmp_path / "new").replace(tmp_path / "logits.npy")
        assert process.communicate(timeout=60) == (b"6.907755278982137\n", b"")


# What no document or option should bring about


def test_a_bug_is_one_line_and_exit_70(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("on\nno \x1b[31maccount")

    monkeypatch.setattr(compute, "results", broken)
    done = run(*SMALL, "-q")
    assert (done.returncode, done.stderr) == (
        70,
        "losscli: a bug in losscli: ZeroDivisionError: on\\nno \\x1b[31maccount. LOSSCLI_DEBUG=1 shows where.\n",
    )
    done = run(*SMALL, "-q", LOSSCLI_DEBUG="1")
    assert done.returncode == 70
    assert "Traceback" in done.stderr


def test_memory_that_does_not_suffice_is_no_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(*_: Any, **__: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(compute, "results", greedy)
    done = run(*SMALL, "-q")
    assert done.returncode == 3
    assert "the memory of this machine" in done.stderr


@pytest.mark.parametrize("value", [1e-300, 5e-324, 1.7976931348623157e308, 0.1, 1 / 3, 2.0**53 + 2])
@pytest.mark.parametrize("form", ["value", "json", "csv"])
def test_every_float_survives_the_round_trip(value: float, form: str) -> None:
    import json

    text = run("l1", "--input", repr(value), "--target", "0", "--format", form).stdout
    found: dict[str, Callable[[], Any]] = {
        "json": lambda: json.loads(text)["loss"],
        "csv": lambda: text.splitlines()[1].split(",")[2],
    }
    assert float(found[form]() if form in found else text) == value


def test_what_python_writes_is_read_back_exactly() -> None:
    import json

    numbers = [float("nan"), float("inf"), -float("inf"), 0.1, 5e-324, 1.7976931348623157e308, -0.0]
    text = json.dumps({"logits": [[n] for n in numbers], "id": "NaN"})
    done = run("sigmoid", "--steps", "--json", stdin=text)
    assert done.returncode == 0, done.stderr
    again = [float(row[0]) for row in json.loads(done.stdout)["steps"]["logit"]]
    assert [repr(a) for a in again] == [repr(n) for n in numbers]


def test_ctrl_c_while_it_starts_ends_it_without_a_word() -> None:
    for milliseconds in range(0, 120, 4):
        with subprocess.Popen(
            [PROGRAM, *SMALL], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
        ) as process:
            time.sleep(milliseconds / 1000)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate()
        assert process.returncode in (0, 1, -signal.SIGINT)
        # Python itself may say something as long as it starts; from the first line of main() on nobody does
        assert b"losscli/__main__.py" not in err, err
