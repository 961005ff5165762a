from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from mpmath import mp, mpf

import losscli
from losscli.errors import DataError, LosscliWarning
from tests.losses import _claims
from tests.losses._predictions import inputs
from tests.strategies import arrays

VARIANCES = st.floats(1e-6, 10) | st.sampled_from([1.0, 1e-6, 1e300])


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    shapes = {rows, rows[:-1], (*rows[:-1], 1), ()} if rows else {()}
    shape = draw(st.sampled_from(sorted(shapes)))
    elements = st.floats(0.5, 5, width=32) if tame else VARIANCES
    values = inputs(draw, rows, tame, ())
    values |= {"var": draw(arrays(float, shape, elements=elements)), "full": draw(st.booleans())}
    return values | ({"eps": draw(st.sampled_from([0.0, 1e-6]))} if draw(st.booleans()) else {})


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, t, v = mpf(row["input"]), mpf(row["target"]), max(mpf(row["var"]), mpf(row["eps"]))
    terms = [mp.log(v) / 2, (x - t) ** 2 / v / 2] + [mp.log(2 * mp.pi) / 2] * row["full"]
    steps = {
        "input": x,
        "target": t,
        "variance": v,
        "error": x - t,
        "log variance": mp.log(v),
        "error^2 / variance": (x - t) ** 2 / v,
    }
    return {
        "value": mp.fsum(terms),
        "divisor": 1,
        "counts": True,
        "steps": steps,
        "size": max(abs(term) for term in terms),  # they may cancel
    }


GOLDEN_SHAPES = [(), (5,), (3, 2), (3, 3), (2, 3, 4)]


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    for shape in GOLDEN_SHAPES:
        for var in (rng.random(shape), rng.random(shape[:-1]), rng.random((*shape[:-1], 1)), rng.random()):
            if shape or np.ndim(var) == 0:
                for full in (False, True):
                    yield golden_case(rng.normal(0, 2, shape), rng.normal(0, 2, shape), np.asarray(var), full, 1e-6)
    yield golden_case(np.array([1.0, 2.0]), np.array([1.0, 1.0]), np.array([0.0, 1e-9]), False, 1e-6)
    yield golden_case(np.array([1.0, 2.0]), np.array([1.0, 1.0]), np.array([0.1, 3.0]), False, 0.5)
    yield golden_case(np.array([np.inf, np.nan]), np.array([1.0, 1.0]), np.array([0.1, 3.0]), False, 1e-6)
    for of_input, of_target, of_var in [
        ((3,), (2, 3), (3,)),
        ((2, 3), (3,), (2, 1)),
        ((2, 1), (), (2, 1)),
        ((), (3,), ()),
    ]:
        yield golden_case(
            rng.normal(0, 2, of_input), rng.normal(0, 2, of_target), np.asarray(rng.random(of_var)), True, 1e-6
        )


def golden_case(input: Any, target: Any, var: Any, full: bool, eps: float) -> Any:
    import torch
    from torch.nn import functional as F

    arguments = {"input": input, "target": target, "var": var, "full": full, "eps": eps}
    t = torch.tensor(target)
    v = float(var) if var.ndim == 0 else torch.tensor(var)
    return arguments, lambda x, r: F.gaussian_nll_loss(x, t, v, full=full, eps=eps, reduction=r)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    for shape in _claims.SHAPES:
        x, t = _claims.numbers(rng, *shape), _claims.numbers(rng, *shape)
        var = _claims.shares(rng, *shape)
        loss = torch.nn.GaussianNLLLoss()(torch.tensor(x), torch.tensor(t), torch.tensor(var))
        yield "PyTorch", {"input": x, "target": t, "var": var}, loss


def test_a_variance_is_not_negative_and_one_below_eps_is_told() -> None:
    with pytest.raises(DataError, match=r"var\[1\] is -1"):
        losscli.gaussian_negative_log_likelihood([1.0, 2.0], [1.0, 2.0], [1.0, -1.0])
    with pytest.warns(LosscliWarning, match="a variance is below eps=1e-06"):
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
