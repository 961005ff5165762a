"""Where the losses on sequences mean something else than PyTorch, and what they refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import losscli
from losscli.errors import DataError, LosscliWarning, UsageError

ctc = losscli.connectionist_temporal_classification
EVEN = np.log(np.full((3, 2, 3), 1 / 3))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"targets": [[1, 3], [1, 2]]}, r"targets\[0, 1\] is 3, but there are 3 classes"),
        ({"targets": [[1, 2], [1, 0]]}, r"targets\[1, 1\] is 0, which is the blank"),
        ({"targets": [1, 2, 0], "target_lengths": [1, 2]}, r"targets\[2\] is 0, which is the blank"),
        ({"targets": [1, 2, 1], "target_lengths": [1, 1]}, "target_lengths add up to 2, but targets has 3 labels"),
        ({"targets": [1, 2, 1]}, "target_lengths says where each of them ends"),
        ({"targets": [[1], [1]], "input_lengths": [3, 4]}, r"input_lengths\[1\] is 4, but log_probs has 3 frames"),
        ({"targets": [[1], [1]], "target_lengths": [2, 1]}, r"target_lengths\[0\] is 2, but targets has 1 label"),
        ({"targets": [[1]]}, "targets has 1 number, but log_probs has 2 numbers on the axis batch"),
    ],
)
def test_what_ctc_refuses(more: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        ctc(EVEN, **more)


def test_a_blank_that_is_no_class() -> None:
    with pytest.raises(UsageError, match="blank is 3, but there are 3 classes"):
        ctc(EVEN, [[1], [1]], blank=3)


def test_targets_that_cannot_be_aligned_cost_infinity_and_say_so() -> None:
    with pytest.warns(
        LosscliWarning,
        match="sequence 1 cannot be aligned: its 2 labels and the blanks between equal ones take 3 frames, but 2 count",
    ):
        loss = ctc(EVEN, [[1, 2], [1, 1]], input_lengths=[3, 2], reduction="none").loss
    assert loss[1] == np.inf
    with pytest.warns(LosscliWarning, match="0, by zero_infinity"):
        result = ctc(EVEN, [[1, 2], [1, 1]], input_lengths=[3, 2], zero_infinity=True)
    assert result.value[1] == 0
    assert not result.gradient()[:, 1].any()


def test_raw_logits_are_doubted() -> None:
    with pytest.warns(LosscliWarning, match=r"log_probs\[0, 0\] holds 2, but log-probabilities are at most 0"):
        ctc([[[2.0, 1.0]]], [[1]])


def test_the_gradient_of_ctc_is_that_of_the_log_probabilities_where_pytorch_adds_the_softmax() -> None:
    gradient = ctc(EVEN, [[1], [2]], reduction="sum").gradient()
    np.testing.assert_allclose(gradient.sum(axis=-1), -1)  # minus one class a frame; PyTorch: 0


def test_lengths_are_all_where_they_are_not_given() -> None:
    whole = ctc(EVEN, [[1, 2], [2, 1]], input_lengths=[3, 3], target_lengths=[2, 2])
    assert ctc(EVEN, [[1, 2], [2, 1]]).mean == whole.mean
    assert ctc(EVEN[:, 0], [1, 2]).mean == whole.mean


def test_perplexity_is_one_number_for_all_tokens_of_all_batches() -> None:
    logits, labels = np.zeros((2, 3, 4)), [[0, 1, 2], [3, -100, 0]]
    result = losscli.perplexity(logits, labels)
    assert result.mean == pytest.approx(4)
    assert result.divisor == 5
    assert losscli.perplexity(logits, labels, bits=True).mean == pytest.approx(2)


def test_shift_holds_each_token_against_the_next() -> None:
    logits = np.random.default_rng(0).normal(size=(2, 4, 5))
    labels = np.array([[0, 1, 2, 3], [4, 3, 2, 1]])
    shifted = losscli.perplexity(logits, labels, shift=True)
    assert shifted.mean == losscli.perplexity(logits[:, :-1], labels[:, 1:]).mean
    assert shifted.gradient().shape == logits.shape
    assert not shifted.gradient()[:, -1].any()
    with pytest.raises(DataError, match=r"labels\[1, 3\] is 9"):
        losscli.perplexity(logits, [[0, 1, 2, 3], [4, 3, 2, 9]], shift=True)
    with pytest.raises(DataError, match="with shift"):
        losscli.perplexity(np.zeros((2, 5, 3)), [[0, 1, 2], [0, 1, 2]], shift=True)


def test_a_perplexity_beyond_float64_is_infinite() -> None:
    assert losscli.perplexity([[1000.0, 0.0]], [1]).mean == np.inf
