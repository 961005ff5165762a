"""Digits that a rounded formula loses: where two terms nearly cancel, and in sums of numbers of every size.

Expected values are worked out by mpmath from the float64 numbers that are given.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

import losscli
from losscli import doubled, ops, products
from losscli.compute import sums
from losscli.terms import ExactSum
from tests.benchmarks import hard
from tests.benchmarks.accuracy import Worst, judge_hard
from tests.catalogue import ENTRIES

pytestmark = pytest.mark.filterwarnings("ignore::losscli.errors.LosscliWarning")

VALUE, GRADIENT = 8, 64
# Bounds of their own, about ten times what the cases below come to. Each docstring says of what is let off that it is
# exact relative to the terms that cancel in it, and not to what they leave.
EXCEPT_VALUE = {"triplet_margin": 1e8}  # two distances that are rounded, for a p other than 1, 2 and inf
EXCEPT_GRADIENT = {
    "poly_cross_entropy": 6e3,  # the derivative of the cross entropy and that of epsilon (1 - p)
    "cosine_distance": 100,  # the part of one vector across the other, where they are nearly parallel
    "cosine_embedding": 1e6,  # the same
    "info_nce": 1e9,  # the same, in a sum over the other rows
    "supervised_contrastive": 1e9,  # the same
    "generalized_box_iou": 1e3,  # the hull's derivative, the box's and the intersection's
}


def ulps(found: float, exact: Any) -> float:
    return float(abs(mpf(found) - exact) / math.ulp(float(exact)))


@pytest.mark.parametrize("name", sorted({e.path.stem for e in ENTRIES} & {n[1:] for n in vars(hard)}))
def test_hard_inputs_keep_their_digits(name: str) -> None:
    entry = next(e for e in ENTRIES if e.path.stem == name)
    value, gradient = Worst(), Worst()
    for case in itertools.islice(hard.cases(name), 0, None, 5):
        judge_hard(entry, case, value, gradient)
    assert value.ulps <= EXCEPT_VALUE.get(name, VALUE)
    assert gradient.ulps <= EXCEPT_GRADIENT.get(name, GRADIENT)


def test_distances_that_nearly_cancel_keep_their_digits_in_the_norms_that_promise_it() -> None:
    entry, value = next(e for e in ENTRIES if e.path.stem == "triplet_margin"), Worst()
    for case in hard.cases("triplet_margin"):
        if case["p"] in (1, 2):
            judge_hard(entry, case, value, Worst())
    assert value.values
    assert value.ulps <= VALUE


def test_ctc_next_to_certain() -> None:
    frame = [math.log(1e-9), math.log1p(-1e-9)]
    p0, p1 = map(mp.exp, frame)
    exact = -mp.log(p1 * p1 + 2 * p0 * p1)
    assert ulps(losscli.connectionist_temporal_classification([frame] * 2, [1]).sum, exact) <= VALUE


def test_ctc_at_2e_15() -> None:
    frame = [math.log(4.8e-8), math.log1p(-4.8e-8)]
    p0, p1 = map(mp.exp, frame)
    exact = -mp.log(p1 * p1 + 2 * p0 * p1)
    assert ulps(losscli.connectionist_temporal_classification([frame] * 2, [1]).sum, exact) <= VALUE


def test_poly_with_epsilon_minus_1() -> None:
    n = mp.log1p(mp.exp(-mpf(40)))
    found = losscli.poly_cross_entropy([40.0, 0.0], 0, epsilon=-1).sum
    assert ulps(found, n - (1 - mp.exp(-n))) <= VALUE


def test_poisson_at_its_zero_and_its_minimum() -> None:
    x = 0.6190612867359451
    found = losscli.poisson_negative_log_likelihood(x, 3).sum
    assert ulps(found, mp.exp(mpf(x)) - 3 * mpf(x)) <= VALUE
    gradient = losscli.poisson_negative_log_likelihood([1e-59], [1]).gradient("sum")[0]
    assert ulps(gradient, mp.expm1(mpf(1e-59))) <= GRADIENT


def test_kl_of_a_target_that_is_right() -> None:
    log_probs = np.log(np.random.default_rng(0).dirichlet(np.ones(50)))
    target = np.exp(log_probs)
    found = losscli.kullback_leibler_divergence(log_probs, target).value
    for lp, t, value in zip(log_probs.tolist(), target.tolist(), found.tolist(), strict=True):
        exact = mpf(t) * (mp.log(mpf(t)) - mpf(lp))
        assert ulps(value, exact) <= VALUE


def test_gaussian_at_its_zero() -> None:
    e = math.sqrt(0.5 * math.log(2))
    found = losscli.gaussian_negative_log_likelihood(e, 0, 0.5).sum
    assert ulps(found, (mp.log(mpf(0.5)) + mpf(e) ** 2 / mpf(0.5)) / 2) <= VALUE


def test_tweedie_of_tiny_numbers() -> None:
    found = losscli.tweedie_deviance([1e-160], [2e-160], power=3).sum
    x, t = mpf(1e-160), mpf(2e-160)
    assert ulps(found, (t - x) ** 2 / (x * x * t)) <= VALUE


def test_cosine_embedding_of_vectors_nearly_at_right_angles_and_tiny_ones() -> None:
    x, y = [1.0, 1e-9, 3.0], [3.0, 1.0, -1.0]
    dot = mp.fsum(mpf(a) * b for a, b in zip(x, y, strict=True))
    eps = mpf(float(np.float32(1e-12)))
    below = mp.sqrt((mp.fsum(mpf(a) ** 2 for a in x) + eps) * (mp.fsum(mpf(b) ** 2 for b in y) + eps))
    assert ulps(losscli.cosine_embedding([x], [y], [-1]).sum, dot / below) <= VALUE
    assert losscli.cosine_embedding([[1e-316, 0]], [[1e-316, 0]], [1]).sum == 1


def test_gradients_where_the_prediction_is_nearly_right() -> None:
    t = 1 / (1 + math.exp(-0.3))
    found = losscli.binary_cross_entropy_with_logits([0.3], [t]).gradient("sum")[0]
    assert ulps(found, 1 / (1 + mp.exp(-mpf(0.3))) - mpf(t)) <= GRADIENT
    z = [0.5, 1.5, -0.25]
    e = [mp.exp(mpf(x)) for x in z]
    target = [float(x / sum(e)) for x in e]
    gradient = losscli.cross_entropy([z], [target]).gradient("sum")[0]
    for c in range(3):
        assert ulps(gradient[c], mp.fsum(target) * e[c] / sum(e) - mpf(target[c])) <= GRADIENT


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_a_hidden_vector_alone_equals_itself_in_a_stream(kind: type) -> None:
    rng = np.random.default_rng(0)
    hidden: Any = rng.normal(size=(60, 257)).astype(kind)
    weight: Any = rng.normal(size=(70, 257)).astype(kind)
    labels = rng.integers(0, 70, 60)
    batch = losscli.linear_cross_entropy(hidden, weight, labels)
    for i in range(60):
        alone = losscli.linear_cross_entropy(hidden[i : i + 1], weight, labels[i : i + 1])
        assert alone.value[0] == batch.value[i]
        np.testing.assert_array_equal(alone.gradient("sum")[0], batch.gradient("sum")[i])


@pytest.mark.parametrize("scale", [1.0, 30.0, 1e3])
def test_a_hidden_vector_alone_equals_itself_also_where_its_gradient_is_tiny(scale: float) -> None:
    rng = np.random.default_rng(0)
    for classes in (3, 20, 40):
        hidden, weight = scale * rng.normal(size=(40, classes)), 10 * rng.normal(size=(classes, classes))
        batch = losscli.linear_cross_entropy(hidden, weight, np.argmax(hidden @ weight.T, axis=1))
        for i in range(40):
            alone = losscli.linear_cross_entropy(hidden[i : i + 1], weight, [int(np.argmax(weight @ hidden[i]))])
            assert alone.value[0] == batch.value[i]
            np.testing.assert_array_equal(alone.gradient("sum")[0], batch.gradient("sum")[i])


def test_an_exact_product_of_very_large_and_small_rows() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(6, 9)), rng.normal(size=(5, 9))
    plain = products.exact(a, b)
    shifts_a, shifts_b = np.array([0, 500, -500, 900, -900, 30]), np.array([0, 600, -600, -950, 3])
    with np.errstate(all="ignore"):
        moved = products.exact(np.ldexp(a, shifts_a[:, None]), np.ldexp(b, shifts_b[:, None]))
        np.testing.assert_array_equal(moved[0], np.ldexp(plain[0], shifts_a[:, None] + shifts_b))


def test_a_class_whose_bias_is_minus_infinity_has_no_share() -> None:
    hidden, weight = [[1.0, 2.0]], [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    without = losscli.linear_cross_entropy(hidden, [weight[0], weight[2]], [0], linear_bias=[0.5, 0.0])
    found = losscli.linear_cross_entropy(hidden, weight, [0], linear_bias=[0.5, -math.inf, 0.0])
    assert found.loss == without.loss
    np.testing.assert_array_equal(found.gradient(), without.gradient())


def test_an_exact_product_keeps_what_cancels() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(5, 33)), rng.normal(size=(4, 33))
    bias = -(a @ b.T)[0]
    high, low = products.exact(a, b, bias)
    for c in range(4):
        exact = mp.fsum(mpf(x) * mpf(y) for x, y in zip(a[0].tolist(), b[c].tolist(), strict=True)) + mpf(bias[c])
        assert ulps(high[0, c], exact) <= 1
        assert abs(mpf(high[0, c]) + mpf(low[0, c]) - exact) < mpf(2) ** -70


def test_an_exact_product_of_what_is_not_finite_is_the_plain_one() -> None:
    a = np.array([[1.0, 2.0], [np.inf, 1.0], [np.nan, 0.0], [1e200, 1.0], [0.0, 0.0]])
    b = np.array([[3.0, 4.0], [np.inf, 1.0], [5e-200, 0.0], [0.0, 0.0]])
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(products.exact(a, b)[0], a @ b.T)


@pytest.mark.parametrize(
    "numbers",
    [
        [1e200, 1.0, -1e200],
        [1.0, 1e-17, 1e-40, -1e-17, -1.0],
        [1.0, 2.0**-53, 2.0**-120],
        [1.0, 2.0**-53, -(2.0**-120)],
        [1e308, 1e308, -1e308, 1e-308, -1e308],
        [5e-324, 1.0, -1.0, 5e-324],
        [1e308, 1e-300, 1e-100, 1.0, -1e308, -1.0, -1e-100],
    ],
)
def test_a_sum_is_that_of_the_numbers_in_any_order(numbers: list[float]) -> None:
    exact = float(sum(map(Fraction, numbers)))
    for order in itertools.islice(itertools.permutations(numbers), 120):
        assert losscli.hinge_embedding(list(order), [1] * len(order), reduction="sum").sum == exact
    assert losscli.hinge_embedding(numbers, [1] * len(numbers)).mean == exact / len(numbers)


def test_sums_of_rows_are_those_of_each_row_alone() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(200, 6)) * 10.0 ** rng.integers(-30, 30, (200, 6))
    rows[::7, 3:] = -rows[::7, :3]
    rows[5], rows[6, 2], rows[8, 1], rows[9] = 0.0, np.inf, np.nan, 1.7e308
    assert repr(sums.row_sums(rows)) == repr([float(ExactSum.of(row)) for row in rows.tolist()])


def test_a_sum_of_rows_in_columns_counts_every_number_once() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(50, 7)) * np.exp2(rng.integers(-40, 40, (50, 7)))
    sums = ops.summed((np.asfortranarray(rows),))
    for i, row in enumerate(rows.tolist()):
        assert mp.fsum(mpf(float(part[i])) for part in sums) == mp.fsum(map(mpf, row))


def test_a_sum_of_many_numbers_of_all_sizes_has_no_rounding() -> None:
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=100_001) * np.exp2(rng.integers(-300, 300, 100_001))
    numbers[::3] = 0
    assert sums.exact(numbers) == ExactSum.of(numbers.tolist())
    numbers = rng.normal(size=100_001) ** 2
    assert sums.exact(numbers) == ExactSum.of(numbers.tolist())


@pytest.mark.parametrize("short", [True, False])
def test_exponentials_and_logarithms_have_the_digits_that_they_promise(short: bool) -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(-600, 690, 50), rng.uniform(-1, 1, 50), rng.uniform(-1e-9, 1e-9, 10), [0.0]])
    bits = 68 if short else 113
    for parts, function in ((doubled.exp(x, short=short), mp.exp), (doubled.log(np.exp(x), short=short), mp.log)):
        for i in range(x.size):
            exact = function(mpf(x[i] if function is mp.exp else np.exp(x[i])))
            assert abs(mp.fsum(mpf(float(p[i])) for p in parts) - exact) <= mpf(2) ** -bits * max(abs(exact), not short)


@pytest.mark.parametrize("far", [60.0, 90.0, 300.0, 600.0])
def test_a_gradient_far_below_the_others_keeps_its_digits_behind_a_layer(far: float) -> None:
    hidden = [[0.0, 0.0, -far]]
    found = losscli.linear_cross_entropy(hidden, np.eye(3), [0]).gradient()
    by_hand = mp.exp(mpf(-far)) / (2 + mp.exp(mpf(-far)))
    assert abs(mpf(found[0, 2]) - by_hand) < 64 * mpf(2) ** -52 * by_hand


def test_an_exact_product_of_a_number_far_below_its_row() -> None:
    a = np.array([[1.0, 2.0**-200, 2.0**-500]])
    b = np.array([[0.0, 3.0, 0.0], [0.0, 0.0, 5.0], [1.0, 0.0, 0.0]])
    expected = [3 * 2.0**-200, 5 * 2.0**-500, 1.0]
    assert products.exact(a, b)[0].tolist() == [expected]
    assert products.exact(b, a)[0][:, 0].tolist() == expected
    assert products.exact(np.ldexp(a, 450), b)[0].tolist() == [np.ldexp(expected, 450).tolist()]
