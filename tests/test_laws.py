"""Laws that hold for every loss the day its file exists.

Inputs are drawn from the declaration. Expected values come from the reference of the loss in tests/losses: the textbook
formula in mpmath, one row at a time; and from its golden file, which says what another library answers.
"""

from __future__ import annotations

import json
import math
import tracemalloc
from collections.abc import Callable
from dataclasses import is_dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import isfinite as mp_isfinite
from mpmath import mpf

import losscli
from losscli.catalogue import Entry
from losscli.compute import arguments as cutting
from losscli.compute.arrays import as_array
from losscli.compute.loss import Loss
from losscli.compute.result import Result
from losscli.declare import Array
from losscli.documents.dtypes import BFLOAT16, plain_dtype
from losscli.errors import DataError, LosscliWarning
from losscli.python import call
from losscli.terms import Step, Terms, Total
from tests.catalogue import (
    CLAIMED,
    GOLDEN,
    REFERENCED,
    REFERENCED_LOSSES,
    claims,
    golden_file,
    golden_lines,
    module_of,
    named,
)
from tests.strategies import arguments

pytestmark = pytest.mark.filterwarnings("ignore::losscli.errors.LosscliWarning")  # of input that looks wrong

SHAPES = st.sampled_from([(), (1,), (2,), (3,), (5,), (2, 3), (1, 2, 2)])
ULP = 2.0**-52

every_entry = pytest.mark.parametrize("entry", REFERENCED, ids=named)
every_loss = pytest.mark.parametrize("entry", REFERENCED_LOSSES, ids=named)


def on_last_axis(entry: Entry, values: dict[str, Any]) -> dict[str, Any]:
    """Arguments for the public function: the strategies put the classes last, whatever PyTorch's axis is."""
    movable = any(marker.movable_class_axis for marker in entry.declaration.arrays.values())
    return values | ({"class_axis": -1} if movable else {})


def result_of(entry: Entry, values: dict[str, Any], **more: Any) -> Result:
    return getattr(losscli, entry.path.stem)(**on_last_axis(entry, values), **more)


def assert_close(found: Any, expected: Any, ulps: float, what: str, size: Any = 0) -> None:
    """Equal to some units in the last place: of what is expected, or of `size` where terms of that size cancel."""
    found, expected = float(found), mpf(expected)
    if not mp_isfinite(expected) or abs(expected) > 1.7e308:
        assert not math.isfinite(found), f"{what}: {found} instead of {expected}"
        return
    tolerance = ulps * ULP * max(abs(expected), size) + mpf(5e-323)
    assert abs(mpf(found) - expected) <= tolerance, f"{what}: {found!r} instead of {float(expected)!r}"


def keywords_of(result: Result) -> dict[str, Any]:
    """The arguments of all rows as the loss gets them, the options of a group by their own names."""
    values, _ = result.arguments.block(result.arguments.all_rows)
    keywords = result.of.declaration.keywords(values)
    flat: dict[str, Any] = {}
    for name, value in keywords.items():
        flat |= vars(value) if is_dataclass(value) else {name: value}
    return flat


def rows_of(result: Result) -> list[dict[str, Any]]:
    """The arguments of each row as plain Python values."""
    block = keywords_of(result)
    n = math.prod(result.arguments.rows)
    rows = []
    for i in range(n):
        row: dict[str, Any] = {}
        for name, parameter in result.of.declaration.parameters.items():
            value = block[name]
            if isinstance(value, np.ndarray):
                has_rows = isinstance(parameter.marker, Array) and parameter.marker.has_rows
                value = value[i].tolist() if has_rows else value.tolist()
            row[name] = value
        rows.append(row)
    return rows


def expected_of(reference: Any, result: Result) -> list[dict[str, Any]]:
    """What the reference says of each row: one at a time, or of all at once where the loss couples them."""
    if not hasattr(reference, "reference_batch"):
        return [reference.reference(row) for row in rows_of(result)]
    values = keywords_of(result).items()
    return reference.reference_batch({n: v.tolist() if isinstance(v, np.ndarray) else v for n, v in values})


@every_entry
def test_value_divisor_and_steps_equal_the_reference(entry: Entry) -> None:
    reference = module_of(entry)

    @given(arguments(entry, SHAPES))
    def law(values: dict[str, Any]) -> None:
        result = result_of(entry, values)
        terms = result.terms()
        steps = {name: step.array for name, step in terms.steps.items()}
        for i, expected in enumerate(expected_of(reference, result)):
            size = expected.get("size", 0)
            for c, value in enumerate(np.atleast_1d(terms.value[i])):
                wanted = expected["value"][c] if terms.value.ndim > 1 else expected["value"]
                assert_close(value, wanted, 16, f"row {i}", size)
            if terms.divisor is not None:
                assert_close(terms.divisor[i], expected["divisor"], 1, f"divisor of row {i}")
            counts = terms.counts is None or bool(terms.counts[i])
            assert counts == expected["counts"]
            for name, step in steps.items():
                if name not in expected["steps"]:
                    assert not counts, f"the reference lacks the step {name}"
                    continue
                wanted = expected["steps"][name]
                for c, value in enumerate(np.atleast_1d(step[i])):
                    wanted_c = wanted[c] if isinstance(wanted, list) else wanted
                    assert_close(value, wanted_c, 2000, f"{name} of row {i}", expected.get("step size", size))

    law()


@pytest.mark.parametrize("entry", GOLDEN, ids=named)
def test_values_reductions_and_gradients_are_those_of_the_defining_library(entry: Entry) -> None:
    for number, line in enumerate(golden_lines(entry), 1):
        golden = json.loads(line)
        arguments = as_arrays(golden.pop("arguments"))
        for key, expected in golden.items():
            kind, _, reduction = key.rpartition(" ")
            result = getattr(losscli, entry.path.stem)(
                **arguments, **({} if entry.is_function else {"reduction": reduction})
            )
            loss_or_value = result.value if entry.is_function else result.loss
            found = result.gradient() if kind == "grad" else loss_or_value
            where = f"{golden_file(entry).name}:{number} {key}"
            np.testing.assert_allclose(found, numbers(expected), rtol=1e-11, atol=1e-14, err_msg=where)


@pytest.mark.parametrize("entry", CLAIMED, ids=named)
def test_what_a_card_claims_about_a_library_is_what_the_library_answers(entry: Entry) -> None:
    for line, cases in claims(entry).items():
        for number, case in enumerate(cases, 1):
            result = getattr(losscli, entry.path.stem)(**as_arrays(case["arguments"]))
            found = result.value if entry.is_function else result.loss
            where = f"case {number} of {line}"
            np.testing.assert_allclose(found, numbers(case["answer"]), rtol=1e-6, atol=1e-9, err_msg=where)


def as_arrays(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a golden case; labels stay as they are, whole numbers or not."""
    return {n: numbers(v) if isinstance(v, list) and n != "labels" else v for n, v in arguments.items()}


def numbers(value: Any) -> Any:
    return np.asarray(as_array("golden", value), dtype=np.float64)


@every_loss
def test_reductions_follow_from_value_and_divisor(entry: Entry) -> None:
    @given(arguments(entry, SHAPES))
    def law(values: dict[str, Any]) -> None:
        result = result_of(entry, values)
        terms = result.terms()
        assume(bool(np.isfinite(terms.value).all()))
        exact = sum(map(mpf, terms.value.ravel().tolist()), mpf(0))
        divisor = terms.divisor
        if divisor is None:
            divisor = np.ones(terms.value.size) if terms.counts is None else terms.counts * 1.0
        below = sum(map(mpf, divisor.tolist()), mpf(0))
        assert_close(result.sum, exact, 1, "sum")
        assert_close(result.divisor, below, 1, "divisor")
        if result.count and below:
            mean = exact / below
            if result.link is None:
                assert_close(result.mean, mean, 2, "mean")
            else:  # which turns the mean's rounding into its own
                assert_close(result.mean, result.link.of(float(mean)), 2 + 2 * abs(mean), "mean")
        assert result.count + result.ignored == terms.value.size

    law()


def test_no_rows_at_all_is_nan_in_the_mean_and_0_in_the_sum() -> None:
    for loss, shapes in (
        (losscli.cross_entropy, [(0, 3), (0,)]),
        (losscli.multilabel_soft_margin, [(0, 3), (0, 3)]),
        (losscli.binary_cross_entropy_with_logits, [(0, 2), (0, 2)]),
    ):
        with pytest.warns(LosscliWarning, match="no rows"):
            result = loss(*map(np.zeros, shapes))
        assert np.isnan(result.mean)
        assert (result.sum, result.divisor, result.count, result.ignored) == (0.0, 0.0, 0, 0)
        assert result.gradient("sum").size == 0


@every_loss
def test_gradient_equals_central_differences(entry: Entry) -> None:
    first = next(iter(entry.declaration.parameters))

    @given(arguments(entry, SHAPES, tame=True))
    def law(values: dict[str, Any]) -> None:
        x = np.asarray(values[first], dtype=np.float64)
        gradient = result_of(entry, values, reduction="sum").gradient()
        assert gradient.shape == x.shape
        h = 1e-5
        for index in np.ndindex(x.shape):
            ends = []
            for step in (h, -h):
                moved = x.copy()
                moved[index] += step
                ends.append(result_of(entry, values | {first: moved}, reduction="sum").sum)
            assert gradient[index] == pytest.approx((ends[0] - ends[1]) / (2 * h), rel=1e-5, abs=1e-6)

    law()


@every_loss
def test_gradient_of_the_mean_is_that_of_the_sum_over_the_divisor(entry: Entry) -> None:
    @given(arguments(entry, SHAPES, tame=True))
    def law(values: dict[str, Any]) -> None:
        result = result_of(entry, values)
        assume(result.count > 0 and result.divisor > 0)
        slope = result.link.derivative(result.total.quotient) if result.link else 1.0
        expected = result.gradient("sum") * slope / result.divisor
        np.testing.assert_allclose(result.gradient("mean"), expected, rtol=1e-14)

    law()


@pytest.mark.parametrize("entry", [e for e in REFERENCED_LOSSES if not e.declaration.couples_rows], ids=named)
def test_a_row_alone_equals_the_same_row_in_its_batch(entry: Entry) -> None:
    by_row = [name for name, marker in entry.declaration.arrays.items() if marker.has_rows]

    @given(arguments(entry, st.sampled_from([(2,), (3,), (9,)])), st.sampled_from([1, 17, *range(33, 41)]))
    def law(values: dict[str, Any], width: int) -> None:
        values.pop("shift", None)  # which couples rows
        values = _widened(entry, values, width)
        batch = result_of(entry, values, reduction="sum")
        n, value, gradient = len(values[by_row[0]]), batch.value, batch.gradient()
        of_rows = [
            k for k in by_row if k in values and np.shape(values[k])[:1] == (n,) and _has_rows(entry, k, values[k])
        ]
        for i in range(n):
            own = {k: values[k][i : i + 1] for k in of_rows}
            alone = result_of(entry, values | own, reduction="sum")
            np.testing.assert_array_equal(alone.value[0], value[i])
            np.testing.assert_array_equal(alone.gradient()[0], gradient[i])

    law()


def _has_rows(entry: Entry, name: str, value: Any) -> bool:
    """Whether an array that may be one for all rows, has an axis of rows."""
    marker = entry.declaration.arrays[name]
    return not marker.broadcasts or np.ndim(value) >= min(map(len, marker.alternatives))


def _widened(entry: Entry, values: dict[str, Any], width: int) -> dict[str, Any]:
    """The same with so many classes, or numbers of a vector, or more: up to 32 are worked on column by column."""
    markers = {name: marker for name, marker in entry.declaration.arrays.items() if name in values}
    letter = next(iter(markers.values())).alternatives[-1][-1]
    wide = dict(values)
    for name, marker in markers.items():
        ends = [axes for axes in marker.alternatives if axes[-1] == letter]
        if letter in ("C", "D") and ends and np.ndim(values[name]) >= max(1, len(ends[0]) - marker.broadcasts):
            own = values[name].shape[-1]
            wide[name] = np.tile(values[name], -(-width // own))[..., : max(width, own)]
    return wide


@every_loss
def test_cutting_anywhere_on_any_number_of_threads_gives_the_same_total(
    entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    @given(arguments(entry, st.sampled_from([(7,), (4, 3), (2, 3, 2)])), st.sampled_from([1, 2, 5, 12]))
    def law(values: dict[str, Any], block: int) -> None:
        whole = result_of(entry, values, threads=1).total
        with monkeypatch.context() as patch:
            patch.setattr(cutting, "BLOCK", block)
            for threads in (1, 4):
                cut = result_of(entry, values, threads=threads)
                assert repr(cut.divisor) == repr(float(whole.divisor))
                assert repr(cut.sum) == repr(whole.sum)
                assert (cut.count, cut.ignored) == (whole.count, whole.ignored)
        assert repr((whole + Total()).sum) == repr((Total() + whole).sum) == repr(whole.sum)

    law()


@every_entry
def test_an_ignored_row_equals_a_removed_row_whatever_it_holds(entry: Entry) -> None:
    ignored_label, labels = entry.declaration.ignored_label, entry.declaration.labels
    if ignored_label is None or labels is None:
        return
    scores = next(iter(entry.declaration.arrays))

    @given(arguments(entry, st.sampled_from([(2,), (4,), (6,)])), st.sampled_from([np.nan, np.inf, -np.inf, 1e308]))
    def law(values: dict[str, Any], poison: float) -> None:
        assume(values[labels].ndim == 1)
        ignored = values[labels] == values.get(ignored_label.name, ignored_label.default)
        poisoned = values[scores].copy()
        poisoned[ignored] = poison
        with_them = result_of(entry, values | {scores: poisoned})
        without = result_of(entry, values | {name: values[name][~ignored] for name in (scores, labels)})
        assert repr(with_them.sum) == repr(without.sum)
        assert with_them.divisor == without.divisor
        assert with_them.count == without.count
        if not with_them.arguments.declaration.couples_rows:  # else a loss is not of one row
            assert with_them.ignored == int(ignored.sum())
        assert not with_them.gradient("sum")[ignored].any()

    law()


@every_loss
def test_the_total_calls_no_lazy_step_and_no_gradient(entry: Entry) -> None:
    function = entry.function()

    def forbidden() -> Any:
        raise AssertionError("a lazy step was called for a total")

    def guarded(**values: Any) -> Terms:
        terms = function(**values)
        steps = {name: Step(forbidden) if callable(s.of) else s for name, s in terms.steps.items()}
        return Terms(terms.value, steps, forbidden, terms.divisor, terms.counts)

    @given(arguments(entry, SHAPES))
    def law(values: dict[str, Any]) -> None:
        loss = Loss(entry)
        loss.function = guarded
        lazy = call(loss, (), on_last_axis(entry, values) | {"reduction": "sum"})
        assert repr(lazy.sum) == repr(result_of(entry, values, reduction="sum").sum)

    law()


@every_loss
def test_a_total_takes_the_memory_of_a_few_blocks(entry: Entry) -> None:
    if getattr(module_of(entry), "COUPLES_ROWS", False):
        return
    values = _tall(entry, 200_000)
    size = sum(np.asarray(v).nbytes for v in values.values())
    _ = result_of(entry, values, threads=1).sum
    tracemalloc.start()
    _ = result_of(entry, values, threads=1).sum
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 24 * cutting.BLOCK * 8, f"{peak} bytes for {size}"


def _tall(entry: Entry, rows: int) -> dict[str, Any]:
    """A small valid input repeated along its rows."""
    found: list[dict[str, Any]] = []

    @settings(max_examples=5)  # the last one is as good as any
    @given(arguments(entry, st.just((4,)), tame=True))
    def draw(values: dict[str, Any]) -> None:
        found.append(values)

    draw()
    values = found[-1]
    parameters = entry.declaration.parameters
    return {
        n: np.concatenate([v] * (rows // 4))
        if isinstance(v, np.ndarray) and v.ndim and v.shape[0] == 4 and parameters[n].marker.has_rows  # type: ignore[union-attr]  # an array's
        else v
        for n, v in values.items()
    }


@every_entry
def test_extremes_give_numbers_or_nan_and_never_a_warning_of_numpy(entry: Entry) -> None:
    first = next(iter(entry.declaration.parameters))
    extreme = st.sampled_from([1e4, -1e4, np.inf, -np.inf, np.nan, 0.0, 1e308, -1e308, 5e-324, 1.0])

    @given(arguments(entry, st.sampled_from([(), (0,), (1,), (3,), (0, 2)])), st.data())
    def law(values: dict[str, Any], data: Any) -> None:
        x = np.array(values[first], dtype=np.float64)
        marker = entry.declaration.parameters[first].marker
        if isinstance(marker, Array) and marker.kind == "real":
            for index in np.ndindex(x.shape):
                x[index] = data.draw(extreme)
        try:
            result = result_of(entry, values | {first: x}, **({} if entry.is_function else {"reduction": "sum"}))
        except DataError:  # such a number may be refused, with its place
            return
        _ = result.value
        if not entry.is_function:
            assert isinstance(result.sum, float)
            assert result.gradient().shape == x.shape
            _ = [step.array for step in result.terms().steps.values()]

    law()


def _halves(a: Any) -> Any:
    return a.astype(np.float16)


def _singles(a: Any) -> Any:
    return a.astype(np.float32)


def _read_only(a: Any) -> Any:
    b = a.copy()
    b.flags.writeable = False
    return b


def _fortran(a: Any) -> Any:
    return np.asfortranarray(a)


def _lists(a: Any) -> Any:
    return a.tolist()


def _bfloats(a: Any) -> Any:
    return np.ascontiguousarray(a, "<f4").view("<u2")[..., 1::2].copy().view(BFLOAT16).reshape(np.shape(a))


def _doubles(a: Any) -> Any:
    return np.asarray(plain_dtype(a, "") if isinstance(a, np.ndarray) else a, dtype=np.float64)


FORMS = st.sampled_from([_halves, _singles, _read_only, _fortran, _lists, _bfloats])


@every_entry
def test_inputs_stay_unchanged_and_any_numeric_form_will_do(entry: Entry) -> None:
    first = next(iter(entry.declaration.parameters))

    @given(arguments(entry, SHAPES, tame=True), FORMS)
    def law(values: dict[str, Any], form: Callable[[Any], Any]) -> None:
        assume(np.asarray(values[first]).size > 0)
        floats = [n for n, v in values.items() if n == first or getattr(v, "dtype", None) == np.float64]
        given_form = values | {n: form(values[n]) for n in floats}
        same = values | {n: _doubles(given_form[n]) for n in floats}
        before = {n: np.array(v) for n, v in given_form.items()}
        np.testing.assert_array_equal(result_of(entry, given_form).value, result_of(entry, same).value)
        for name, value in given_form.items():
            np.testing.assert_array_equal(value, before[name])

    law()


@every_entry
def test_whole_numbers_are_taken_as_floats(entry: Entry) -> None:
    first = next(iter(entry.declaration.parameters))

    @given(arguments(entry, SHAPES, tame=True))
    def law(values: dict[str, Any]) -> None:
        whole = np.rint(values[first]).astype(np.int32)
        a = result_of(entry, values | {first: whole}).value
        np.testing.assert_array_equal(a, result_of(entry, values | {first: whole.astype(np.float64)}).value)

    law()


@every_entry
def test_the_class_axis_may_stand_anywhere(entry: Entry) -> None:
    markers = entry.declaration.arrays
    if not any(marker.movable_class_axis for marker in markers.values()):
        return
    movable = [name for name, marker in markers.items() if marker.has_rows and marker.by_class]

    @given(arguments(entry, st.sampled_from([(2,), (2, 3), (1, 2, 3)])), st.integers(0, 3))
    def law(values: dict[str, Any], axis: int) -> None:
        rank = values[movable[0]].ndim
        axis %= rank
        moved = {n: np.moveaxis(v, -1, axis) if n in movable and v.ndim == rank else v for n, v in values.items()}
        last = result_of(entry, values)
        assume(last.arguments.class_axis == rank - 1)  # an input without classes has no axis to move
        elsewhere = getattr(losscli, entry.path.stem)(**moved, class_axis=axis)

        def back(a: Any) -> Any:
            return np.moveaxis(a, axis, -1) if a.ndim == rank and elsewhere.axes is None else a

        np.testing.assert_array_equal(back(elsewhere.value), last.value)
        if not entry.is_function:
            np.testing.assert_array_equal(np.moveaxis(elsewhere.gradient("sum"), axis, -1), last.gradient("sum"))
            for name, step in elsewhere.steps.items():
                np.testing.assert_array_equal(back(step), last.steps[name])

    law()
