"""gaussian-nll: Negative log-likelihood of a predicted Gaussian.

    loss = (log v + (x - t)^2 / v) / 2,   v = max(var, eps)

Examples:
    losscli gaussian-nll --input 2.5,0,2,8 --target 3,-0.5,2,7 --var 0.5,1,2,1
    losscli gaussian-nll --input '2.5,0; 2,8' --target '3,-0.5; 2,7' --var 0.5,2 --full
    losscli gaussian-nll --input 2.5,0,2,8 --target 3,-0.5,2,7 --var 0.25 --grad
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np

from losscli import doubled
from losscli.declare import AnyArray, Array, Choice, Floats, Number
from losscli.errors import DataError
from losscli.terms import Step, Terms
from losscli.text import shape

LOG_2_PI = (1.8378770664093456, -7.756588316134483e-17, -2.647943193699614e-33)  # in three parts


def gaussian_negative_log_likelihood(
    input: Annotated[Floats, Array("~N...", "real", "predictions")],
    target: Annotated[Floats, Array("~N...", "real", "true values")],
    var: Annotated[Floats, Array("~N...", "real", "predicted variances: one for all, per row or per element", min=0)],
    *,
    full: Annotated[bool, Choice("add log(2 pi) / 2")] = False,
    eps: Annotated[float, Number("the smallest variance", min=0)] = 1e-6,
) -> Terms:
    """Negative log-likelihood of targets under predicted means and variances, element by element.

        loss = (log v + (x - t)^2 / v) / 2 [+ log(2 pi) / 2 with full],   v = max(var, eps)

    var is one variance for all, one per row (of shape (N) or (N, 1)), or one per element. It is a variance, not a
    standard deviation. As in PyTorch, a variance below eps is raised to eps; here, with a warning.

    Source: PyTorch, torch.nn.GaussianNLLLoss; Nix and Weigend 1994, "Estimating the Mean and Variance of the Target
    Probability Distribution".
    """
    v = np.maximum(var, eps)
    error = input - target
    slope = error / v
    log_v = np.log(v)
    # (e / v) e and not e^2 / v: the square alone may overflow, or vanish, where the quotient does not
    value = slope * error
    value += log_v
    if full:
        value += LOG_2_PI[0]

    def exact(short: bool, x: Floats, t: Floats, v: Floats) -> doubled.Parts:
        e, lost = doubled.two_sum(x, -t)
        square = *doubled.two_product(e, e), 2 * e * lost
        return doubled.quotient(square, (v,)) + doubled.log(v, short=short) + LOG_2_PI * full

    size = np.abs(log_v)
    doubled.mend(value, size + LOG_2_PI[0] if full else size, exact, input, target, v)
    value /= 2

    def grad() -> Floats:
        return slope

    steps = {
        "input": Step(input),
        "target": Step(target, given=True),
        "variance": Step(v, how=f"max(var, {eps:g})"),
        "error": Step(error, how="input - target"),
        "log variance": Step(log_v, how="log(variance)"),
        "error^2 / variance": Step(lambda: slope * error, how="error^2 / variance"),
    }
    return Terms(value, steps, grad, formula=f"(log v + (x - t)^2 / v{' + log(2 pi)' * full}) / 2")


def as_declared(arrays: dict[str, AnyArray], **_: Any) -> dict[str, AnyArray]:
    """One variance per row gets a last axis of length 1; any other shape must fit as it is, as in PyTorch."""
    if "var" not in arrays or "input" not in arrays:
        return arrays
    of, found = arrays["input"].shape, arrays["var"].shape
    if found == of[:-1] and of:
        return arrays | {"var": arrays["var"][..., None]}
    fits = len(found) == len(of) and all(n in (1, m) for n, m in zip(found, of, strict=True))
    if not fits and arrays["var"].size != 1:
        per_row = f", or {shape(of[:-1])} or {shape((*of[:-1], 1))} for one variance per row" if len(of) > 1 else ""
        raise DataError(f"`var` has the shape {shape(found)}, but `input` has {shape(of)}: expected the same{per_row}.")
    return arrays


def check(var: Floats, eps: float, **_: Any) -> Iterator[str]:
    """Variances below eps."""
    if (var < eps).any():
        yield f"a variance is below `eps={eps:g}` and is raised to it."
