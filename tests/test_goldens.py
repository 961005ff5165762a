"""Every loss gives what the library that defines it gives: values, reductions and gradients."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import losscli
from losscli.catalogue import Entry
from losscli.compute.arrays import as_array
from losscli.errors import LosscliWarning
from tests.strategies import ENTRIES, named

GOLDENS = Path(__file__).parent / "goldens"


def numbers(value: Any) -> Any:
    return np.asarray(as_array("golden", value), dtype=np.float64)


@pytest.mark.filterwarnings("ignore::losscli.errors.LosscliWarning")
@pytest.mark.parametrize("entry", ENTRIES, ids=named)
def test_values_reductions_and_gradients_are_those_of_the_defining_library(entry: Entry) -> None:
    lines = (GOLDENS / f"{entry.path.stem}.jsonl").read_text().splitlines()
    assert len(lines) >= 5
    loss = getattr(losscli, entry.path.stem)
    for number, line in enumerate(lines, 1):
        golden = json.loads(line)
        arguments = {
            name: numbers(value) if isinstance(value, list) and name not in ("labels",) else value
            for name, value in golden.pop("arguments").items()
        }
        for key, expected in golden.items():
            kind, _, reduction = key.rpartition(" ")
            result = loss(**arguments) if entry.is_function else loss(**arguments, reduction=reduction)
            loss_or_value = result.value if entry.is_function else result.loss
            found = result.gradient() if kind == "grad" else loss_or_value
            np.testing.assert_allclose(
                found, numbers(expected), rtol=1e-11, atol=1e-14, err_msg=f"{entry.path.stem}.jsonl:{number} {key}"
            )


def test_all_rows_ignored_is_nan_and_says_so() -> None:
    result = losscli.cross_entropy([[0.1, 0.2]], [-100])
    with pytest.warns(LosscliWarning, match="all 1 rows are ignored"):
        assert np.isnan(result.mean)


def test_no_rows_at_all_is_nan_in_the_mean_and_0_in_the_sum() -> None:
    for result in (
        losscli.cross_entropy(np.zeros((0, 3)), np.zeros(0, int)),
        losscli.multilabel_soft_margin(np.zeros((0, 3)), np.zeros((0, 3))),
        losscli.binary_cross_entropy_with_logits(np.zeros((0, 2)), np.zeros((0, 2))),
    ):
        assert (result.sum, result.divisor, result.count, result.ignored) == (0.0, 0.0, 0, 0)
        assert result.gradient("sum").size == 0
        with pytest.warns(LosscliWarning, match="no rows"):
            assert np.isnan(result.mean)


def test_a_class_without_share_in_the_target_adds_nothing_where_pytorch_has_nan() -> None:
    assert losscli.cross_entropy([[0.0, -np.inf]], [[1.0, 0.0]]).mean == 0.0
    assert losscli.binary_cross_entropy_with_logits([np.inf, -np.inf], [1.0, 0.0]).value.tolist() == [0.0, 0.0]
    assert losscli.binary_cross_entropy_with_logits([-np.inf], [1.0]).value.tolist() == [np.inf]


def test_an_ignored_row_has_no_gradient_whatever_it_holds_where_pytorch_has_nan() -> None:
    assert losscli.cross_entropy([[np.nan, 0.0], [0.0, 0.0]], [-100, 1]).gradient().tolist() == [[0, 0], [0.5, -0.5]]


def test_the_gradient_of_bce_keeps_a_floor_under_its_divisor() -> None:
    gradient = losscli.binary_cross_entropy([0.0, 1.0], [1.0, 0.0], reduction="sum").gradient()
    np.testing.assert_allclose(gradient, [-1e12, 1e12])
