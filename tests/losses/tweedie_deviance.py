from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from mpmath import mp, mpf

import losscli
from losscli.errors import DataError, UsageError
from tests.losses._sklearn import elementwise
from tests.strategies import arrays

POWERS = [-1.0, 0.0, 1.0, 1.0001, 1.5, 2.0, 2.0001, 2.5, 3.0]


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    power = draw(st.sampled_from(POWERS))
    positive = st.floats(0.5, 5, width=32) if tame else st.floats(1e-3, 1e3) | st.sampled_from([1e-50, 1.0, 1e50])
    input = draw(arrays(float, rows, elements=positive))
    if draw(st.booleans()):
        distance = draw(st.sampled_from([1e-9, 1e-3, 0.5]))
        target = input * (1 + distance * draw(arrays(float, rows, elements=st.floats(-1, 1, width=32))))
    else:
        target = draw(arrays(float, rows, elements=positive))
    if power < 2:
        target = target * draw(arrays(float, rows, elements=st.sampled_from([0.0, 1.0])))
    if power <= 0:
        target = target * draw(arrays(float, rows, elements=st.sampled_from([-1.0, 1.0])))
    return {"input": np.asarray(np.rint(input) + 1 if tame else input), "target": np.asarray(target), "power": power}


def reference(row: dict[str, Any]) -> dict[str, Any]:
    x, y, p = mpf(row["input"]), mpf(row["target"]), mpf(row["power"])
    size = mpf(0)
    if p == 0:
        value = (y - x) ** 2
    elif p == 1:
        value = 2 * ((y * mp.log(y / x) if y else 0) - y + x)
    elif p == 2:
        value = 2 * (mp.log(x / y) + y / x - 1)
    else:
        power = max(y, mpf(0)) ** (2 - p) if y or p < 2 else mpf(0)
        value = 2 * (power / ((1 - p) * (2 - p)) - y * x ** (1 - p) / (1 - p) + x ** (2 - p) / (2 - p))
        # a negative power is computed from differences that may cancel to a twentieth
        size = 20 * abs(value) if p < 0 else size
    steps = {"input": x, "target": y, "error": x - y, "variance": x**p}
    return {"value": value, "divisor": 1, "counts": True, "steps": steps, "size": size}


GOLDEN_LIBRARY = "sklearn"
GOLDEN_REDUCTIONS = ("none", "mean")
GOLDEN_SHAPES = [(5,), (3, 2), (2, 3, 4)]


def golden_cases(rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    for shape in GOLDEN_SHAPES:
        for power in (-1.5, 0.0, 1.0, 1.5, 1.9, 2.0, 3.0, 4.0):
            target = rng.exponential(3, shape) + 0.1
            if power < 2:
                target = np.where(rng.random(shape) < 0.3, 0.0, target)
            if power <= 0:
                target = target - 1
            yield golden_case(rng.exponential(3, shape) + 0.1, target, power)


def golden_case(input: Any, target: Any, power: float) -> tuple[dict[str, Any], Any]:
    from sklearn.metrics import mean_tweedie_deviance

    arguments = {"input": input, "target": target, "power": power}
    return arguments, elementwise(lambda t, x: mean_tweedie_deviance(t, x, power=power), target)


def claims(rng: np.random.Generator) -> Iterator[Any]:
    from sklearn.metrics import mean_gamma_deviance, mean_poisson_deviance, mean_tweedie_deviance

    for rows in (1, 2, 4, 5, 8):
        x, t = rng.integers(1, 40, (2, rows)) / 8
        given = {"input": x, "target": t}
        power = float(rng.choice([-1.0, 0.0, 1.5, 2.5, 3.0]))
        yield "sklearn", given | {"power": power}, mean_tweedie_deviance(t, x, power=power)
        yield "sklearn", given | {"power": 1.0}, mean_poisson_deviance(t, x)
        yield "sklearn", given | {"power": 2.0}, mean_gamma_deviance(t, x)


def test_a_power_has_its_domain() -> None:
    with pytest.raises(UsageError, match=r"power is 0\.5, but no Tweedie"):
        losscli.tweedie_deviance([1.0], [1.0], power=0.5)
    with pytest.raises(DataError, match=r"input\[1\] is 0, but with power=1.5 a prediction is above 0"):
        losscli.tweedie_deviance([1.0, 0.0], [1.0, 1.0], power=1.5)
    with pytest.raises(DataError, match=r"target\[0\] is 0, but with power=2 a true value is above 0"):
        losscli.tweedie_deviance([1.0], [0.0], power=2)


def test_the_deviance_keeps_its_digits_near_the_target_where_scikit_learn_has_none() -> None:
    assert losscli.tweedie_deviance([1.0 + 2.0**-30], [1.0], power=1).sum == pytest.approx(2.0**-60, rel=1e-9)
    assert losscli.tweedie_deviance([1.0], [2.0], power=1 + 2.0**-40).sum == pytest.approx(
        losscli.tweedie_deviance([1.0], [2.0], power=1).sum, rel=1e-11
    )
