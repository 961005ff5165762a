"""The laws of --why: every mistake is found by its own number, and hardly anything by an unrelated one.

Whether a mistake is the one that people make is shown elsewhere: by numbers that the wrong code itself has given.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import losscli
from losscli.catalogue import Entry, find
from losscli.compute.loss import Loss
from losscli.compute.result import Result
from losscli.compute.settings import Settings
from losscli.documents import single
from losscli.mistakes import _search as search
from tests.catalogue import GOLDEN, golden_lines, named
from tests.command import ENVIRONMENT, PROGRAM, run

INPUTS = 2  # of each loss
FEW = 200  # numbers in an input: more take too long for all mistakes of all losses


def result_of(name: str, document: dict[str, Any]) -> Result:
    entry = find("losses", name)
    assert entry is not None
    settings = {key: document[key] for key in ("reduction", "class_axis") if key in document}
    values = {key: value for key, value in document.items() if key not in settings}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Loss(entry).result(single(values), Settings(**settings))


@cache
def _tried(name: str, document: str) -> search.Tried:
    return search.Tried([result_of(name, json.loads(document))])


def tried(name: str, document: dict[str, Any]) -> search.Tried:
    """A document with all mistakes tried on it, once for all tests."""
    return _tried(name, json.dumps(document))


def why(name: str, document: dict[str, Any], text: str) -> search.Explanation:
    return tried(name, document).explain(search.observed(text))


def inputs(entry: Entry) -> Iterator[dict[str, Any]]:
    """A few small inputs of a loss, with its options: from its golden file."""
    lines = [json.loads(line)["arguments"] for line in golden_lines(entry)]
    small = [document for document in lines if 1 < sum(np.size(v) for v in document.values()) <= FEW]
    return iter(small[:: max(1, len(small) // INPUTS)][:INPUTS])


LOSSES = [entry for entry in GOLDEN if not entry.is_function]


@pytest.mark.parametrize("entry", LOSSES, ids=named)
def test_no_stage_fails_on_valid_input_or_has_a_mistake_twice(entry: Entry) -> None:
    """What a mistake cannot be made of is left out by a condition, not by an error that ends its whole stage.

    The search tells mistakes apart by their names and words: of two that are alike, it would drop one.
    """
    for document in inputs(entry):
        call = tried(entry.name, document).right
        with np.errstate(all="ignore"):
            found = [(v.name, v.what) for stage in search.stages() for v in stage.variants(call)]
        assert len(found) == len(set(found)), [key for key in found if found.count(key) > 1]


@pytest.mark.parametrize("entry", LOSSES, ids=named)
def test_the_right_number_agrees(entry: Entry) -> None:
    for document in inputs(entry):
        loss = result_of(entry.name, document).loss
        for text in (repr(loss), f"{loss:.7g}", f"{loss:#.4g}"):
            assert why(entry.name, document, text).tier == "agrees", (document, text)


@pytest.mark.parametrize("entry", LOSSES, ids=named)
def test_each_mistake_is_found_by_its_own_number(entry: Entry) -> None:
    for document in inputs(entry):
        for trial in tried(entry.name, document).singles("all"):
            if not math.isfinite(trial.value):
                continue
            found = why(entry.name, document, f"{trial.value:#.7g}")
            if found.tier != "agrees":  # so close to the loss that seven digits do not tell them apart
                names = {v.name for c in found.candidates for t in c.trials for v in t.variants}
                assert trial.variants[0].name in names, (document, trial.variants[0].name)


UNRELATED: list[tuple[str, dict[str, Any]]] = [
    ("ce", {"logits": [[1.2, 0.3, 0.8], [0.1, 2.2, 0.4], [0.7, 0.6, 0.5]], "labels": [2, 0, 0], "weight": [1, 2, 0.5]}),
    ("ce", {"logits": [[0.2, 1.1, 0.4], [1.5, 0.3, -0.2]], "labels": [1, 0], "label_smoothing": 0.1}),
    ("bce-logits", {"logits": [0.8, -1.1, 2.0, 0.3], "labels": [1, 0, 1, 0.5], "pos_weight": [3]}),
    ("focal", {"logits": [0.8, -1.1, 2.0, 0.3], "labels": [1, 0, 1, 0]}),
    ("mse", {"input": [2.5, 0.1, 2.0, 8.0], "target": [3.0, -0.5, 2.2, 7.0]}),
    ("kl", {"log_probs": [[-2.3026, -1.6094, -0.3567]], "target": [[0.2, 0.3, 0.5]]}),
]


def test_an_unrelated_number_of_five_digits_is_hardly_ever_explained() -> None:
    rng = np.random.default_rng(0)
    explained = drawn = 0
    for name, document in UNRELATED:
        loss = abs(result_of(name, document).loss)
        for number in loss * np.exp(rng.uniform(-math.log(4), math.log(4), 300)):
            found = why(name, document, f"{number:#.5g}")
            explained += found.tier == "single" and found.candidates[0].verdict == "explains"
            drawn += 1
    assert explained <= 0.01 * drawn


def test_nothing_is_claimed_for_other_logits() -> None:
    name, document = UNRELATED[0]
    found = why(name, document, "0.80517")
    assert found.tier == "none"
    assert found.nearest
    assert found.pairs > 100


def test_several_numbers_are_the_losses_of_the_rows() -> None:
    document = {"logits": [[2, 1, 0], [0, 1, 0]], "labels": [0, 2]}
    rows = [-math.log(math.exp(a) / b) for a, b in ((2, math.e**2 + math.e + 1), (0, 2 + math.e))]
    assert why("ce", document, ", ".join(f"{x:.4f}" for x in rows)).tier == "agrees"
    found = why("ce", document, "-2, 0")
    assert [v.name for v in found.candidates[0].first.variants] == ["raw-to-nll"]
    tiny = {"logits": [[-100, 100], [-100, 100]], "labels": [0, 1], "weight": [20, 10]}
    assert why("ce", tiny, "4000, 0").tier == "agrees"  # the second is 1e-86
    assert [v.name for v in why("ce", tiny, "200, 0").candidates[0].first.variants] == ["weights-ignored"]
    with pytest.raises(losscli.errors.UsageError, match="3 numbers, but the input has 2 losses of rows"):
        why("ce", document, "1, 2, 3")


def test_the_batch_means_of_a_stream_are_among_the_causes() -> None:
    lines = '{"logits": [[2, 0]], "labels": [1]}\n{"logits": [[1, 0], [0, 3]], "labels": [0, 1]}\n'
    first, second = math.log1p(math.exp(2)), (math.log1p(math.exp(-1)) + math.log1p(math.exp(-3))) / 2
    done = run("ce", "--why", f"{(first + second) / 2:.5f}", "--json", stdin=lines)
    assert json.loads(done.stdout)["candidates"][0]["causes"][0] == "mean-of-batch-means"
    assert done.returncode == 0


@pytest.mark.parametrize("rows", [1, 7, 300])
def test_input_in_blocks_is_explained_as_a_whole(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    document = {"logits": rng.standard_normal((300, 4)).tolist(), "labels": rng.integers(0, 4, 300).tolist()}
    whole = {(t.variants[0].name, t.variants[0].what): t.value for t in tried("ce", document).singles("all")}
    monkeypatch.setattr("losscli.compute.arguments.BLOCK", 4 * rows)
    monkeypatch.setattr(search, "MOST_NUMBERS", 100)
    cut = search.Tried([result_of("ce", document)])
    found = {(t.variants[0].name, t.variants[0].what): t.value for t in cut.singles("all")}
    assert len(found) > 15
    assert found == pytest.approx({key: whole[key] for key in found}, rel=1e-12, nan_ok=True)
    assert cut.explain(search.observed("0.123456")).skipped


def test_the_answer_in_each_format() -> None:
    command = ("ce", "--logits", "3,4;6,9", "--labels", "1,0", "--weight", "0.4,0.36", "--why", "0.6661")
    table = run(*command)
    assert table.returncode == 0
    assert "Cross entropy = 1.7529, not 0.6661" in table.stdout
    assert "divided by the 2 rows" in table.stdout
    assert max(map(len, table.stdout.split("\n"))) <= 80
    record = json.loads(run(*command, "--json").stdout)
    assert record["tier"] == "single"
    assert record["candidates"][0]["causes"] == ["weighted-mean-div-n"]
    assert record["candidates"][0]["value"] == pytest.approx(
        (0.36 * math.log1p(math.exp(-1)) + 0.4 * math.log1p(math.exp(3))) / 2
    )
    assert set(record["candidates"][0]) >= {"causes", "value", "residual", "chance", "says", "mend", "changes"}
    assert record["tried"]["single"] > 30
    assert "**Cross entropy = 1.7529, not 0.6661**" in run(*command, "--format", "markdown").stdout
    assert run(*command, "--format", "csv").stdout.startswith("causes,value,residual,chance,says,mend\n")
    assert run(*command, "-q").returncode == 2
    assert run(*command, "--grad").returncode == 2


def test_digits_are_those_that_were_asked_for() -> None:
    command = ("ce", "--logits", "3,4;6,9", "--labels", "1,0", "--weight", "0.4,0.36", "--why", "0.6661")
    assert "Cross entropy = 1.75290677, not 0.6661" in run(*command, "--digits", "8").stdout


def test_linear_ce_is_told_by_its_own_name() -> None:
    given = ("--hidden", "0.5,-1; 2,0", "--linear-weight", "1,0; 0,1; 1,1", "--labels", "2,0", "--why", "2")
    record = json.loads(run("linear-ce", *given, "--json").stdout)
    assert record["command"] == "linear-ce"
    assert run("linear-ce", *given).stdout.strip().startswith("Linear cross entropy")


def test_the_batches_of_a_stream_take_little_memory(tmp_path: Path) -> None:
    line = '{"logits": [[1, 2, 0.5, 0, 3]], "labels": [1]}\n'
    peaks = []
    for n in (20_000, 100_000):
        (tmp_path / "x.jsonl").write_text(line * n)
        script = (
            "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        asked = (PROGRAM, "ce", "x.jsonl", "--why", "1.491696", "--json")
        done = subprocess.run(
            [sys.executable, "-c", script, *asked], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, check=False
        )
        peaks.append(int(done.stdout))
    assert peaks[1] < 1.2 * peaks[0]


def test_exit_codes() -> None:
    command = ("ce", "--logits", "2,1,0", "--labels", "0", "--why")
    assert run(*command, "0.4076").returncode == 0
    assert run(*command, "1.23456").returncode == 1
    assert run(*command, "0.4o76").returncode == 2


def test_a_check_that_fails_names_the_next_step() -> None:
    done = run("ce", "--logits", "2,1,0", "--labels", "0", "--expect", "1.4076")
    assert done.returncode == 1
    assert "--why 1.4076" in done.stderr
