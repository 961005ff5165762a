"""What is said of other libraries: their names, --compare, --code, and the programs that ran in the libraries.

`python -m tests.programs` runs the programs and writes tests/programs.jsonl; nothing here needs a library.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
from typing import Any

import numpy as np
import pytest

import losscli
from losscli.catalogue import find, libraries
from losscli.compute.result import Result
from losscli.errors import UsageError
from losscli.libraries._comparison import code, compared, each_way
from losscli.libraries.numpy import FORMULAS
from tests.catalogue import LOSSES, named
from tests.command import output, run
from tests.programs import FILE, close, digest, key
from tests.questions import (
    BITS,
    FRAMES,
    MASK,
    OTHERS,
    PIXELS,
    SCORES,
    VECTORS,
    P,
    T,
    X,
    Z,
    asked,
    result_of,
)

RECORDS = {record["line"]: record["ways"] for record in map(json.loads, FILE.read_text().splitlines())}
ASKED = list(asked())
CASES = pytest.mark.parametrize(("line", "result"), ASKED, ids=[line.removeprefix("losscli ") for line, _ in ASKED])


@CASES
def test_the_programs_have_run_and_printed_what_compare_says(line: str, result: Result) -> None:
    ways = dict(RECORDS.get(line, {}))
    again = "Run `python -m tests.programs` where the libraries are: tests/README.md says how."
    for entry, way, program, number in each_way(result):
        told, found = ways.pop(key(entry, way), ("", None))
        assert digest(program) == told, f"this program of {entry.name} has not run as it is now. {again}\n{program}"
        assert close(as_number(found), number), (entry.name, way.how, found, number)
    assert not ways, again


def as_number(value: Any) -> Any:
    return [as_number(v) for v in value] if isinstance(value, list) else float(value)


@CASES
def test_each_library_that_has_the_loss_gives_a_number_or_says_why_not(line: str, result: Result) -> None:
    if result.reduction == "none":
        return
    found = compared([result])
    told = [name for line in (*found.lines, *found.defaults) for name in line.libraries]
    told += [library for library, _ in found.cannot]
    for library in result.of.entry.facts():
        assert any(name == library or name.startswith(f"{library} ") for name in told), library
    assert any(math.isclose(each.value, found.loss, rel_tol=1e-9) or each.value == found.loss for each in found.lines)
    for each in (*found.lines, *found.defaults):
        if each.ratio is not None:
            assert math.isclose(each.ratio.quotient, each.value, rel_tol=1e-9) or not math.isfinite(each.value)


@CASES
def test_pytorch_comes_first_with_the_number_of_losscli_where_the_loss_is_its_own(line: str, result: Result) -> None:
    if result.reduction == "none" or "PyTorch" not in result.of.entry.facts() or result.of.entry.name == "soft-margin":
        return  # the soft margin of PyTorch overflows
    first = compared([result]).lines[0]
    assert first.libraries[0] == "PyTorch"
    assert first.value == result.total.loss


@CASES
def test_numpy_writes_each_loss_out(line: str, result: Result) -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), np.errstate(all="ignore"):
        exec(code(result, "numpy"), {})
    found = json.loads(out.getvalue().replace("inf", "Infinity").replace("nan", "NaN"))
    assert close(found, result.loss)


@pytest.mark.parametrize("entry", [entry for entry in LOSSES if entry.name in FORMULAS], ids=named)
def test_tables_are_no_wider_than_80_columns(entry: Any) -> None:
    for line in [line for line, result in ASKED if result.of.entry == entry and result.reduction != "none"]:
        words = [word for word in shlex_split(line) if word not in ("--grad", "--steps", "--json")]
        table = run(*words, "--compare").stdout
        assert max(map(len, table.splitlines())) <= 80, table


def shlex_split(line: str) -> list[str]:
    import shlex

    return shlex.split(line.removeprefix("losscli "))


# Each row of the table of conventions in the plan of this feature: who agrees with whom on the same data. The numbers
# themselves are those that the libraries printed: see the first test.
TABLE: list[tuple[str, list[list[str]]]] = [
    (f"ce --logits {Z} --labels 0,1,2,1 --weight 1,2,0.5",
     [["PyTorch", "Keras (mean_with_sample_weight)", "sklearn"],
      ["Keras (sample_weight)", "PyTorch (one-hot labels)"]]),
    (f"ce --logits {Z} --labels 0,-100,2,1", [["PyTorch", "Keras"], ["smp"]]),
    (f"ce --logits {Z} --labels 0,1,2,1 --label-smoothing 0.1", [["PyTorch", "Keras", "optax", "smp"]]),
    ("nll --log-probs '-inf,0; -0.7,-0.7' --labels 0,1", [["PyTorch"], ["Keras"], ["sklearn"]]),
    (f"bce --probs {P} --labels {BITS} --reduction sum", [["PyTorch"], ["Keras"]]),
    ("bce --probs 1,0,0.5 --labels 0,1,1", [["PyTorch"], ["Keras"], ["sklearn"]]),
    (f"focal --logits {SCORES} --labels {BITS} --alpha 0.6 --gamma 1.5",
     [["torchvision", "Keras", "optax", "MONAI", "smp"],
      ["optax without alpha", "smp without alpha", "MONAI without alpha"]]),
    (f"focal-softmax --logits {PIXELS} --labels {MASK} --alpha 1",
     [["Keras"], ["Kornia (focal_loss)", "MONAI (use_softmax=True)"], ["smp (FocalLoss)"]]),
    ("dice --mode binary --logits '[[[2,-1],[0.5,3]],[[1,-2],[0.3,0.7]]]' --labels '[[[1,0],[0,1]],[[1,1],[0,0]]]'",
     [["smp"], ["Keras"], ["MONAI (batch=True)"], ["MONAI"], ["MONAI (squared_pred=True)"]]),
    (f"dice --logits {PIXELS} --labels {MASK}",
     [["smp"], ["MONAI"], ["Kornia (dice_loss, macro)"], ["Keras"], ["Kornia (dice_loss, micro)"], ["optax"]]),
    (f"tversky --logits {PIXELS} --labels {MASK} --alpha 0.3 --beta 0.7",
     [["smp"], ["MONAI (batch=True)"], ["Keras"], ["MONAI"]]),
    ("kl --log-probs '-0.1,-2.3; -0.7,-0.7; -1,-0.4' --target '0.8,0.2; 0.5,0.5; 0,1'",
     [["PyTorch"], ["PyTorch (batchmean)", "optax"], ["SciPy"]]),
    (f"triplet --anchor {VECTORS} --positive {OTHERS} --negative '0,1,1; 1,0,0; 0.5,0.5,1; -1,1,1' --p 1",
     [["PyTorch"], ["optax"]]),
    (f"huber --input {X} --target {T} --delta 0.5",
     [["PyTorch", "Keras", "optax", "SciPy"], ["PyTorch (smooth_l1_loss)"]]),
    (f"mse --input {X} --target {T}", [["PyTorch", "Keras", "optax", "sklearn"], ["optax (l2_loss)"]]),
    (f"mse --input {X} --target {T} --weight '1,2,1,0.5; 1,1,3,1'",
     [["PyTorch", "sklearn", "Keras (mean_with_sample_weight)"], ["Keras (sample_weight)"]]),
    (f"ctc --log-probs {FRAMES} --targets '1,2; 2,2'", [["PyTorch"], ["Keras", "optax"]]),
    (f"multi-margin --logits {Z} --labels 0,1,2,1",
     [["PyTorch"], ["Keras (CategoricalHinge)", "optax (multiclass_hinge_loss)", "sklearn (hinge_loss)"]]),
    (f"info-nce --anchor {VECTORS} --positive {OTHERS} --temperature 0.5",
     [["PyTorch"], ["optax (ntxent)", "MONAI (ContrastiveLoss)", "pml (NTXentLoss)"]]),
]  # fmt: skip


@pytest.mark.parametrize(("line", "groups"), TABLE, ids=[line.split(" --")[0] for line, _ in TABLE])
def test_who_agrees_with_whom(line: str, groups: list[list[str]]) -> None:
    entry = find("losses", line.split()[0])
    assert entry is not None
    found = compared([result_of(entry, shlex_split(line)[1:])])
    at = {name: i for i, each in enumerate((*found.lines, *found.defaults)) for name in each.libraries}
    places = [{at[name] for name in group} for group in groups]
    assert all(len(place) == 1 for place in places), found
    assert len(set.union(*places)) == len(groups), found


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("CrossEntropyLoss", "ce"),
        ("nn.CrossEntropyLoss", "ce"),
        ("F.cross_entropy", "ce"),
        ("torch.nn.functional.cross_entropy", "ce"),
        ("KLDivLoss", "kl"),
        ("F.kl_div", "kl"),
        ("BCEWithLogitsLoss", "bce-logits"),
        ("NTXentLoss", "nt-xent"),
        ("NTXent", "nt-xent"),
        ("mean_squared_error", "mse"),
        ("keras.losses.MeanSquaredError", "mse"),
        ("smp.losses.DiceLoss", "dice"),
    ],
)
def test_the_name_of_a_library_runs_where_the_loss_is_the_same(name: str, command: str) -> None:
    entry = find("losses", command)
    assert entry is not None
    example = next(line for line in entry.examples if "$(" not in line)
    words = shlex_split(example)[1:]
    assert output(name, *words) == output(command, *words)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("SparseCategoricalCrossentropy", "may mean ce (both from_logits=True) or nll"),
        ("log_loss", "may mean ce (on softmax(z); labels=range(C)) or nll"),
        ("optax.squared_error", "--reduction none"),
        ("DiceLoss", "of MONAI, or dice of smp"),
        ("CosineSimilarity", "1 minus it; dim=-1"),
    ],
)
def test_the_name_of_another_loss_says_what_to_type(name: str, told: str) -> None:
    done = run(name, "--logits", "1,2")
    assert done.returncode == 2
    assert told in done.stderr
    assert "Type losscli " in done.stderr
    assert done.stderr.count("\n") == 1


def test_each_name_of_a_library_is_understood() -> None:
    from losscli.libraries._names import command

    for entry in libraries():
        for loss, line in entry.lines.items():
            for name in line.partition(" (")[0].split(", "):
                with contextlib.suppress(UsageError):  # which says what to type
                    assert command(f"{entry.name}.{name.rpartition('.')[2]}"), (name, loss)


def test_a_stream_is_compared_by_its_totals() -> None:
    text = '{"logits":[[1,2],[0,1]],"labels":[0,1]}\n{"logits":[[1,2]],"labels":[0]}\n'
    done = json.loads(run("ce", "--compare", "--weight", "1,2", "--json", stdin=text).stdout)
    whole = json.loads(
        output("ce", "--logits", "1,2;0,1;1,2", "--labels", "0,1,0", "--weight", "1,2", "--compare", "--json")
    )
    assert [line["libraries"] for line in done["compare"]] == [line["libraries"] for line in whole["compare"]]
    for a, b in zip(done["compare"], whole["compare"], strict=True):
        assert math.isclose(a["value"], b["value"])
        assert math.isclose(a["divisor"], b["divisor"])


CALL = ("ce", "--logits", "1,2", "--label", "0")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--compare", "-q"], "--compare gives several numbers"),
        (["--compare", "--grad"], "--steps and --grad have no place in it"),
        (["--compare", "--reduction", "none"], "--compare compares one number"),
        (["--compare", "--code", "numpy"], "one question at a time"),
        (["--code", "numpy", "-q"], "--code writes a program"),
        (["--code", "mxnet"], "no such library"),
        (["--code", "monai"], "MONAI does not give this number"),
    ],
)
def test_nothing_that_is_asked_for_is_dropped(more: list[str], told: str) -> None:
    done = run(*CALL, *more)
    assert done.returncode == 2
    assert told in done.stderr
    assert not done.stdout


@pytest.mark.parametrize("format", ["table", "markdown", "json", "jsonl", "csv", "tsv"])
def test_every_format_takes_both(format: str) -> None:
    assert "PyTorch" in output(*CALL, "--compare", "--format", format)
    assert "F.cross_entropy(logits, labels)" in output(*CALL, "--code", "pytorch", "--format", format)


def test_files_are_loaded_by_the_program(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    z, y = np.random.default_rng(0).normal(size=(2000, 5)), np.arange(2000) % 5
    np.save("z.npy", z)
    np.save("y.npy", y)
    np.savez("both.npz", input=z, labels=y)
    (tmp_path / "both.json").write_text(json.dumps({"id": 1, "logits": z.tolist(), "labels": y.tolist()}))
    for source in (["--logits", "@z.npy", "--labels", "@y.npy"], ["both.npz"], ["both.json"]):
        program, loss = output("ce", *source, "--code", "numpy"), float(output("ce", *source, "-q"))
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(program, {})
        assert math.isclose(float(out.getvalue()), loss, rel_tol=1e-12)
        assert len(program) < 1000
    (tmp_path / "both.jsonl").write_text((tmp_path / "both.json").read_text())
    assert "writes up to 2,000 numbers" in run("ce", "both.jsonl", "--code", "numpy").stderr


def test_python_has_both() -> None:
    result = losscli.cross_entropy([[1.0, 2.0], [0.5, 0.1]], [0, 1], weight=[1.0, 3.0])
    found = result.compare()
    first = found.data["compare"][0]
    assert first["libraries"][0] == "PyTorch"
    assert (first["sum"], first["divisor"]) == (result.sum, result.divisor)
    assert "PyTorch" in repr(found)
    assert "F.cross_entropy(logits, labels, weight=weight)" in result.code("pytorch")
