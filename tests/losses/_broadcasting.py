"""Arrays that broadcast to one another, and weights that broadcast to the first array."""

from typing import Any

import numpy as np
import pytest

import losscli
from losscli.compute.arguments import BLOCK
from losscli.errors import DataError, LosscliWarning

RNG = np.random.default_rng(0)
SIGN = np.array([1.0, -1.0, 1.0])


def a(*shape: int) -> Any:
    return RNG.normal(size=shape)


CASES = [
    (losscli.gaussian_negative_log_likelihood, (a(3), a(2, 3), abs(a(3)))),
    (losscli.gaussian_negative_log_likelihood, (a(), a(2, 3), np.array(0.5))),
    (losscli.gaussian_negative_log_likelihood, (a(2, 3), a(1), abs(a(2, 1)))),
    (losscli.margin_ranking, (a(1, 3), a(2, 3), SIGN)),
    (losscli.margin_ranking, (a(3), a(), SIGN)),
    (losscli.cosine_distance, (a(1, 4), a(3, 4))),
    (losscli.cosine_distance, (a(3, 1), a(3, 4))),
    (losscli.triplet_margin, (a(4), a(3, 4), a(3, 1, 4))),
    (losscli.kullback_leibler_divergence, (-abs(a(3, 1)), abs(a(2, 3, 4)))),
    (losscli.kullback_leibler_divergence, (-abs(a(2, 3)), abs(a()))),
]


@pytest.mark.filterwarnings("ignore::losscli.errors.LosscliWarning")
@pytest.mark.parametrize(("loss", "arrays"), CASES)
def test_a_loss_of_arrays_that_broadcast_is_that_of_the_arrays_broadcast(loss: Any, arrays: Any) -> None:
    whole = np.broadcast_arrays(*arrays)
    for reduction in ("none", "mean", "sum"):
        found, expected = loss(*arrays, reduction=reduction), loss(*whole, reduction=reduction)
        np.testing.assert_array_equal(found.loss, expected.loss)
        gradient, of = found.gradient(), arrays[0].shape
        assert gradient.shape == of
        each = expected.gradient()
        lead = each.ndim - len(of)
        grown = tuple(i for i in range(each.ndim) if i < lead or of[i - lead] != each.shape[i])
        np.testing.assert_allclose(gradient, each.sum(axis=grown).reshape(of), rtol=1e-14)


def test_labels_of_pairs_broadcast_along_the_rows_and_not_the_dimensions() -> None:
    x, y = a(3, 4), a(1, 4)
    found = losscli.cosine_embedding(x, y, SIGN).value
    np.testing.assert_array_equal(found, losscli.cosine_embedding(x, np.repeat(y, 3, 0), SIGN).value)


def test_two_arrays_that_grow_each_other_are_warned_of() -> None:
    said = r"^input \(3, 1\), target \(3\) and var \(\) broadcast to \(3, 3\), which is larger than each of them\.$"
    with pytest.warns(LosscliWarning, match=said):
        found = losscli.gaussian_negative_log_likelihood(np.zeros((3, 1)), np.zeros(3), 1.0)
    assert found.value.shape == (3, 3)


def test_what_does_not_broadcast_is_refused() -> None:
    with pytest.raises(DataError, match=r"target has the shape \(2\), which does not broadcast with input \(3\)"):
        losscli.gaussian_negative_log_likelihood(np.zeros(3), np.zeros(2), 1.0)


def test_a_message_names_the_place_in_the_array_as_it_was_given() -> None:
    with pytest.raises(DataError, match=r"^var\[1\] is -1, but must be 0 or more"):
        losscli.gaussian_negative_log_likelihood(np.zeros((3, 4)), np.zeros((3, 4)), [1, -1, 1])
    with pytest.warns(
        LosscliWarning, match=r"^pos_weight\[2\] is -1, and a negative weight turns a loss into a gain\.$"
    ):
        losscli.binary_cross_entropy_with_logits(np.zeros((2, 3)), np.zeros((2, 3)), pos_weight=[1, 2, -1])
    with pytest.warns(LosscliWarning, match=r"^labels is 0.5, but"):
        losscli.margin_ranking(np.zeros(3), np.zeros(3), 0.5)


def test_a_warning_is_given_once_for_many_blocks_and_names_the_first_place() -> None:
    weight = np.ones((3, BLOCK))
    weight[1:, 7] = -2
    with pytest.warns(LosscliWarning) as said:
        losscli.mean_squared_error(np.zeros(weight.shape), np.zeros(weight.shape), weight=weight)
    assert [str(w.message) for w in said] == ["weight[1, 7] is -2, and a negative weight turns a loss into a gain."]


def test_one_array_for_all_rows_is_not_copied_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden, matrix = a(50, 4), a(3, 4)
    arguments = losscli.linear_cross_entropy(hidden, matrix, np.zeros(50, int)).arguments
    values, _ = arguments.block((slice(0, 1), slice(0, 50)))
    assert values["linear_weight"].strides[0] == 0


def test_vectors_of_one_number_are_repeated_before_their_norm_is_taken() -> None:
    x, y = np.array([[2.0], [1.0]]), a(2, 3)
    found = losscli.cosine_embedding(x, y, [1, -1]).value
    np.testing.assert_array_equal(found, losscli.cosine_embedding(np.repeat(x, 3, 1), y, [1, -1]).value)


def test_one_weight_for_each_class_lies_on_the_class_axis_wherever_that_is() -> None:
    logits, labels, weight = a(2, 3), np.zeros((2, 3)), [1.0, 2.0]
    found = losscli.multilabel_soft_margin(logits, labels, weight=weight, class_axis=0).value
    np.testing.assert_array_equal(found, losscli.multilabel_soft_margin(logits.T, labels.T, weight=weight).value)
