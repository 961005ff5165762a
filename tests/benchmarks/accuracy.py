"""The worst error of each command against its reference in mpmath, in units in the last place of float64.

Inputs are those of the golden files, once as they are and once with real scores ten times as large (confident
predictions, where textbook formulas cancel), answered by the library of the golden files too; those that the tests draw
from the declaration, extremes included; and those of hard.py, where a loss is what two terms leave, with the gradient
beside the value. Of the last the error is relative to the loss itself, whatever cancels in it.
"""

from __future__ import annotations

import math
import warnings
from itertools import islice
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from mpmath import fsum, isfinite, mp, mpf

import losscli
from losscli.catalogue import Entry
from losscli.declare import AnyArray, Array
from losscli.errors import LosscliError
from tests.benchmarks import hard
from tests.benchmarks.measure import has, show
from tests.catalogue import REFERENCED, defined, module_of
from tests.strategies import arguments
from tests.test_laws import SHAPES, expected_of, keywords_of, on_last_axis, result_of, rows_of

DIGITS = 400  # exp(-700) beside 1: the textbook formulas of the references need them to have 50 in the end
SCALES = (1.0, 10.0)
MOST = 4  # slopes of a row: each is two values of the reference


class Worst:
    """The largest error so far, of how many values."""

    def __init__(self) -> None:
        self.ulps = 0.0
        self.values = 0

    def see(self, found: AnyArray, expected: list[tuple[Any, Any]]) -> None:
        for number, (exact, size) in zip(found.ravel().tolist(), expected, strict=True):
            if isfinite(exact) and 0 < abs(exact) < 1.7e308:
                self.values += 1
                self.ulps = max(self.ulps, ulps(number, exact, size))

    def __str__(self) -> str:
        if not self.values:
            return ""
        return f"{self.ulps:.1f}" if self.ulps < 1e5 else f"{self.ulps:.1e}"


def ulps(found: float, exact: Any, size: Any) -> float:
    """How far a float64 is from an exact number, in units in the last place of it, or of terms that cancel in it."""
    if not math.isfinite(found):
        return math.inf
    return float(abs(mpf(found) - exact) / math.ulp(float(max(abs(exact), size))))


def exact_values(expected: dict[str, Any]) -> list[tuple[Any, Any]]:
    """What a reference says of one row: its value, or that of each class, and the size of terms that cancel in it."""
    value = expected["value"]
    return [(mpf(x), mpf(expected.get("size", 0))) for x in (value if isinstance(value, list) else [value])]


def main(quick: bool) -> None:
    if not has("pytest", "mpmath", "hypothesis"):
        return
    mp.dps = DIGITS
    rows = []
    for entry in REFERENCED:
        rows += [row for scale in SCALES if (row := on_goldens(entry, scale, quick))]
        rows.append(on_drawn(entry, 30 if quick else 500))
        rows += on_hard(entry, quick)
    header = ("command", "inputs", "values", "losscli", "the goldens' library, float64")
    show("Accuracy: worst error in units in the last place", header, rows)


def on_goldens(entry: Entry, scale: float, quick: bool) -> tuple[str, ...] | None:
    """A row for the inputs of the golden files, scaled where they are real numbers."""
    first, parameter = next(iter(entry.declaration.parameters.items()))
    real = isinstance(parameter.marker, Array) and parameter.marker.kind == "real"
    if "golden_cases" not in defined(entry) or (scale != 1 and not real):
        return None
    ours, other = Worst(), Worst()
    try:
        cases = list(module_of(entry).golden_cases(np.random.default_rng(0)))
    except (ImportError, AssertionError):  # the library is not there
        return None
    for values, function, *left_out in cases[:: 5 if quick else 1]:
        scaled = np.asarray(values[first], dtype=np.float64) * scale
        if "none" in left_out or scaled.size > 2_000 or not np.isfinite(scaled).all():
            continue
        judge(entry, {**values, first: scaled}, ours, lambda x=scaled, f=function: in_library(f, x), other)
    return entry.name, "goldens" if scale == 1 else f"goldens x {scale:g}", str(ours.values), str(ours), str(other)


def on_drawn(entry: Entry, examples: int) -> tuple[str, ...]:
    """A row for inputs that are drawn from the declaration."""
    ours = Worst()

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(arguments(entry, SHAPES))
    def draw(values: dict[str, Any]) -> None:
        judge(entry, on_last_axis(entry, values), ours)

    draw()
    return entry.name, "drawn, with extremes", str(ours.values), str(ours), ""


def on_hard(entry: Entry, quick: bool) -> list[tuple[str, ...]]:
    """Two rows for the inputs of hard.py: the value and the gradient."""
    value, gradient = Worst(), Worst()
    for values in islice(hard.cases(entry.path.stem), 0, None, 7 if quick else 1):
        judge_hard(entry, values, value, gradient)
    if not value.values:
        return []
    found: list[tuple[str, ...]] = [(entry.name, "hard", str(value.values), str(value), "")]
    return found + [(entry.name, "hard, gradient", str(gradient.values), str(gradient), "")] * bool(gradient.values)


def judge_hard(entry: Entry, values: dict[str, Any], value: Worst, gradient: Worst) -> None:
    """Compare value and gradient with the reference, relative to themselves."""
    reference = module_of(entry)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = result_of(entry, values)
        expected = expected_of(reference, result)
        value.see(result.terms().value, [(exact, 0) for e in expected for exact, _ in exact_values(e)])
        if not entry.is_function:
            found = result.gradient("sum")
            exact = derivatives(reference, result)
            known = [i for i, slope in enumerate(exact) if slope is not None]
            gradient.see(found.reshape(-1)[known], [(exact[i], 0) for i in known])


def derivatives(reference: Any, result: Any) -> list[Any]:
    """The slopes of the sum by numbers of the first argument, by differences in mpmath; None where it has none."""
    first = next(iter(result.of.declaration.parameters))
    if hasattr(reference, "reference_batch"):
        keywords = keywords_of(result)
        whole = {n: v.tolist() if isinstance(v, np.ndarray) else v for n, v in keywords.items()}
        return _slopes(lambda row: [reference.reference_batch(row)], whole, first)
    return [s for row in rows_of(result) for s in _slopes(lambda row: [[reference.reference(row)]], row, first)]


def _slopes(expected: Any, row: dict[str, Any], first: str) -> list[Any]:
    def total(x: Any) -> Any:
        return fsum(exact for e in expected({**row, first: x})[0] if e["counts"] for exact, _ in exact_values(e))

    shape, flat = np.shape(row[first]), [mpf(x) for x in np.ravel(row[first]).tolist()]

    def moved(i: int, step: Any) -> Any:
        x = np.array([*flat[:i], flat[i] + step, *flat[i + 1 :]], dtype=object)
        return total(x.reshape(shape).tolist() if shape else x[0])

    slopes: list[Any] = []
    middle = total(np.array(flat, dtype=object).reshape(shape).tolist() if shape else flat[0])
    for i, x in enumerate(flat):
        if i >= MOST and i < len(flat) - 1:
            slopes.append(None)
            continue
        h = (abs(x) or 1) * mpf(10) ** -50
        up, down, twice = moved(i, h) - middle, middle - moved(i, -h), moved(i, 2 * h) - moved(i, -2 * h)
        slope, other = (up + down) / (2 * h), twice / (4 * h)
        smooth = isfinite(slope) and abs(up - down) <= abs(up) * mpf(10) ** -10
        slopes.append(slope if smooth and abs(slope - other) <= abs(slope) * mpf(10) ** -20 else None)
    return slopes


def judge(entry: Entry, values: dict[str, Any], ours: Worst, answer: Any = None, other: Worst | None = None) -> None:
    """Compare the value of each row (for a function, of each class) with the reference."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = getattr(losscli, entry.path.stem)(**values)
        except LosscliError:  # scaled out of what the loss takes
            return
        exact = [pair for expected in expected_of(module_of(entry), result) for pair in exact_values(expected)]
        value = result.terms().value
        ours.see(value, exact)
        if other is None:
            return
        theirs = answer()
    if entry.is_function and result.arguments.class_axis is not None:
        theirs = np.moveaxis(theirs, result.arguments.class_axis, -1)
    if theirs.size == value.size:
        other.see(theirs, exact)


def in_library(function: Any, x: AnyArray) -> AnyArray:
    """What the library of the golden files answers."""
    import torch

    return np.asarray(function(torch.tensor(x, dtype=torch.float64), "none").numpy())
