"""The command line as a user runs it: values, documents, formats, options."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf
from safetensors.numpy import save_file

import losscli
from losscli.catalogue import Entry
from tests.catalogue import ENTRIES, named
from tests.command import DOUBT, ENVIRONMENT, PROGRAM, output, run, run_program, words

FIVE = "0.15,-0.34,0.12,0.67,0.55"
THREE = "0.9,0.1; 0.8,0.2; 0.7,0.3"
FOUR = "0.9,0.1,0.2; 0.8,0.2,0.1; 0.7,0.3,0.5; 0.1,0.5,0.6"
MAP = ["0000", "0110", "0110", "0001"]
SCORES = ["0000", "0100", "0010", "0001"]


def digits(rows: list[str]) -> str:
    return "; ".join(",".join(row) for row in rows)


# Each with the value that PyTorch prints in float64, as public tutorials have it.
NUMBERS = [
    (["ce", "--logits", FIVE, "--label", "2"], "1.780403352067661"),
    (["ce", "--logits", FIVE, "--label", "0,0,1,0,0"], "1.780403352067661"),
    (["bce-logits", "--logits", FIVE, "--labels", "0,1,0,1,0"], "0.7644328523849666"),
    (["multilabel-soft-margin", "--logits", FIVE, "--labels", "0,1,0,1,0"], "0.7644328523849666"),
    (["ce", "--logits", THREE, "--labels", "0,1,0"], "0.6405346229445387"),
    (["ce", "--logits", THREE, "--labels", "0,1,0", "--ignore-index", "1"], "0.44205795917386514"),
    (["ce", "--logits", THREE, "--labels", "0,1,0", "--weight", "1,2"], "0.7397729548298755"),
    (["ce", "--logits", THREE, "--labels", "0,1,0", "--weight", "2,1"], "0.5611439574362693"),
    (
        ["ce", "--logits", FOUR, "--labels", "2,1,0,1", "--weight", "2,1,2", "--ignore-index", "2"],
        "1.0400555985236029",
    ),
    (["bce-logits", "--logits", digits(SCORES), "--labels", digits(MAP)], "0.6219186506146224"),
    (["bce-logits", "--logits", digits(SCORES), "--labels", digits(MAP), "--pos-weight", "3"], "0.9126785785739422"),
    (["ce", "--logits", "40,0", "--label", "0"], "4.248354255291589e-18"),
]


@pytest.mark.parametrize(("args", "expected"), NUMBERS)
def test_the_known_numbers_come_out(args: list[str], expected: str) -> None:
    # Row values and their sum are each rounded once, PyTorch's in other places: they may differ by one unit.
    assert abs(float(output(*args, "-q")) - float(expected)) <= math.ulp(float(expected))


def test_where_they_differ_from_pytorch_in_the_last_digit_both_are_next_to_the_exact_value() -> None:
    with mp.workdps(40):
        rows = [(mpf(0.9), mpf(0.1)), (mpf(0.2), mpf(0.8)), (mpf(0.7), mpf(0.3))]  # the label's logit, the other
        nll = [mp.log1p(mp.exp(other - own)) for own, other in rows]
        x = [mpf(v) for v in (0.15, -0.34, 0.12, 0.67, 0.55)]
        exact = {
            "0.7397729548298755": (nll[0] + 2 * nll[1] + nll[2]) / 4,
            "0.5611439574362693": (2 * nll[0] + nll[1] + 2 * nll[2]) / 5,
            "0.7644328523849666": sum(mp.log1p(mp.exp(-v if t else v)) for v, t in zip(x, (0, 1) * 3, strict=False))
            / 5,
        }
        for args, pytorch in NUMBERS:
            if pytorch in exact:
                assert abs(mpf(output(*args, "-q")) - exact[pytorch]) < math.ulp(float(pytorch))


def test_bce_of_the_sigmoid_is_bce_with_logits() -> None:
    sigmoid = output("sigmoid", "--logits", FIVE, "-q").strip()
    assert float(output("bce", "--probs", sigmoid, "--labels", "0,1,0,1,0", "-q")) == pytest.approx(0.7644328523849666)
    maps = output("sigmoid", "--logits", digits(SCORES), "-q")
    assert float(output("bce", "--probs", maps, "--labels", digits(MAP), "-q")) == pytest.approx(0.6219186506146224)


def test_log_softmax_then_nll_is_ce() -> None:
    logits = "2.5,-1,0.3,0,4; -3,0.25,7,1,1; 0,0,0.5,-0.5,2"
    log_probs = output("log-softmax", "--logits", logits, "-q")
    labels = ["--labels", "4,1,0", "--weight", "1,2,3,4,5"]
    # torch.nn.functional.cross_entropy in float64
    assert float(output("nll", "--log-probs", log_probs, *labels, "-q")) == pytest.approx(2.146705557984343, rel=1e-15)
    assert float(output("ce", "--logits", logits, *labels, "-q")) == pytest.approx(2.146705557984343, rel=1e-15)


@pytest.mark.parametrize(
    ("logits", "labels"),
    [
        ("0.9,0.1; 0.8,0.2; 0.7,0.3", "0,1,0"),
        ("0.9 0.1;0.8 0.2;0.7 0.3;", "0 1 0"),
        ("[[0.9,0.1],[0.8,0.2],[0.7,0.3]]", "[0, 1, 0]"),
        ("0.9, 0.1\n0.8, 0.2\n0.7, 0.3\n", "0,1,0,"),
        ("9e-1,1e-1;.8,.2;+.7,.3", "0.0,1.0,0.0"),
    ],
)
def test_an_array_may_be_typed_in_several_ways(logits: str, labels: str) -> None:
    assert output("ce", "--logits", logits, "--labels", labels, "-q") == "0.6405346229445387\n"


@pytest.mark.parametrize("word", ["nan", "NaN", "-inf", "inf", "Infinity", "-Infinity"])
def test_words_for_numbers_that_are_not_finite_are_numbers(word: str) -> None:
    shown = json.loads(output("sigmoid", "--logits", f"{word},0", "--json"))
    assert shown["value"] == ["NaN" if "n" in word.lower()[:1] else 0.0 if "-" in word else 1.0, 0.5]


def test_singular_and_plural_are_one_option() -> None:
    expected = output("ce", "--logits", THREE, "--labels", "0,1,0", "--weight", "1,2", "-q")
    assert output("ce", "--logit", THREE, "--label", "0,1,0", "--weights", "1,2", "-q") == expected


def save_npy(path: Path, a: Any) -> None:
    np.save(path, np.asarray(a))


def save_csv(path: Path, a: Any) -> None:
    rows = np.atleast_2d(np.asarray(a)) if np.asarray(a).ndim == 2 else np.asarray(a).reshape(-1, 1)
    path.write_text("".join(",".join(map(repr, row)) + "\n" for row in rows.tolist()))


def save_tsv(path: Path, a: Any) -> None:
    rows = np.asarray(a) if np.asarray(a).ndim == 2 else np.asarray(a).reshape(-1, 1)
    path.write_text("a\tb\n"[: None if rows.shape[1] == 2 else 0] or "label\n")
    with path.open("a") as file:
        file.writelines("\t".join(map(repr, row)) + "\n" for row in rows.tolist())


def save_json(path: Path, a: Any) -> None:
    path.write_text(json.dumps(np.asarray(a).tolist()))


def save_txt(path: Path, a: Any) -> None:
    np.savetxt(path, np.asarray(a), fmt="%.17g")


@pytest.mark.parametrize("save", [save_npy, save_csv, save_tsv, save_json, save_txt])
def test_an_array_may_come_from_a_file(save: Callable[[Path, Any], None], tmp_path: Path) -> None:
    ending = save.__name__.removeprefix("save_")
    save(tmp_path / f"logits.{ending}", [[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]])
    save(tmp_path / f"labels.{ending}", [0, 1, 0])
    args = ["--logits", f"@logits.{ending}", "--labels", f"@labels.{ending}"]
    assert output("ce", *args, "-q", cwd=tmp_path) == "0.6405346229445387\n"


def test_an_array_may_come_through_a_pipe_as_text_or_npy() -> None:
    for text in (THREE, "[[0.9,0.1],[0.8,0.2],[0.7,0.3]]"):
        assert output("ce", "--logits", "-", "--labels", "0,1,0", "-q", stdin=text) == "0.6405346229445387\n"
    buffer = io.BytesIO()
    np.save(buffer, np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]]))
    piped = output("ce", "--logits", "-", "--labels", "0,1,0", "-q", stdin=buffer.getvalue())
    assert piped == "0.6405346229445387\n"


BATCH = {"logits": [[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]], "labels": [0, 1, 0]}
ARRAYS: dict[str, Any] = {"logits": np.array(BATCH["logits"]), "labels": np.array(BATCH["labels"])}


def written(path: Path) -> Path:
    """The batch in the format that the path's ending names."""
    text = json.dumps(BATCH)
    match path.name.split(".", 1)[1]:
        case "json":
            path.write_text(json.dumps(BATCH, indent=2))
        case "jsonl" | "ndjson":
            path.write_text(text + "\n")
        case "jsonl.gz":
            path.write_bytes(gzip.compress(text.encode()))
        case "npz":
            np.savez(path, **ARRAYS)
        case "csv":
            path.write_text("label,cat,dog\n0,0.9,0.1\n1,0.8,0.2\n0,0.7,0.3\n")
        case "tsv":
            path.write_text("cat\ttarget\tdog\n0.9\t0\t0.1\n0.8\t1\t0.2\n0.7\t0\t0.3\n")
        case "csv.gz":
            path.write_bytes(gzip.compress(b"labels,cat,dog\r\n0,0.9,0.1\r\n1,0.8,0.2\r\n0,0.7,0.3\r\n"))
        case "safetensors":
            save_file(ARRAYS, path)
    return path


ENDINGS = ["json", "jsonl", "ndjson", "jsonl.gz", "npz", "csv", "csv.gz", "tsv", "safetensors"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_document_may_have_any_format(ending: str, tmp_path: Path) -> None:
    path = written(tmp_path / f"batch.{ending}")
    assert output("ce", str(path), "-q") == "0.6405346229445387\n"
    assert output("ce", str(path), "--weight", "1,2", "-q") == "0.7397729548298754\n"


def test_a_compressed_npz_is_read_too(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "batch.npz", **ARRAYS)
    assert output("ce", str(tmp_path / "batch.npz"), "-q") == "0.6405346229445387\n"


@pytest.mark.parametrize("dtype", ["F16", "BF16", "F32", "F64", "I8", "U8", "I64"])
def test_safetensors_of_every_dtype(dtype: str, tmp_path: Path) -> None:
    logits = np.array([[1.0, 2.0], [4.0, 0.5]]) if dtype[0] in "FB" else np.array([[1, 2], [4, 0]])
    numpy = {"F16": "f2", "F32": "f4", "F64": "f8", "I8": "i1", "U8": "u1", "I64": "i8"}.get(dtype)
    data = (logits.astype("<f4").view("<u4") >> 16).astype("<u2") if numpy is None else logits.astype(numpy)
    header = {
        "logits": {"dtype": dtype, "shape": [2, 2], "data_offsets": [0, data.nbytes]},
        "labels": {"dtype": "I64", "shape": [2], "data_offsets": [data.nbytes, data.nbytes + 16]},
        "__metadata__": {"by": "hand"},
    }
    text = json.dumps(header).encode()
    whole = len(text).to_bytes(8, "little") + text + data.tobytes() + np.array([0, 1]).tobytes()
    (tmp_path / "b.safetensors").write_bytes(whole)
    found = float(output("ce", str(tmp_path / "b.safetensors"), "-q"))
    assert found == losscli.cross_entropy(logits, [0, 1]).mean


def test_bfloat16_that_is_a_scalar_or_belongs_to_no_row_is_the_number_that_it_stands_for(tmp_path: Path) -> None:
    def bf16(path: Path, **values: Any) -> str:
        header, data = {}, b""
        for name, value in values.items():
            bits = np.ravel(np.asarray(value, "<f4").reshape(-1).view("<u2")[1::2]).tobytes()
            header[name] = {
                "dtype": "BF16", "shape": np.shape(value), "data_offsets": [len(data), len(data) + len(bits)]
            }  # fmt: skip
            data += bits
        text = json.dumps(header).encode()
        path.write_bytes(len(text).to_bytes(8, "little") + text + data)
        return str(path)

    rows = {"logits": [[0.5, 1], [2, -1]], "labels": [[0, 1], [1, 0]]}
    assert output("mse", bf16(tmp_path / "a.safetensors", input=1.5, target=0.5), "-q") == "1.0\n"
    weighted = bf16(tmp_path / "b.safetensors", **rows, pos_weight=[2])
    record = json.loads(output("bce-logits", weighted, "--json"))
    assert (record["loss"], record["options"]) == (0.5419295172051801, {"pos_weight": [2.0]})
    pair = {"input": rows["logits"], "target": rows["labels"]}
    assert output("gaussian-nll", bf16(tmp_path / "c.safetensors", **pair, var=[[2], [0.5]]), "-q") == "0.515625\n"


def test_long_doubles_are_computed_with_and_written_as_float64(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", **ARRAYS, weight=np.array([1, 2], np.longdouble))
    record = json.loads(output("ce", "x.npz", "--json", cwd=tmp_path))
    assert (record["loss"], record["options"]) == (0.7397729548298754, {"weight": [1.0, 2.0]})


@pytest.mark.parametrize("name", ["COLUMNS", "LINES", "TERMINAL_WIDTH"])
@pytest.mark.parametrize("value", ["²", "junk", "0", "9" * 30])
def test_a_size_of_the_terminal_that_is_no_size_is_ignored(name: str, value: str) -> None:
    args = ("ce", "--logits", "3,2", "--label", "0")
    assert run_program(*args, **{name: value}) == run_program(*args)


@pytest.mark.parametrize("shape", ["%s\n%s\n", "[%s, %s]", "[\n%s,\n%s]"])
def test_an_id_of_any_length_comes_back_whole(shape: str) -> None:
    long = 2**64 + 1
    text = shape % tuple(f'{{"id": {i}, "logits": [3, 2], "label": 0}}' for i in (long, 2**64 - 1))
    ids = [json.loads(line)["id"] for line in output("ce", "--format", "jsonl", stdin=text).splitlines()]
    assert ids == [str(long), 2**64 - 1]


@pytest.mark.parametrize("env", [{"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}, {}])
@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_json_is_utf_8_whatever_the_terminal_is(form: str, env: dict[str, str]) -> None:
    text = '{"id": "caf\u00e9 \U0001f600", "logits": [3, 2], "label": 0}'
    done = run_program("ce", "--format", form, stdin=text, **env)
    assert json.loads(done.stdout)["id"] == "caf\u00e9 \U0001f600"
    assert done.stdout.isascii() == bool(env)


def test_ids_are_no_formulas_in_a_spreadsheet_and_no_links_in_markdown() -> None:
    ids = ["=1+2", "@SUM(A1)", "-x", "-5", "a=b", "![x](http://a.b)", "www.a.b", "*a*", "<b>", "a|b", "`c`", "a_b"]
    lines = "\n".join(json.dumps({"id": i, "logits": [3, 2], "label": 0}) for i in ids)
    rows = csv.DictReader(io.StringIO(output("ce", "--format", "csv", stdin=lines)))
    assert [row["id"] for row in rows] == ["'=1+2", "'@SUM(A1)", "'-x", *ids[3:]]
    found = output("ce", "--format", "markdown", stdin=lines)
    expected = [
        "=1+2",
        "@SUM(A1)",
        "-x",
        "-5",
        "a=b",
        r"![x]\(http:\//a.b)",
        r"www\.a.b",
        r"\*a\*",
        "&lt;b>",
        r"a\|b",
        r"\`c\`",
        "a_b",
    ]
    assert [line.split(" | ")[1].strip() for line in found.splitlines() if line.startswith("| ")][2:] == expected


def test_each_line_says_its_own_options_and_the_total_those_of_all() -> None:
    weights = [[1, 2], [30, 40], [1, 2], 0.5]
    lines = [json.dumps({"logits": [0.5, 1], "labels": [0, 1], "weight": w, "pos_weight": 3}) for w in weights]
    records = [json.loads(line) for line in output("bce-logits", "--format", "jsonl", stdin="\n".join(lines)).split()]
    assert [record["options"] for record in records] == [{"weight": w, "pos_weight": 3} for w in weights]
    assert records[:3] == [json.loads(output("bce-logits", "--json", stdin=line)) for line in lines[:3]]
    total = json.loads(output("bce-logits", "--json", stdin="\n".join(lines)))
    assert total["options"] == {"pos_weight": 3}


def test_several_files_give_one_exact_total(tmp_path: Path) -> None:
    paths = [str(written(tmp_path / f"batch.{ending}")) for ending in ("json", "npz", "csv")]
    record = json.loads(output("ce", *paths, "--json"))
    assert (record["batches"], record["count"], record["divisor"]) == (3, 9, 9.0)
    assert record["loss"] == pytest.approx(0.6405346229445387, rel=1e-15)


def test_the_total_is_the_sum_of_sums_over_the_sum_of_divisors_and_no_mean_of_means(tmp_path: Path) -> None:
    lines = (
        '{"logits":[[0,0]],"labels":[0],"weight":[3,1]}\n'
        '{"logits":[[0,2],[0,2],[0,2]],"labels":[1,1,0],"weight":[3,1]}\n'
    )
    record = json.loads(output("ce", "--json", stdin=lines))
    terms = [3 * math.log(2), math.log1p(math.exp(-2)), math.log1p(math.exp(-2)), 3 * (2 + math.log1p(math.exp(-2)))]
    assert record["divisor"] == 3 + 1 + 1 + 3
    assert record["loss"] == pytest.approx(sum(terms) / 8, rel=1e-15)
    assert record["options"] == {"weight": [3, 1]}


def test_ids_and_options_of_documents_are_carried_and_the_command_line_wins() -> None:
    lines = (
        '{"id": "a", "input": [0, 1], "target": 1}\n'
        '{"id": 7, "logits": [0, 1], "label": 1, "label_smoothing": 0.5, "reduction": "sum"}\n'
    )
    first, second = map(json.loads, output("ce", "--format", "jsonl", stdin=lines).splitlines())
    assert (first["id"], first["reduction"], first["options"]) == ("a", "mean", {})
    assert (second["id"], second["reduction"], second["options"]) == (7, "sum", {"label_smoothing": 0.5})
    both = output(
        "ce", "--format", "jsonl", "--label-smoothing", "0.1", "--reduction", "none", stdin=lines
    ).splitlines()
    assert [json.loads(line)["options"] for line in both] == [{"label_smoothing": 0.1}] * 2
    assert json.loads(both[0])["loss"] == json.loads(both[1])["loss"]


def test_a_document_on_standard_input_may_be_one_json_text_of_many_lines() -> None:
    assert output("ce", "-q", stdin=json.dumps(BATCH, indent=2)) == "0.6405346229445387\n"
    assert output("ce", "-q", stdin=json.dumps([BATCH, BATCH])) == "0.6405346229445387\n"
    assert output("ce", "-", "-q", stdin=json.dumps(BATCH)) == "0.6405346229445387\n"


def test_other_keys_can_be_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "b.npz", y_pred=ARRAYS["logits"], y_true=ARRAYS["labels"])
    args = ["--logits-key", "y_pred", "--labels-key", "y_true", "-q"]
    assert output("ce", str(tmp_path / "b.npz"), *args) == "0.6405346229445387\n"


def test_a_key_that_no_parameter_has_is_named_once() -> None:
    done = run("ce", "-q", stdin='{"logits":[0,1],"label":0,"epoch":3}\n{"logits":[0,1],"label":0,"epoch":4}\n')
    assert done.returncode == 0
    assert done.stderr.count("'epoch'") == 1


def test_many_keys_that_no_parameter_has_are_named_in_one_line() -> None:
    many = "".join(f',"key {i:x}":1' for i in range(20_000))
    done = run("ce", "-q", stdin='{"logits":[0,2],"label":0' + many + "}\n")
    assert done.returncode == 0
    assert done.stderr.startswith(
        "losscli: warning: standard input:1: 20,000 keys are not parameters and are left out: 'key 0', 'key 1', "
    )
    assert done.stderr.endswith(" ..., 'key 4e1f'. --logits-key names another key.\n")
    assert done.stderr.count("\n") == 1


def test_class_names_serve_as_labels_and_stand_in_the_table() -> None:
    args = ["--logits", "2,1,0", "--class-names", "cat,dog,[red]bird[/x]", "--label", "dog"]
    assert "> dog" in (table := output("ce", *args))
    assert "[red]bird[/x]" in table
    assert output("ce", *args, "-q") == output("ce", "--logits", "2,1,0", "--label", "1", "-q")


def test_segmentation_and_language_model_shapes(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    maps, labels = rng.normal(size=(2, 3, 4, 5)), rng.integers(0, 3, (2, 4, 5))
    np.savez(tmp_path / "first.npz", logits=maps, labels=labels)
    np.savez(tmp_path / "last.npz", logits=np.moveaxis(maps, 1, -1), labels=labels)
    expected = output("ce", str(tmp_path / "first.npz"), "-q")
    assert output("ce", str(tmp_path / "last.npz"), "-q") == expected
    assert output("ce", str(tmp_path / "last.npz"), "--class-axis", "-1", "-q") == expected


def test_two_class_axes_that_fit_take_pytorchs_with_a_warning(tmp_path: Path) -> None:
    np.savez(tmp_path / "b.npz", logits=np.arange(18.0).reshape(2, 3, 3) / 7, labels=np.array([[0, 1, 2], [2, 1, 0]]))
    done = run("ce", str(tmp_path / "b.npz"), "-q")
    assert done.returncode == 0
    assert "--class-axis" in done.stderr
    assert done.stdout == output("ce", str(tmp_path / "b.npz"), "--class-axis", "1", "-q")


def test_json_says_all_there_is_to_say() -> None:
    args = ["ce", "--logits", THREE, "--labels", "0,1,0", "--weight", "1,2", "--ignore-index", "1", "--json"]
    record = json.loads(output(*args, "--steps", "--grad"))
    assert list(record) == [
        "command", "loss", "reduction", "sum", "divisor", "count", "ignored", "batches", "options", "steps", "grad",
    ]  # fmt: skip
    assert (record["command"], record["count"], record["ignored"], record["divisor"]) == ("ce", 2, 1, 2.0)
    assert record["options"] == {"weight": [1, 2], "ignore_index": 1}
    assert np.array(record["steps"]["softmax"]).shape == np.array(record["grad"]).shape == (3, 2)
    assert record["grad"][1] == [0.0, 0.0]


def test_numbers_that_are_not_finite_are_strings_in_json_and_read_back() -> None:
    done = run("ce", "--logits", "0,-inf", "--label", "1", "--json", "--grad")
    assert json.loads(done.stdout)["loss"] == "Infinity"
    again = run("ce", "--json", stdin='{"logits": [0, "-Infinity"], "label": 1}')
    assert json.loads(again.stdout)["loss"] == "Infinity"
    nan = run("ce", "--json", stdin='{"logits": [0, NaN], "label": 1}')
    assert json.loads(nan.stdout)["loss"] == "NaN"


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_csv_and_tsv_have_a_line_a_batch_or_a_line_a_row(delimiter: str) -> None:
    name = "csv" if delimiter == "," else "tsv"
    lines = '{"id":"x","logits":[[0,1],[2,0]],"labels":[0,1]}\n{"logits":[[1,1]],"labels":[0]}\n'
    table = list(csv.DictReader(io.StringIO(output("ce", "--format", name, stdin=lines)), delimiter=delimiter))
    assert [row["id"] for row in table] == ["x", ""]
    assert float(table[1]["loss"]) == math.log(2)
    text = output("ce", "--format", name, "--steps", "--grad", stdin=lines)
    rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    assert [(row["batch"], row["row"]) for row in rows] == [("0", "0"), ("0", "1"), ("1", "0")]
    assert float(rows[2]["loss"]) == math.log(2)
    assert float(rows[2]["grad[0]"]) == -0.5


def test_markdown_is_a_table_that_github_draws() -> None:
    text = output("ce", "--logits", THREE, "--labels", "0,1,0", "--format", "markdown", "--class-names", "a|b,c")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert "a\\|b" in text
    assert len({line.replace("\\|", "").count("|") for line in lines[:8]}) == 1


@pytest.mark.filterwarnings(f"ignore:.*{DOUBT}")
def test_reduction_none_prints_one_number_a_line() -> None:
    numbers = output("ce", "--logits", THREE, "--labels", "0,1,0", "--reduction", "none", "-q").split()
    assert [float(n) for n in numbers] == losscli.cross_entropy(
        [[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]], [0, 1, 0]
    ).value.tolist()


def test_functions_print_what_can_be_typed_again(tmp_path: Path) -> None:
    text = output("softmax", "--logits", THREE, "-q")
    again = output("log-softmax", "--logits", text, "-q")
    assert len(again.splitlines()) == 3
    np.save(tmp_path / "maps.npy", np.zeros((2, 3, 2, 2)))
    assert json.loads(output("softmax", "--logits", f"@{tmp_path}/maps.npy", "-q"))[0][0][0][0] == 1 / 3


def test_an_output_file_is_written_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    assert output("ce", "--logits", THREE, "--labels", "0,1,0", "--json", "-o", str(target)) == ""
    assert json.loads(target.read_text())["count"] == 3
    assert [p.name for p in tmp_path.iterdir()] == ["out.json"]
    done = run("ce", "--logits", THREE, "--labels", "0,1,9", "--json", "-o", str(target))
    assert done.returncode == 3
    assert json.loads(target.read_text())["count"] == 3


def test_a_shell_can_take_the_number() -> None:
    script = f'loss=$({PROGRAM} ce -q --logits {FIVE} --label 2); echo "<$loss>"'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=ENVIRONMENT, check=True)
    assert done.stdout == "<1.780403352067661>\n"


def test_a_thousand_mixed_batches_agree_with_pytorch() -> None:
    path = Path(__file__).parent / "mixed_batches.jsonl.gz"
    lines = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    assert len(lines) == 1000
    documents = "".join(json.dumps(line["document"]) + "\n" for line in lines)
    done = run("ce", "--format", "jsonl", stdin=documents)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [f.get("id") for f in found] == [line["document"].get("id") for line in lines]
    for f, line in zip(found, lines, strict=True):
        np.testing.assert_allclose(
            np.array(f["loss"]), np.array(line["loss"]), rtol=1e-13, atol=1e-14, err_msg=str(line["document"])
        )
    total = json.loads(run("ce", "--json", "--reduction", "mean", stdin=documents).stdout)
    assert total["batches"] == 1000
    assert total["sum"] == pytest.approx(sum(f["sum"] for f in found), rel=1e-12)


@pytest.mark.parametrize("entry", ENTRIES, ids=named)
def test_every_command_has_help_and_its_examples_run(entry: Entry) -> None:
    text = output(entry.name, "--help", COLUMNS="200")
    assert entry.summary in text
    for name in entry.declaration.parameters:
        assert f"--{name.replace('_', '-')}" in text
    for example in entry.examples:
        assert example in text
        assert typed(example).strip()


def typed(command: str) -> str:
    """What a shell prints of a command of losscli, with the output of another one where "$(...)" stands."""
    whole = re.sub(r"\$\(([^()]*)\)", lambda inner: typed(inner[1]).rstrip("\n"), command)
    program, *args = words(whole)
    assert program == "losscli"
    done = run(*args)
    assert (done.returncode, done.stderr) == (0, ""), (command, done.stderr)
    return done.stdout


LINES = [
    "ce --logits '0.9,0.1; 0.8,0.2' --labels 0,1",
    "ce --logits '0.9,0.1; 0.8,0.2' --labels 0,1 --steps --grad --json",
    "softmax --logits 1,2,∞",
    "ce --logits 1,2 --label 2",
    "ce --lable 2",
    "ce --logits 1,2 --label 1 -q --max 0.3",
    "ce gone.jsonl",
    "ce --format jsonl --class-names é,b",
    "mse --help",
    "list",
]


@pytest.mark.parametrize("line", LINES)
def test_the_program_does_what_the_same_line_does_in_this_process(line: str, tmp_path: Path) -> None:
    stdin = '{"logits": [0.5, 0.25], "label": 0, "id": "\\u00e9"}\n{"logits": [1, 2], "label": 5}\n'
    here, there = (how(*words(line), stdin=stdin, cwd=tmp_path) for how in (run, run_program))
    assert here == there


def test_every_name_of_a_loss_is_a_command() -> None:
    for name in ("cross-entropy", "negative-log-likelihood", "binary-cross-entropy"):
        assert output(name, "--help")
    assert output("cross-entropy", "--logits", FIVE, "--label", "2", "-q") == "1.780403352067661\n"


def test_the_list_shows_every_loss() -> None:
    text = output("list")
    for entry in ENTRIES:
        assert entry.summary in text
        assert entry.formula in text
    assert {row["command"] for row in json.loads(output("list", "--json"))} == {e.name for e in ENTRIES}


def test_a_misspelt_command_or_option_is_answered_with_the_right_one() -> None:
    done = run("cee", "--logits", "1")
    assert done.returncode == 2
    assert done.stderr == "losscli: there is no command 'cee'. Type: losscli ce --logits 1\n"
    done = run("ce", "--lable", "1")
    assert done.returncode == 2
    assert "--label" in done.stderr
