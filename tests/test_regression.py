"""What is particular to the regression losses: their traps, and where they differ from a library."""

from __future__ import annotations

import numpy as np
import pytest

import losscli
from losscli.errors import DataError, LosscliWarning


def test_a_column_against_a_row_is_an_error_with_both_shapes_where_pytorch_makes_a_square() -> None:
    with pytest.raises(DataError, match=r"target has the shape \(3\), but input has \(3, 1\)"):
        losscli.mean_squared_error([[1.0], [2.0], [3.0]], [1.0, 2.0, 3.0])


def test_weights_divide_the_mean_of_mse_and_l1_but_as_in_pytorch_not_of_huber() -> None:
    arguments = ([1.0, 2.0], [0.0, 0.0])
    assert losscli.mean_squared_error(*arguments, weight=[1, 3]).mean == 13 / 4
    assert losscli.mean_absolute_error(*arguments, weight=[1, 3]).mean == 7 / 4
    assert losscli.huber(*arguments, weight=[1, 3]).mean == (0.5 + 3 * 1.5) / 2


def test_a_weight_must_have_the_shape_of_the_input() -> None:
    with pytest.raises(DataError, match=r"weight has the shape \(2\), but input has \(2, 2\)"):
        losscli.mean_squared_error(np.zeros((2, 2)), np.zeros((2, 2)), weight=[1, 2])


def test_a_percentage_of_nothing_warns() -> None:
    with pytest.warns(LosscliWarning, match="a target is 0"):
        assert losscli.mean_absolute_percentage_error([1.0], [0.0]).mean == 1e9
    with pytest.warns(LosscliWarning, match="a target is 0"):
        assert losscli.mean_absolute_percentage_error([1.0], [0.0], epsilon=0).mean == np.inf


def test_the_logarithm_of_1_plus_a_number_needs_one_above_minus_1() -> None:
    with pytest.raises(DataError, match=r"input\[1\] is -1, but a number above -1"):
        losscli.mean_squared_logarithmic_error([0.0, -1.0], [0.0, 0.0])


def test_the_gradient_of_nan_is_nan_where_pytorch_has_0() -> None:
    assert np.isnan(losscli.mean_absolute_error([np.nan], [0.0]).gradient()).all()


def test_log_cosh_keeps_its_digits_where_keras_and_optax_have_none() -> None:
    assert losscli.log_cosh([2e-9], [0.0]).mean == pytest.approx(2e-18, rel=1e-15)


def test_squares_neither_overflow_nor_vanish_where_the_loss_does_not() -> None:
    assert losscli.mean_squared_error([1e200], [0.0], weight=[1e-200]).sum == pytest.approx(1e200, rel=1e-15)
    assert losscli.huber([1e300], [0.0], delta=1e-200, weight=[1e-200]).sum == pytest.approx(1e-100, rel=1e-15)
    assert losscli.huber([1e-200], [0.0], weight=[1e200]).sum == pytest.approx(5e-201, rel=1e-15)
    assert losscli.charbonnier([1e200], [0.0]).mean == 1e200
    assert losscli.charbonnier([0.0], [0.0], epsilon=1e-200).mean == 1e-200
