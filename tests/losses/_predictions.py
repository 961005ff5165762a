"""Predictions beside true values, as the losses of regression take them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

import losscli
from tests.strategies import ORDINARY, REALS, arrays

WEIGHTS = st.one_of(st.floats(0, 4, width=32), st.sampled_from([0.0, 1.0, 1e-300, 1e300]))


def inputs(draw: Any, rows: tuple[int, ...], tame: bool, kinks: tuple[float, ...] = (0.0,)) -> dict[str, Any]:
    """Predictions and true values; when tame, their distance keeps away from the kinks of the loss."""
    if not tame:
        return {name: draw(arrays(float, rows, elements=REALS)) for name in ("input", "target")}
    target = draw(arrays(float, rows, elements=ORDINARY))
    away = ORDINARY.filter(lambda e: all(abs(abs(e) - kink) > 1e-3 for kink in kinks))
    return {"input": np.asarray(target + draw(arrays(float, rows, elements=away))), "target": target}


def test_squares_neither_overflow_nor_vanish_where_the_loss_does_not() -> None:
    assert losscli.mean_squared_error([1e200], [0.0], weight=[1e-200]).sum == pytest.approx(1e200, rel=1e-15)
    assert losscli.huber([1e300], [0.0], delta=1e-200, weight=[1e-200]).sum == pytest.approx(1e-100, rel=1e-15)
    assert losscli.huber([1e-200], [0.0], weight=[1e200]).sum == pytest.approx(5e-201, rel=1e-15)
    assert losscli.charbonnier([1e200], [0.0]).mean == 1e200
    assert losscli.charbonnier([0.0], [0.0], epsilon=1e-200).mean == 1e-200
