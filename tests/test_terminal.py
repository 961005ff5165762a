"""What a person sees: a real pseudo-terminal, read back through a terminal emulator."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import select
import struct
import subprocess
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyte
import pytest

from tests.command import ENVIRONMENT, PROGRAM, output, run_program

FIVE = ["ce", "--logits", "0.15,-0.34,0.12,0.67,0.55", "--label", "2"]
ESCAPE = "\x1b"


def on_terminal(*args: str, columns: int = 80, lines: int = 60, **env: str) -> tuple[list[str], str]:
    """The lines of the screen, and the raw bytes that made them."""
    import fcntl
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    process = subprocess.Popen(
        [PROGRAM, *args], stdin=slave, stdout=slave, stderr=slave, env=ENVIRONMENT | {"TERM": "xterm-256color"} | env
    )
    os.close(slave)
    raw = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # how Linux says that the other side is closed
            break
        if not piece:
            break
        raw += piece
    process.wait(timeout=60)
    os.close(master)
    screen: Any = pyte.Screen(columns, lines)
    pyte.ByteStream(screen).feed(raw)
    return [line.rstrip() for line in screen.display], raw.decode()


def test_the_table_on_80_columns() -> None:
    screen, raw = on_terminal(*FIVE)
    assert screen[0].startswith("  Cross entropy   loss = -log softmax(z)[y]")
    assert screen[2].split() == ["class", "logit", "exp", "softmax", "log", "softmax", "target", "loss"]
    assert screen[5].split() == [">", "2", "0.1200", "1.1275", "0.1686", "-1.7804", "1", "1.7804"]
    assert "loss = 1.7804 / 1 = 1.7804" in "\n".join(screen)
    assert ESCAPE in raw


def test_no_colour_where_it_is_not_wanted() -> None:
    colour = re.compile(r"\x1b\[(\d;)?[34]\dm")
    assert colour.search(on_terminal(*FIVE)[1])
    assert not colour.search(on_terminal(*FIVE, NO_COLOR="1")[1])
    assert ESCAPE not in run_program(*FIVE).stdout


@pytest.mark.parametrize("columns", [80, 160])
def test_a_terminal_and_a_pipe_show_the_same_numbers(columns: int) -> None:
    args = ["ce", "--logits", "1.9,0.1; 0.8,0.2; 0.7,0.3", "--labels", "0,1,0", "--weight", "1,2", "--grad"]
    screen, _ = on_terminal(*args, columns=columns)
    piped = run_program(*args).stdout
    assert re.findall(r"[-\d.]+", "\n".join(screen)) == re.findall(r"[-\d.]+", piped)
    assert max(map(len, screen)) <= columns


@pytest.mark.parametrize("columns", [20, 40, 80])
def test_nothing_is_ever_cut(columns: int) -> None:
    args = ["ce", "--logits", "1e300,-1e300,123456789.123", "--label", "1", "--digits", "12", "--grad"]
    _, raw = on_terminal(*args, columns=columns)
    assert "…" not in raw
    assert "-1.000000000000e+300" in raw.replace("\r\n", "")
    assert "123456789.12299" in raw.replace("\r\n", "")


def test_the_last_column_of_a_wide_name_is_aligned() -> None:
    text = output("ce", "--logits", "1,2", "--label", "0", "--class-names", "日本,é")
    widths = {len(line.encode("utf-16-le")) // 2 for line in text.splitlines() if "0.2689" in line or "0.7311" in line}
    assert len(widths) == 2  # two wide characters take the room of four


def test_few_rows_have_both_tables_many_only_head_and_tail(tmp_path: Any) -> None:
    few = output("ce", "--logits", "0.9,0.1; 0.8,0.2", "--labels", "0,1")
    assert "class" in few
    assert "log softmax[y]" in few
    rows = "\n".join(f"{i % 7},{i % 3}" for i in range(1000))
    (tmp_path / "x.csv").write_text(rows)
    (tmp_path / "y.txt").write_text(",".join(str(i % 2) for i in range(1000)))
    many = output("ce", "--logits", f"@{tmp_path}/x.csv", "--labels", f"@{tmp_path}/y.txt")
    assert "log softmax[y]" in many
    shown = [line for line in many.splitlines() if re.match(r"\s+\d+\s", line)]
    assert [int(line.split()[0]) for line in shown] == [*range(10), *range(990, 1000)]
    assert "1,000 rows" in many
    assert re.search(r"loss = \(.* \+ \.\.\. \+ .*\) / 1000 = ", many)
    some = ["--logits", "1,2;" * 200, "--labels", "0," * 200]
    assert len(output("ce", *some).splitlines()) < 40
    assert len(output("ce", *some, "--max-rows", "0").splitlines()) > 200


def test_a_stream_has_a_row_a_batch_and_the_total() -> None:
    lines = "".join(f'{{"id": "b{i}", "logits": [0, {i}], "label": 0}}\n' for i in range(100))
    text = output("ce", stdin=lines)
    assert len(re.findall(r" b\d+ ", text)) == 20
    assert "mean over 100 rows in 100 batches" in text
    assert re.search(r"loss = [\d.]+ / 100 = [\d.]+", text)


def test_the_sum_row_is_the_textbooks_denominator() -> None:
    table = output(*FIVE)
    assert re.search(r"sum\s+6.6886\s+1.0000\s+1.7804\n", table)


def test_exp_of_large_logits_is_taken_from_the_largest_and_says_so() -> None:
    assert "exp(z - max)" in output("ce", "--logits", "1000,999", "--label", "0")
    assert "exp(z - max)" not in output("ce", "--logits", "600,599", "--label", "0")


def test_a_small_loss_is_not_rounded_to_nothing() -> None:
    assert "4.2484e-18" in output("ce", "--logits", "40,0", "--label", "0")


def test_ignored_rows_are_shown_and_counted() -> None:
    table = output("ce", "--logits", "0.9,0.1; 0.8,0.2; 0.7,0.3", "--labels", "0,1,0", "--ignore-index", "1")
    assert "ignored" in table
    assert "mean over 2 rows; 1 ignored" in table
    assert "loss = (0.3711 + 0.5130) / 2 = 0.8841 / 2 = 0.4421" in table


def test_the_reduction_is_worked_out_with_weights() -> None:
    args = ["--logits", "0.9,0.1,0.2; 0.8,0.2,0.1; 0.7,0.3,0.5; 0.1,0.5,0.6", "--labels", "2,1,0,1"]
    table = output("ce", *args, "--weight", "2,1,2", "--ignore-index", "2")
    assert "loss = (1.3156 + 1.8238 + 1.0208) / (1 + 2 + 1) = 4.1602 / 4 = 1.0401" in table
    softmax = output("ce", "--logits", "0.9,0.1; 0.8,0.2; 0.7,0.3", "--labels", "0,1,0", "--weight", "1,2")
    for number in ("0.6900", "0.3100", "0.6457", "0.3543", "0.5987", "0.4013"):
        assert number in softmax
    assert "loss = (0.3711 + 2.0750 + 0.5130) / (1 + 2 + 1) = 2.9591 / 4 = 0.7398" in softmax


def test_the_two_means_of_one_hot_and_index_show_their_divisors() -> None:
    args = ["--logits", "0.9,0.1; 0.8,0.2", "--weight", "1,3"]
    assert re.search(r"\) / \(1 \+ 3\) = [\d.]+ / 4 = ", output("ce", *args, "--labels", "0,1"))
    assert re.search(r"\) / 2 = [\d.]+ / 2 = ", output("ce", *args, "--labels", "1,0; 0,1"))


@pytest.mark.parametrize("more", [["--steps"], ["--grad"], ["--steps", "--format", "markdown"]])
def test_classes_are_cut_within_a_batch_as_they_are_alone(more: list[str], tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((3, 500)))
    lines = output("ce", "--logits", f"@{tmp_path}/x.npy", "--labels", "7,250,499", *more).splitlines()
    assert len(lines) < 60
    assert any(line.split()[:1] == ["499"] or "| 499 |" in line for line in lines)
    everything = output("ce", "--logits", f"@{tmp_path}/x.npy", "--labels", "7,250,499", *more, "--max-rows", "0")
    assert len(everything.splitlines()) > 1500


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ("1,1", "loss = (0.31326 + 0.31326) / (1 + 1) = 0.62652 / 2 = 0.3133"),
        ("0.00014,0.00011", "loss = (0.00004386 + 0.00003446) / (0.00014 + 0.00011) = 0.00007832 / 0.00025 = 0.3133"),
        ("0.5,0.25", "loss = (0.1566 + 0.0783) / (0.5 + 0.25) = 0.2349 / 0.75 = 0.3133"),
    ],
)
def test_the_addends_that_are_shown_add_up_to_the_sum_that_is_shown(weights: str, expected: str) -> None:
    shown = output("ce", "--logits", "2,1;0,1", "--labels", "0,1", "--weight", weights)
    assert expected in shown
    for addends, total in re.findall(r"\(([^()]+)\).* = ([\d.]+) /", shown):
        assert sum(map(Decimal, addends.split(" + "))) == Decimal(total)


def test_sum_and_none_are_worked_out_too() -> None:
    args = ["--logits", "0.9,0.1; 0.8,0.2", "--labels", "0,1"]
    assert "loss = 0.3711 + 1.0375 = 1.4086" in output("ce", *args, "--reduction", "sum")
    assert "no reduction: 2 losses" in output("ce", *args, "--reduction", "none")


def test_a_bar_shows_after_a_second_and_goes_before_the_result() -> None:
    shown = re.compile(rb"[1-9]\d* documents, \d+ a second")

    def drawn(*options: str, documents: int) -> bytes:
        """What is drawn while documents come, five a second, until the bar counts them: a busy machine takes long."""
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [PROGRAM, "ce", "-q", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=slave,
            env=ENVIRONMENT,
        )
        os.close(slave)
        assert process.stdin is not None
        raw = b""
        for _ in range(documents):
            process.stdin.write(b'{"logits": [1, 2], "label": 0}\n')
            process.stdin.flush()
            time.sleep(0.2)
            while select.select([master], [], [], 0)[0]:
                raw += os.read(master, 65536)
            if shown.search(raw):
                break
        out, _ = process.communicate(timeout=60)
        assert out == b"1.3132616875182228\n"
        with contextlib.suppress(OSError):
            while piece := os.read(master, 65536):
                raw += piece
        os.close(master)
        return raw

    raw = drawn(documents=200)
    assert shown.search(raw)
    assert raw.count(b"\x1b[?25l") == raw.count(b"\x1b[?25h") > 0  # the cursor is back
    assert not drawn("--no-progress", documents=9)


def test_a_slow_producer_is_answered_at_each_line() -> None:
    process = subprocess.Popen(
        [PROGRAM, "ce", "--format", "jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for number in range(3):
        process.stdin.write(b'{"id": %d, "logits": [1, 2], "label": 0}\n' % number)
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == number  # would wait for ever if the line were held back
    process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.mark.parametrize("command", ["ce", "softmax"])
def test_a_command_alone_says_what_to_type(command: str) -> None:
    _, raw = on_terminal(command)
    example = re.fullmatch(rf"losscli: nothing to compute\. For example: losscli ({command} --logits .*)\r\n", raw)
    assert example is not None, raw
    assert output(*example[1].split())
