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
from tests.strategies import ORDINARY, arrays

RATES = st.floats(0, 100) | st.sampled_from([0.0, 1e-300, 1e300])
FEW = st.integers(0, 20).map(float) | st.floats(0, 5)
COUNTS = FEW | st.sampled_from([0.0, 1.0, 1e-300, 1e6])


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    log_input = draw(st.booleans())
    inputs = ORDINARY if tame else st.floats(-700, 700)
    if not log_input:
        inputs = st.floats(1, 5, width=32) if tame else RATES
    values = {
        "input": draw(arrays(float, rows, elements=inputs)),
        "target": draw(arrays(float, rows, elements=FEW if tame else COUNTS)),
        "log_input": log_input,
        "full": draw(st.booleans()),
    }
    return values | ({"eps": draw(st.sampled_from([1e-3, 0.5]))} if draw(st.booleans()) else {})


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, t = mpf(row["input"]), mpf(row["target"])
    rate, log_rate = (mp.exp(x), x) if row["log_input"] else (x, mp.log(x + mpf(row["eps"])))
    terms = [rate, -t * log_rate]
    if row["full"] and t > 1:
        terms += [t * mp.log(t), -t, mp.log(2 * mp.pi * t) / 2]
    steps = {"log rate": log_rate, "rate": rate, "target": t, "log t! by Stirling": mp.fsum(terms[2:])}
    return {
        "value": mp.fsum(terms),
        "divisor": 1,
        "counts": True,
        "steps": steps,
        "size": max(abs(term) for term in terms),  # they cancel where the prediction is right
    }


GOLDEN_SHAPES = [(), (5,), (3, 2), (2, 3, 4)]


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    for shape in GOLDEN_SHAPES:
        for full in (False, True):
            for target in (rng.poisson(3, shape) * 1.0, rng.random(shape) * 4):
                yield golden_case(rng.normal(0, 2, shape), np.asarray(target), True, full, 1e-8)
                for eps in (1e-8, 0.5):
                    yield golden_case(rng.exponential(2, shape), np.asarray(target), False, full, eps)
    yield golden_case(np.array([0.0, 0.0, 1e-20]), np.array([3.0, 0.0, 1.0]), False, False, 1e-8)
    yield golden_case(np.array([0.0, 3.0]), np.array([3.0, 0.0]), False, False, 0.0)
    yield golden_case(np.array([710.0, -800.0, np.nan, -np.inf]), np.array([1.0, 2.0, 1.0, 1.0]), True, True, 1e-8)
    yield golden_case(np.array([0.5, -1.0]), np.array([-2.0, -0.5]), True, True, 1e-8)
    yield golden_case(np.array([0.5, -0.25]), np.array([-2.0, 1.0]), False, True, 0.5)


def golden_case(input: Any, target: Any, log_input: bool, full: bool, eps: float) -> Any:
    import torch
    from torch.nn import functional as F

    arguments = {"input": input, "target": target, "log_input": log_input, "full": full, "eps": eps}
    t = torch.tensor(target)
    return arguments, lambda x, r: F.poisson_nll_loss(x, t, log_input, full, eps=eps, reduction=r)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    keras = _claims.keras()
    for shape in _claims.SHAPES:
        x, t = _claims.numbers(rng, *shape, spread=1), rng.poisson(1, shape) * 1.0
        yield "PyTorch", {"input": x, "target": t}, torch.nn.PoissonNLLLoss()(torch.tensor(x), torch.tensor(t))
        rates = {"input": np.maximum(x, 0), "target": t, "log_input": False, "eps": 1e-7}
        yield "Keras", rates, keras.losses.Poisson()(t, rates["input"])


def test_a_rate_is_not_negative() -> None:
    with pytest.raises(DataError, match=r"input\[1\] is -2, but a rate is 0 or more"):
        losscli.poisson_negative_log_likelihood([1.0, -2.0], [1.0, 1.0], log_input=False)
    with pytest.warns(LosscliWarning, match=r"target\[0\] is -1, but should not be negative"):
        assert losscli.poisson_negative_log_likelihood([1.0], [-1.0]).loss == np.exp(1) + 1
    with pytest.warns(LosscliWarning, match=r"input\[0\] is -1e-09, but a rate is 0 or more"):
        found = losscli.poisson_negative_log_likelihood([-1e-9], [1.0], log_input=False)
    assert found.loss == pytest.approx(-1e-9 - np.log(9e-9), rel=1e-15)
