"""tweedie: Deviance of counts and amounts (Poisson, gamma).

    loss = 2 (t^(2-p) / ((1-p) (2-p)) - t x^(1-p) / (1-p) + x^(2-p) / (2-p))

Examples:
    losscli tweedie --input 0.5,0.5,2,2 --target 2,0,1,4 --power 1
    losscli tweedie --input 0.5,0.5,2,2 --target 2,0.1,1,4 --power 1.5 --grad
    losscli tweedie --input 2.5,0,2,8 --target 3,-0.5,2,7
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from losscli.declare import Array, Floats, Number
from losscli.errors import ElementError, UsageError
from losscli.terms import Step, Terms

SERIES = 26  # terms for |log(t / x)| up to 2: the next is below 2**-57 of the first


def tweedie_deviance(
    input: Annotated[Floats, Array("N...", "real", "predicted means")],
    target: Annotated[Floats, Array("N...", "real", "true values")],
    *,
    power: Annotated[float, Number("0 normal, 1 Poisson, 1 to 2 compound Poisson, 2 gamma, 3 inverse Gaussian")] = 0.0,
) -> Terms:
    """Deviance of the Tweedie distributions, element by element: twice the log-likelihood lost by predicting x, not t.

        loss = 2 (max(t, 0)^(2-p) / ((1-p) (2-p)) - t x^(1-p) / (1-p) + x^(2-p) / (2-p))
        loss = (x - t)^2                        for power 0
        loss = 2 (t log(t / x) - t + x)         for power 1
        loss = 2 (log(x / t) + t / x - 1)       for power 2

    Predictions must be above 0 unless the power is 0. True values must be 0 or more for powers from 1 up to 2, and
    above 0 from 2 on. No Tweedie distribution has a power between 0 and 1. The variance grows as x^power.

    Source: scikit-learn, sklearn.metrics.mean_tweedie_deviance; Jorgensen 1987, "Exponential Dispersion Models".
    """
    error = input - target
    value = error * error if power == 0 else 2 * _half_deviance(input, target, power)

    def grad() -> Floats:
        # x^-p = x^((1-p)/2) x^((1-p)/2) / x: the power alone may overflow or vanish
        root = input ** ((1 - power) / 2)
        return 2 * (error / input) * root * root if power else 2 * error

    steps = {
        "input": Step(input),
        "target": Step(target, given=True),
        "error": Step(error, how="input - target"),
    }
    if power != 0:
        steps["variance"] = Step(lambda: input**power, how=f"input^{power:g}")
    return Terms(value, steps, grad, formula=_formula(power))


def _half_deviance(x: Floats, t: Floats, p: float) -> Floats:
    """The integral of (t - m) / m^p for m from x to t."""
    s = 2 - p
    # log(t / x), accurate where it is small; a ratio may overflow or vanish where its logarithm does not
    ratio = np.log1p((t - x) / x)
    apart = np.flatnonzero(~(np.abs(ratio) < 0.5))
    ratio[apart] = np.log(t[apart] / x[apart])
    beyond = np.flatnonzero(np.isinf(ratio))
    ratio[beyond] = np.log(t[beyond]) - np.log(x[beyond])
    # with L the ratio: x^s sum_k (1 + s + ... + s^(k-2)) L^k / k!, where the textbook's terms would cancel
    small = np.abs(ratio) * max(1, abs(s)) <= 2
    at = np.flatnonzero(small)
    value = np.empty_like(x)
    root = x[at] ** (s / 2)  # twice: the power alone may overflow or vanish
    value[at] = root * _series(ratio[at], s) * root
    at = np.flatnonzero(~small & ~(t <= 0))
    value[at] = _far(x[at], t[at], ratio[at], p)
    at = np.flatnonzero(t <= 0)
    value[at] = x[at] ** s / s - (t[at] * x[at] ** (1 - p) / (1 - p) if p != 1 else 0)
    return value


def _series(log: Floats, s: float) -> Floats:
    coefficients, term, sum_of_powers = [], 1.0, 0.0
    for k in range(2, SERIES + 2):
        term /= k
        sum_of_powers = 1 + s * sum_of_powers
        coefficients.append(sum_of_powers * term)
    result = np.zeros_like(log)
    for coefficient in reversed(coefficients):
        result *= log
        result += coefficient
    return result * log * log


def _far(x: Floats, t: Floats, log: Floats, p: float) -> Floats:
    """t (t^(1-p) - x^(1-p)) / (1 - p) - (t^(2-p) - x^(2-p)) / (2 - p), for x and t far apart."""
    value = t * _power_gap(x, t, log, 1 - p) - _power_gap(x, t, log, 2 - p)
    odd = np.flatnonzero(~((value > 1e-290) & (value < 1e290)))
    if odd.size:  # a power overflows or vanishes where the whole does not, which has the power 2 - p of a unit
        k = (np.frexp(x[odd])[1] + np.frexp(t[odd])[1]) // 2
        a, b, root = np.ldexp(x[odd], -k), np.ldexp(t[odd], -k), np.ldexp(1.0, k) ** ((2 - p) / 2)
        value[odd] = root * (b * _power_gap(a, b, log[odd], 1 - p) - _power_gap(a, b, log[odd], 2 - p)) * root
    return value


def _power_gap(x: Floats, t: Floats, log: Floats, e: float) -> Floats:
    """(t^e - x^e) / e, also where e, or the distance of x and t, is near 0; log(t / x) for e = 0."""
    if e == 0:
        return log
    near = np.abs(e * log) < 1
    return np.where(near, x**e * np.expm1(e * log), t**e - x**e) / e


def _formula(p: float) -> str:
    known = {0.0: "(x - t)^2", 1.0: "2 (t log(t / x) - t + x)", 2.0: "2 (log(x / t) + t / x - 1)"}
    a, s = 1 - p, 2 - p
    return known.get(p) or f"2 (t^{s:g} / {a * s:g} - t x^{a:g} / {a:g} + x^{s:g} / {s:g})"


def check(input: Floats, target: Floats, power: float, **_: Any) -> None:
    """A power without a distribution; predictions and true values outside the domain of the power."""
    if 0 < power < 1:
        raise UsageError(f"`power` is {power:g}, but no Tweedie distribution has a power between 0 and 1.")
    if power and (input <= 0).any():
        raise ElementError("input", input, input <= 0, f"with `power={power:g}` a prediction is above 0")
    if 1 <= power < 2 and (target < 0).any():
        raise ElementError("target", target, target < 0, f"with `power={power:g}` a true value is 0 or more")
    if power >= 2 and (target <= 0).any():
        raise ElementError("target", target, target <= 0, f"with `power={power:g}` a true value is above 0")
