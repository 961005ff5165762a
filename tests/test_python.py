"""The Python side: functions, results, and what holds for every source of values, Python among them."""

from __future__ import annotations

import inspect
import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import losscli
from losscli.catalogue import Entry, find
from losscli.compute.loss import Loss
from losscli.declare import declared
from losscli.errors import DataError, LosscliWarning, UsageError
from losscli.losses.multiclass import IgnoreIndex, Labels, Logits
from losscli.losses.multiclass.cross_entropy import cross_entropy
from losscli.python import Result, call
from losscli.terms import EXP, ExactSum, Terms, Total
from tests.catalogue import ENTRIES, named
from tests.command import run

ROWS, LABELS = [[2, 1], [0.5, 1.5], [0, -1]], [0, 1, 0]


@pytest.mark.parametrize("entry", ENTRIES, ids=named)
def test_help_shows_the_parameters_and_the_docstring(entry: Entry) -> None:
    function = getattr(losscli, entry.path.stem)
    assert inspect.isfunction(function)
    signature = inspect.signature(function)
    assert list(signature.parameters)[: len(entry.declaration.parameters)] == list(entry.declaration.parameters)
    assert "threads" in signature.parameters
    assert ("reduction" in signature.parameters) is not entry.is_function
    assert function.__doc__ == entry.function().__doc__
    assert function.__name__ == entry.path.stem


def test_a_result_is_one_readable_line() -> None:
    result = losscli.cross_entropy(ROWS, LABELS, weight=[1, 2])
    line = "mean 0.31326168751822286 = 1.2530467500728915 / 4.0, 3 rows, 0 ignored"
    assert repr(result) == f"<cross_entropy: {line}>"
    assert repr(result.under(reduction="sum")) == "<cross_entropy: sum 1.2530467500728915, 3 rows, 0 ignored>"
    assert repr(result.under(reduction="none")) == "<cross_entropy: shape (3,), 3 rows, 0 ignored>"
    assert (
        repr(losscli.perplexity([[0.0, 0.0]], [1]))
        == "<perplexity: mean 2.0 = exp(0.6931471805599453 / 1.0), 1 row, 0 ignored>"
    )
    assert repr(losscli.softmax([[1.0, 2.0]])) == "<softmax of shape (1, 2)>"


def test_a_notebook_shows_a_table() -> None:
    from xml.dom.minidom import parseString

    html = losscli.cross_entropy([[2, 1]], [0])._repr_html_()
    page = parseString(f"<div>{html}</div>")  # every tag is closed
    cells = [
        td.firstChild.nodeValue for td in page.getElementsByTagName("td") if td.firstChild and td.firstChild.nodeValue
    ]
    assert "0.2689" in cells
    assert "0.7311" in html
    assert "&lt;" not in html


def test_a_class_name_is_text_in_html_and_no_tag() -> None:
    from losscli.commands._working import page
    from losscli.reports import Show
    from losscli.reports._html import fragment

    result = losscli.cross_entropy([[2, 1]], [0]).under(class_names=["<b>", "&"])
    assert "&lt;b&gt;" in fragment(page(result, Show()))


def test_an_option_may_be_changed_on_a_result() -> None:
    result = losscli.perplexity(np.eye(3)[[0, 1, 2]] * 3, [0, 0, 1])
    shifted = losscli.perplexity(np.eye(3)[[0, 1, 2]] * 3, [0, 0, 1], shift=True)
    assert result.under(shift=True).loss == shifted.loss != result.loss
    assert shifted.under(shift=False).loss == result.loss
    assert shifted.under(reduction="sum").gradient().tolist() == shifted.gradient("sum").tolist()
    dice = losscli.dice([2.0, -1.0, 3.0], [1.0, 0.0, 0.0], mode="binary")
    assert (
        dice.under(smooth_nr=1.0, smooth_dr=1.0).loss
        == losscli.dice([2.0, -1.0, 3.0], [1.0, 0.0, 0.0], mode="binary", smooth_nr=1.0, smooth_dr=1.0).loss
    )
    with pytest.raises(UsageError, match="label_smoothing is 2, but must be between 0 and 1"):
        losscli.cross_entropy(ROWS, LABELS).under(label_smoothing=2)


def test_warnings_are_collected_with_the_result_and_warned_of_at_the_call() -> None:
    with pytest.warns(LosscliWarning, match="look like probabilities"):
        result = losscli.cross_entropy([[0.2, 0.8]], [1])
    assert [w.message for w in result.warnings] == [result.warnings[0].message]
    assert "is the softmax taken twice?" in result.warnings[0].message
    assert losscli.cross_entropy(ROWS, LABELS).warnings == ()


@pytest.mark.parametrize(
    ("values", "place"),
    [(([True, 2.0], 0), r"logits\[0\] is true"), (([[1.0, 2.0], [3.0, False]], [0, 1]), r"logits\[1\]\[1\] is false")],
)
def test_a_boolean_among_numbers_is_an_error_in_python_as_in_json(values: Any, place: str) -> None:
    with pytest.raises(DataError, match=f"{place}, but a number was expected. Write 1 and 0."):
        losscli.cross_entropy(*values)
    done = run("ce", "-q", stdin=json.dumps({"logits": values[0], "labels": values[1]}))
    assert (done.returncode, "but a number was expected. Write 1 and 0." in done.stderr) == (3, True)


def packed(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.jsonl", b'{"id": [1], "logits": [1, 2], "label": 0}\n'),
        ("x.jsonl", b'{"id": true, "logits": [1, 2], "label": 0}\n'),
        ("x.json", b'[{"id": {}, "logits": [1, 2], "label": 0}]'),
        ("x.npz", packed(id=np.array([1, 2]), logits=np.array([1.0, 2.0]), label=np.array(0))),
        ("x.npz", packed(id=np.array(True), logits=np.array([1.0, 2.0]), label=np.array(0))),
    ],
)
def test_an_id_is_a_text_or_a_number_whatever_the_source(name: str, content: bytes, tmp_path: Any) -> None:
    (tmp_path / name).write_bytes(content)
    done = run("ce", name, "--format", "jsonl", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert "but a text or a number was expected" in done.stderr


def test_a_column_of_ids_is_no_class_and_is_not_dropped_in_silence(tmp_path: Any) -> None:
    (tmp_path / "x.csv").write_text("id,label,cat,dog\n7,0,1,2\n")
    done = run("ce", "x.csv", "-q", cwd=tmp_path)
    assert (done.returncode, float(done.stdout)) == (0, 1.3132616875182228)
    assert "left out: the column 'id'. The classes are 'cat', 'dog'; --logits-key names others." in done.stderr


def made(function: Callable[..., Terms], **module: Any) -> Loss:
    """A loss that stands in no folder."""
    found = find("losses", "ce")
    assert found is not None
    entry: Any = SimpleNamespace(
        path=found.path,
        name="made",
        is_function=False,
        reductions=("mean", "sum", "none"),
        own_reductions={},
        declaration=declared(function),
        module=lambda: SimpleNamespace(**module),
        function=lambda: function,
    )
    return Loss(entry, Result)


def of_target(logits: Logits, target: Labels, *, left_out: IgnoreIndex = -1) -> Terms:
    return cross_entropy(logits, target, ignore_index=left_out)


def test_the_core_finds_labels_and_the_ignored_label_by_what_they_are_not_by_their_names() -> None:
    loss = made(of_target)
    result = call(loss, ([[2.0, 1.0], [np.nan, 0.0]], [0, -1]), {})
    assert (result.loss, result.count, result.ignored) == (losscli.cross_entropy([[2.0, 1.0]], [0]).loss, 1, 1)
    with pytest.raises(DataError, match=r"target\[1\] is 2, but there are 2 classes.*counted from 1"):
        call(loss, ([[2.0, 1.0], [1.0, 0.0]], [1, 2]), {})
    with pytest.raises(UsageError, match="left_out=0 has no meaning for class probabilities"):
        call(loss, ([[2.0, 1.0]], [[1.0, 0.0]]), {"left_out": 0})
    with pytest.warns(LosscliWarning, match="softmax taken twice"):  # in the row that counts
        call(loss, ([[9.0, 9.0], [0.2, 0.8]], [-1, 1]), {})


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(FINITE), st.lists(FINITE), st.sampled_from(["mean", "sum", "none", "batchmean"]), st.booleans())
def test_a_total_survives_json_and_its_parts_add_up_to_it(
    values: list[float], divisors: list[float], reduction: str, linked: bool
) -> None:
    total = Total(ExactSum.of(values), ExactSum.of(divisors), 3, 1, reduction, EXP if linked else None)
    state = json.dumps(total.to_json())
    assert Total.from_json(json.loads(state)) == total
    assert total + Total() == Total() + total == total
    half = Total(ExactSum.of(values[::2]), ExactSum.of(divisors[::2]), 1, 0, reduction, total.link)
    rest = Total(ExactSum.of(values[1::2]), ExactSum.of(divisors[1::2]), 2, 1, reduction, total.link)
    assert Total.from_json(half.to_json()) + Total.from_json(rest.to_json()) == total


@pytest.mark.parametrize("special", [np.inf, -np.inf, np.nan])
def test_a_total_that_is_not_finite_survives_json(special: float) -> None:
    total = Total(ExactSum.of([1.0, special]), ExactSum.of([2.0]), 2, 0, "mean")
    assert repr(Total.from_json(json.loads(json.dumps(total.to_json()))).loss) == repr(total.loss)


def test_totals_of_different_reductions_do_not_add_up() -> None:
    with pytest.raises(DataError, match="the reduction is sum, but mean for the batches before"):
        _ = Total(reduction="mean") + Total(reduction="sum")


def test_true_and_false_are_labels_but_no_scores() -> None:
    found = losscli.binary_cross_entropy_with_logits([0.5, -1.0], [True, False]).loss
    assert found == losscli.binary_cross_entropy_with_logits([0.5, -1.0], [1, 0]).loss
    assert losscli.cross_entropy([[0.5, -1.0]], [True]).loss == losscli.cross_entropy([[0.5, -1.0]], [1]).loss
    with pytest.raises(DataError, match=r"logits\[0\] is true"):
        losscli.binary_cross_entropy_with_logits([True, False], [1, 0])


def test_ignore_index_does_nothing_for_class_probabilities_and_says_so() -> None:
    with pytest.warns(LosscliWarning, match="ignore_index=-1 has no meaning for class probabilities: it is not used"):
        found = losscli.cross_entropy([[0.5, -1.0]], [[0.25, 0.75]], ignore_index=-1)
    assert found.loss == losscli.cross_entropy([[0.5, -1.0]], [[0.25, 0.75]], ignore_index=-100).loss


def test_one_number_by_itself_has_a_loss_without_axes() -> None:
    found = losscli.kullback_leibler_divergence(0.0, 0.5, reduction="none")
    assert found.value.shape == found.gradient().shape == ()
    assert losscli.multilabel_margin(0.5, 0).loss == 0
    assert losscli.cosine_distance(2.0, 3.0).gradient().shape == ()
