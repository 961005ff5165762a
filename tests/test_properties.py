"""Any input at all: the exit code is a documented one, nothing is a bug, and what is printed is valid in its format."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from losscli.documents.formats.json import parsed
from tests.catalogue import ENTRIES
from tests.command import Done, run
from tests.test_errors import npy, npz, tensors

SOME = settings(max_examples=2 * settings.default.max_examples)  # type: ignore[union-attr]  # conftest loads a profile
MANY = settings(max_examples=4 * settings.default.max_examples)  # type: ignore[union-attr]  # the same
DOCUMENTED = {0, 1, 2, 3, 4}  # 70 is a bug


def outcome(args: list[str], stdin: bytes = b"", files: dict[str, bytes] | None = None) -> Done:
    """What comes of a command line in a directory with these files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (files or {}).items():
            (Path(folder) / name).write_bytes(content)
        return run(*args, stdin=stdin, cwd=folder)


def judge(found: Done, format_: str = "") -> None:
    assert found.returncode in DOCUMENTED, found.stderr
    assert "Traceback" not in found.stderr
    assert "a bug in losscli" not in found.stderr
    assert all(c.isprintable() or c == "\n" for c in found.stderr)
    assert found.returncode == 0 or found.stderr
    if found.returncode == 0 and format_:
        VALID[format_](found.stdout)


def is_json(text: str) -> None:
    assert isinstance(json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON")), dict)


def is_jsonl(text: str) -> None:
    for line in text.splitlines():
        is_json(line)


def is_csv(text: str) -> None:
    rows = list(csv.reader(io.StringIO(text), strict=True))
    assert rows
    assert all(len(row) >= 2 for row in rows)


def is_value(text: str) -> None:
    for line in filter(None, text.splitlines()):
        json.loads(line) if line.startswith("[") else [float(word) for word in line.split(",")]


def is_text(text: str) -> None:
    assert text
    assert all(c.isprintable() or c == "\n" for c in text)


VALID = {"json": is_json, "jsonl": is_jsonl, "csv": is_csv, "value": is_value, "table": is_text, "markdown": is_text}
FORMATS = st.sampled_from(sorted(VALID))
NAMES = sorted({key for entry in ENTRIES for p in entry.declaration.parameters.values() for key in p.spellings})
KEYS = st.one_of(
    st.sampled_from([*NAMES, "id", "reduction", "class_axis", "class_names", "input", "target"]), st.text()
)
NUMBERS = st.one_of(
    st.integers(-3, 9), st.integers(), st.floats(), st.sampled_from([0.5, -100, 1e308, 2**53, 2**63, 10**30, -0.0])
)
WORDS = st.one_of(
    st.sampled_from(["NaN", "Infinity", "-inf", "mean", "sum", "none", "cat", "\x1b[31m", "\ud800"]), st.text()
)
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, WORDS)
ARRAYS = st.one_of(
    NUMBERS,
    st.lists(NUMBERS, max_size=5),
    st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(NUMBERS, min_size=n, max_size=n), max_size=4)),
    st.integers(0, 3).flatmap(
        lambda n: st.lists(st.lists(st.lists(st.floats(-9, 9), min_size=n, max_size=n)), max_size=3)
    ),
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


@given(ANYTHING, FORMATS, st.sampled_from([entry.name for entry in ENTRIES]))
@SOME
def test_any_json_value(value: Any, format_: str, command: str) -> None:
    text = json.dumps(value).encode()
    judge(outcome([command, "--format", format_], text), format_)


@st.composite
def documents(draw: Any) -> tuple[str, list[dict[str, Any]]]:
    """A loss, and objects whose keys are its own and whose values are anything or nearly right."""
    entry = draw(st.sampled_from(ENTRIES))
    parameters = entry.declaration.parameters
    keys = st.one_of(st.sampled_from([*parameters, "id", "reduction", "class_axis"]), KEYS)
    required = [name for name, p in parameters.items() if p.required]
    objects = []
    for _ in range(draw(st.integers(1, 3))):
        values = {name: draw(ARRAYS) for name in required}
        values |= draw(st.dictionaries(keys, st.one_of(ARRAYS, LEAVES, ANYTHING), max_size=3))
        objects.append(values)
    return entry.name, objects


@given(documents(), FORMATS, st.lists(st.sampled_from(["--grad", "--steps", "--strict"]), unique=True), st.booleans())
@MANY
def test_documents_that_are_nearly_right(
    found: tuple[str, list[Any]], format_: str, more: list[str], skip: bool
) -> None:
    command, objects = found
    if command in [e.name for e in ENTRIES if e.is_function]:
        more = [m for m in more if m != "--grad"]
    text = "\n".join(map(json.dumps, objects)).encode()
    args = [command, "--format", format_, *more, *(["--on-error", "skip"] if skip else [])]
    judge(outcome(args, text), format_)


WHOLE = {
    "npz": npz(logits=[[0.5, 0.25], [1.0, 2.0]], labels=[0, 1], id="a"),
    "packed.npz": npz(np.savez_compressed, logits=[[0.5, 0.25], [1.0, 2.0]], labels=[0, 1]),
    "safetensors": tensors({"logits": {"dtype": "F64", "shape": [2], "data_offsets": [0, 16]}}, bytes(16)),
    "csv": b"label,cat,dog\n0,1,2\n1,3,4\n",
    "tsv": b"label\tcat\tdog\n0\t1\t2\n",
    "json": b'[{"logits": [1, 2], "label": 0, "id": "a"}]',
    "jsonl": b'{"logits": [1, 2], "label": 0}\n{"logits": [NaN, 2], "label": 0}\n',
    "jsonl.gz": gzip.compress(b'{"logits": [1, 2], "label": 0}\n'),
}
ARRAY_FILES = {
    "npy": npy([0.5, 0.25]), "npy.gz": gzip.compress(npy([0.5, 0.25])), "txt": b"0.5 0.25\n", "csv": b"0.5,0.25\n",
    "json": b"[0.5, 0.25]",
}  # fmt: skip


@st.composite
def damaged(draw: Any, files: dict[str, bytes]) -> tuple[str, bytes]:
    """A file in which some bytes are others, missing or more; or bytes that are nothing."""
    ending = draw(st.sampled_from(sorted(files)))
    data = bytearray(files[ending])
    if draw(st.integers(0, 9)) == 0:
        return ending, draw(st.binary(max_size=200))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data)))
        what = draw(st.sampled_from(["flip", "cut", "insert", "remove", "zero"]))
        if what == "flip" and at < len(data):
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif what == "cut":
            del data[at:]
        elif what == "insert":
            data[at:at] = draw(st.binary(max_size=9))
        elif what == "remove":
            del data[at : at + draw(st.integers(1, 9))]
        else:
            data[at : at + 8] = bytes(min(8, len(data) - at))
    return ending, bytes(data)


@given(damaged(WHOLE), FORMATS)
@MANY
def test_any_bytes_in_a_document(file: tuple[str, bytes], format_: str) -> None:
    ending, data = file
    judge(outcome(["ce", f"x.{ending}", "--format", format_], files={f"x.{ending}": data}), format_)


@given(damaged(ARRAY_FILES))
@SOME
def test_any_bytes_in_an_array(file: tuple[str, bytes]) -> None:
    ending, data = file
    judge(outcome(["ce", "--logits", f"@x.{ending}", "--label", "0", "-q"], files={f"x.{ending}": data}), "value")


@given(damaged({"json": WHOLE["json"], "jsonl": WHOLE["jsonl"], "npy": ARRAY_FILES["npy"]}), st.booleans())
@SOME
def test_any_bytes_on_standard_input(file: tuple[str, bytes], as_array: bool) -> None:
    args = ["ce", "--logits", "-", "--label", "0", "-q"] if as_array else ["ce", "-q"]
    judge(outcome(args, file[1]), "value")


TYPED = st.one_of(
    st.sampled_from(
        ["1,2", "1,2;3,4", "[[1,2],[3,4]]", "0", "0,1", "-", "@x.npy", "@gone", "nan", "1e400", "", "x", "-inf,0"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9),
    NUMBERS.map(str),
)


@st.composite
def command_lines(draw: Any) -> list[str]:
    """What somebody might type: options that there are, in any order and number, with values right and wrong."""
    entry = draw(st.sampled_from(ENTRIES))
    parameters = entry.declaration.parameters
    flags = [f"--{s.replace('_', '-')}" for p in parameters.values() for s in p.spellings]
    flags += ["--reduction", "--class-axis", "--class-names", "--logits-key", "--format", "--digits", "--max-rows"]
    flags += ["--pred", "--probs", "--y_true", "--input", "-x", "-logits", "--x"]  # of other programs
    flags += ["--threads", "--expect", "--rtol", "--max", "--fail-on", "--on-error", "--max-size", "-o"]
    switches = ["--grad", "--steps", "--json", "-q", "--strict", "--help", "--", "x.jsonl", "x.npz", "gone.csv"]
    args = [entry.name]
    for name, parameter in parameters.items():
        if parameter.required and draw(st.integers(0, 5)):
            args += [f"--{name.replace('_', '-')}", draw(TYPED)]
    for _ in range(draw(st.integers(0, 3))):
        if draw(st.booleans()):
            values = st.sampled_from(["json", "jsonl", "csv", "mean", "sum", "none", "3", "skip", "nonfinite", "a,b"])
            args += [draw(st.sampled_from(flags)), draw(st.one_of(values, TYPED))]
        else:
            args.append(draw(st.one_of(st.sampled_from(switches), TYPED)))
    return args


@given(command_lines(), st.sampled_from([b"", WHOLE["jsonl"], b"1,2", b"x"]))
@MANY
@example(["ce", "-o", "x/../..", "--logits", "1,2", "--label", "0"], b"")
def test_any_command_line(args: list[str], stdin: bytes) -> None:
    files = {"x.npy": ARRAY_FILES["npy"], "x.jsonl": WHOLE["jsonl"], "x.npz": WHOLE["npz"]}
    judge(outcome(args, stdin, files))


@given(st.text(max_size=30), st.text(max_size=30), FORMATS)
@SOME
def test_no_text_of_a_document_commands_the_terminal(id_: str, name: str, format_: str) -> None:
    document = {"logits": [[1, 2], [3, 4]], "labels": [0, 1], "class_names": [name, "b"], "id": id_}
    more = [] if format_ in ("json", "value") else ["--steps"]
    found = outcome(["ce", "--format", format_, *more], (json.dumps(document) + "\n").encode() * 2)
    judge(found, format_)
    assert all(c.isprintable() or c in "\n\u200c\u200d" for c in found.stdout)


@given(st.recursive(LEAVES, lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(max_size=3), inner))))
@MANY
def test_json_is_read_as_the_standard_reads_it(value: Any) -> None:
    text = json.dumps(value)
    try:
        found = parsed(text.encode())
    except ValueError:
        assert "true" in text or "false" in text or "\\ud" in text, "an array of booleans, half a character"
        return
    assert json.dumps(found) == json.dumps(json.loads(text, parse_int=as_64_bits))


def as_64_bits(digits: str) -> int | float:
    """What orjson makes of an integer, signed or not."""
    return int(digits) if -(2**63) <= int(digits) < 2**64 else float(digits)


@st.composite
def repeated(draw: Any) -> tuple[str, bool]:
    """The text of an object, and whether a key stands in it twice."""
    keys = draw(st.lists(st.sampled_from(["a", "b", "c:", ":", "\u00e9", '"', "\\", "a\\u"]), max_size=5))
    values = st.one_of(st.integers(0, 9), st.sampled_from(["", ":", "a:b", '":"', "\u00e9:"]), st.just({"a": 1}))
    ascii_ = draw(st.booleans())
    pairs = [f"{json.dumps(k, ensure_ascii=ascii_)}: {json.dumps(draw(values), ensure_ascii=ascii_)}" for k in keys]
    text = "{" + ", ".join(pairs) + "}"
    if draw(st.booleans()):
        text = text.replace(":", "\\u003a", draw(st.integers(0, 1))) if text.count(":") > len(keys) else text
    return text, len(set(keys)) < len(keys)


@given(repeated())
@MANY
def test_a_key_that_stands_twice_is_always_found(found: tuple[str, bool]) -> None:
    text, twice = found
    try:
        json.loads(text)
    except ValueError:
        return  # the escape fell outside of a text
    if twice:
        with pytest.raises(ValueError, match="occurs twice"):
            parsed(text)
    else:
        assert parsed(text) == json.loads(text)
