"""poisson-nll: Negative log-likelihood of counts under a rate.

    loss = exp(x) - t x              for log rates x
    loss = x - t log(x + eps)        for rates x, with --no-log-input

Examples:
    losscli poisson-nll --input 0.5,1.2,-0.3 --target 2,3,0
    losscli poisson-nll --input 1.5,3.2,0.7 --target 2,3,0 --no-log-input --full
    losscli poisson-nll --input 0.5,1.2,-0.3 --target 2,3,0 --full --grad
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np

from losscli import doubled
from losscli.declare import Array, Choice, Floats, Number
from losscli.errors import ElementError
from losscli.terms import Step, Terms

HALF_LOG_2_PI = (0.9189385332046728, -3.8782941580672414e-17, -1.323971596849807e-33)  # in three parts


def poisson_negative_log_likelihood(
    input: Annotated[Floats, Array("N...", "real", "predicted log rates, or rates")],
    target: Annotated[Floats, Array("N...", "real", "observed counts", suspicion="negative")],
    *,
    log_input: Annotated[bool, Choice("the input holds log rates")] = True,
    full: Annotated[bool, Choice("add log t! by Stirling's formula, where t is above 1")] = False,
    eps: Annotated[float, Number("added to a rate before taking its logarithm", min=0)] = 1e-8,
) -> Terms:
    """Negative log-likelihood of counts under predicted rates, element by element, without the constant log t!.

        loss = exp(x) - t x                                        for log rates x
        loss = x - t log(x + eps)                                  for rates x
        loss + t log t - t + log(2 pi t) / 2  where t > 1          with full

    As in PyTorch. eps is used for rates only; Keras takes rates, with an eps of 1e-7.

    Source: PyTorch, torch.nn.PoissonNLLLoss.
    """
    rate = np.exp(input) if log_input else input
    log_rate = input if log_input else np.log(input + eps)
    expected = target * log_rate
    value = rate - expected
    steps = {
        "log rate": Step(log_rate, how="" if log_input else f"log(rate{f' + {eps:g}' * (eps > 0)})"),
        "rate": Step(rate, how="exp(log rate)" if log_input else ""),
        "target": Step(target, given=True),
    }
    if full:
        stirling = np.where(target > 1, target * np.log(target) - target + np.log(2 * math.pi * target) / 2, 0.0)
        value += stirling
        how = "target * log(target) - target + log(2 * pi * target) / 2 where target > 1, else 0"
        steps["log t! by Stirling"] = Step(stirling, how=how)

    def exact(short: bool, x: Floats, t: Floats) -> doubled.Parts:
        rates = doubled.exp(x, short=short) if log_input else (x,)
        logs = (x,) if log_input else doubled.log(*doubled.two_sum(x, eps), short=short)
        terms = rates + doubled.negative(doubled.product((t,), logs))
        return terms + _stirling(t, short) if full else terms

    size = np.maximum(rate, np.abs(expected)) if full else np.abs(expected)
    doubled.mend(value, size, exact, input, target)

    def grad() -> Floats:
        if not log_input:
            return (input - target + eps) / (input + eps)
        slope = rate - target

        def excess(short: bool, x: Floats, t: Floats) -> doubled.Parts:
            return *doubled.exp(x, short=short), -t

        doubled.mend(slope, target, excess, input, target)
        return slope

    formula = "exp(x) - t x" if log_input else f"x - t log(x{f' + {eps:g}' * (eps > 0)})"
    return Terms(value, steps, grad, formula=f"{formula}{' + log t!' * full}")


def _stirling(t: Floats, short: bool) -> doubled.Parts:
    """(t + 1/2) log t - t + log(2 pi) / 2 where t is above 1, else 0."""
    beyond = np.where(t > 1, t, 1.0)
    terms = *doubled.product(doubled.two_sum(beyond, 0.5), doubled.log(beyond, short=short)), -beyond, *HALF_LOG_2_PI
    return tuple(np.where(t > 1, term, 0.0) for term in terms)


def check(input: Floats, log_input: bool, eps: float, **_: Any) -> Iterator[ElementError]:
    """Rates below 0: a warning as far as eps makes up for it, and an error beyond."""
    if log_input or not (input < 0).any():
        return
    found = ElementError("input", input, input < 0, "a rate is 0 or more")
    if (input + eps < 0).any():
        expected = "a rate is 0 or more. If these are logarithms of rates, leave `log_input` on"
        raise ElementError("input", input, input + eps < 0, expected)
    yield found
