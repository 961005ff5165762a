"""What is particular to the losses of distributions: their traps, and where they differ from a library."""

from __future__ import annotations

import json

import numpy as np
import pytest
from mpmath import mp, mpf

import losscli
from losscli.errors import DataError, LosscliWarning, UsageError
from tests.command import output


def test_a_class_without_share_adds_nothing_to_kl_where_pytorch_has_nan() -> None:
    assert losscli.kullback_leibler_divergence([[0.0, -np.inf]], [[1.0, 0.0]]).sum == 0.0
    assert losscli.kullback_leibler_divergence([[0.0, -np.inf]], [[0.0, -np.inf]], log_target=True).sum == 0.0


def test_one_distribution_is_a_batch_of_one_where_pytorch_divides_by_its_classes() -> None:
    arguments = (np.log([0.25, 0.75]), [0.5, 0.5])
    one, batch = (losscli.kullback_leibler_divergence(*arguments, reduction=r) for r in ("batchmean", "sum"))
    assert one.loss == batch.loss


def test_kl_keeps_its_digits_where_the_distributions_are_close() -> None:
    log_probs, target = np.log([0.3, 0.7]), np.array([0.3, 0.7]) * (1 + 2.0**-20)
    found = losscli.kullback_leibler_divergence(log_probs, target, reduction="none").loss
    for value, lp, t in zip(found.tolist(), log_probs.tolist(), target.tolist(), strict=True):
        assert value == pytest.approx(float(mpf(t) * (mp.log(mpf(t)) - mpf(lp))), rel=1e-15)


@pytest.mark.parametrize(
    ("log_probs", "message"),
    [
        ([[2.0, 1.0, -1.0]], "holds 2, but log-probabilities are at most 0"),
        ([[0.5, 0.25, 0.25]], "holds probabilities, but their logarithms were expected"),
        ([[-2.0, -1.0, -1.0]], "its probabilities sum to 0.871094, not 1"),
    ],
)
def test_kl_doubts_what_are_no_log_probabilities(log_probs: list[list[float]], message: str) -> None:
    with pytest.warns(LosscliWarning, match=message):
        _ = losscli.kullback_leibler_divergence(log_probs, [[0.5, 0.25, 0.25]]).loss


def test_the_target_of_kl_is_what_log_target_says() -> None:
    with pytest.raises(DataError, match=r"target\[0, 1\] is -0.7, but a class probability is 0 or more. Log-prob"):
        losscli.kullback_leibler_divergence(np.log([[0.5, 0.5]]), [[0.0, -0.7]])
    with pytest.raises(DataError, match=r"target\[0, 0\] is 0.5, but a log-probability is 0 or less"):
        losscli.kullback_leibler_divergence(np.log([[0.5, 0.5]]), [[0.5, 0.5]], log_target=True)


def test_the_classes_of_several_documents_go_back_where_they_stood() -> None:
    document = {"log_probs": np.log([[[0.5, 0.25], [0.5, 0.75]]]).tolist(), "target": [[[0.5, 0.5], [0.5, 0.5]]]}
    lines = f"{json.dumps(document)}\n" * 2
    found = output("kl", "--reduction", "none", "--format", "jsonl", stdin=lines).splitlines()
    alone = losscli.kullback_leibler_divergence(**document, reduction="none").loss
    assert [json.loads(line)["loss"] for line in found] == [alone.tolist()] * 2


def test_a_rate_is_not_negative() -> None:
    with pytest.raises(DataError, match=r"input\[1\] is -2, but a rate is 0 or more"):
        losscli.poisson_negative_log_likelihood([1.0, -2.0], [1.0, 1.0], log_input=False)
    with pytest.raises(DataError, match=r"target\[0\] is -1"):
        losscli.poisson_negative_log_likelihood([1.0], [-1.0])


def test_a_variance_is_not_negative_and_one_below_eps_is_told() -> None:
    with pytest.raises(DataError, match=r"var\[1\] is -1"):
        losscli.gaussian_negative_log_likelihood([1.0, 2.0], [1.0, 2.0], [1.0, -1.0])
    with pytest.warns(LosscliWarning, match="a variance is below eps = 1e-06"):
        assert losscli.gaussian_negative_log_likelihood([1.0], [1.0], [0.0]).mean == np.log(1e-6) / 2


def test_one_variance_a_row_and_no_other_shape_is_broadcast() -> None:
    x, t = np.ones((2, 2)), np.zeros((2, 2))
    by_row = losscli.gaussian_negative_log_likelihood(x, t, [1.0, 4.0]).value
    np.testing.assert_array_equal(by_row, losscli.gaussian_negative_log_likelihood(x, t, [[1.0], [4.0]]).value)
    np.testing.assert_allclose(by_row[1], np.log(4) / 2 + 1 / 8)
    with pytest.raises(DataError, match=r"var has the shape \(3\), but input has \(2, 3\)"):
        losscli.gaussian_negative_log_likelihood(np.ones((2, 3)), np.ones((2, 3)), [1.0, 2.0, 3.0])


def test_squares_over_variances_neither_overflow_nor_vanish() -> None:
    found = losscli.gaussian_negative_log_likelihood([1e200], [0.0], [1e300]).sum
    assert found == pytest.approx(5e99, rel=1e-15)


def test_a_power_has_its_domain() -> None:
    with pytest.raises(UsageError, match=r"power is 0\.5, but no Tweedie"):
        losscli.tweedie_deviance([1.0], [1.0], power=0.5)
    with pytest.raises(DataError, match=r"input\[1\] is 0, but with power 1.5 a prediction is above 0"):
        losscli.tweedie_deviance([1.0, 0.0], [1.0, 1.0], power=1.5)
    with pytest.raises(DataError, match=r"target\[0\] is 0, but with power 2 a true value is above 0"):
        losscli.tweedie_deviance([1.0], [0.0], power=2)


def test_the_deviance_keeps_its_digits_near_the_target_where_scikit_learn_has_none() -> None:
    assert losscli.tweedie_deviance([1.0 + 2.0**-30], [1.0], power=1).sum == pytest.approx(2.0**-60, rel=1e-9)
    assert losscli.tweedie_deviance([1.0], [2.0], power=1 + 2.0**-40).sum == pytest.approx(
        losscli.tweedie_deviance([1.0], [2.0], power=1).sum, rel=1e-11
    )
