"""gaussian-nll: Minus log-likelihood under a mean and a variance.

    loss = (log v + (x - t)^2 / v) / 2,   v = max(var, eps)

PyTorch: GaussianNLLLoss

Examples:
    losscli gaussian-nll --input 2.5,0,2,8 --target 3,-0.5,2,7 --var 0.5,1,2,1
    losscli gaussian-nll --input '2.5,0; 2,8' --target '3,-0.5; 2,7' --var 0.5,2 --full
    losscli gaussian-nll --input 2.5,0,2,8 --target 3,-0.5,2,7 --var 0.25 --grad
"""

from __future__ import annotations

import warnings
from typing import Annotated, Any

import numpy as np

from losscli import doubled
from losscli.compute.arrays import shape
from losscli.declare import AnyArray, Array, Choice, Floats, Number, Predictions, Targets
from losscli.errors import DataError, LosscliWarning
from losscli.terms import Step, Terms

LOG_2_PI = (1.8378770664093456, -7.756588316134483e-17, -2.647943193699614e-33)  # in three parts


def gaussian_negative_log_likelihood(
    input: Predictions,
    target: Targets,
    var: Annotated[Floats, Array("~N...", "nonnegative", "predicted variances: one number, one a row, or one each")],
    *,
    full: Annotated[bool, Choice("add log(2 pi) / 2")] = False,
    eps: Annotated[float, Number("the least variance", min=0)] = 1e-6,
) -> Terms:
    """Minus the log-likelihood of targets under predicted means and variances, element by element.

        loss = (log v + (x - t)^2 / v) / 2 [+ log(2 pi) / 2 with full],   v = max(var, eps)

    One variance for all, one for each row, of the shape (N) or (N, 1), or one for each element. It is a variance, not a
    standard deviation. As in PyTorch one below eps counts as eps; here that is told.

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

    steps: dict[str, Step] = {
        "input": input,
        "target": target,
        "variance": v,
        "error": error,
        "log variance": log_v,
        "error^2 / variance": lambda: slope * error,
    }
    return Terms(value, steps, grad, formula=f"(log v + (x - t)^2 / v{' + log(2 pi)' * full}) / 2")


def arrange(arrays: dict[str, AnyArray], options: dict[str, Any]) -> dict[str, AnyArray]:
    """One variance a row gets the axis that it lacks; PyTorch takes no other shape that must be broadcast."""
    if "var" not in arrays or "input" not in arrays:
        return arrays
    of, found = arrays["input"].shape, arrays["var"].shape
    if found == of[:-1] and of:
        return arrays | {"var": arrays["var"][..., None]}
    fits = len(found) == len(of) and all(n in (1, m) for n, m in zip(found, of, strict=True))
    if not fits and arrays["var"].size != 1:
        one_a_row = f", or {shape(of[:-1])} or {shape((*of[:-1], 1))} for one variance a row" if len(of) > 1 else ""
        raise DataError(f"var has the shape {shape(found)}, but input has {shape(of)}: expected that{one_a_row}.")
    return arrays


def check(var: Floats, eps: float, **_: Any) -> None:
    """A variance that is raised."""
    if (var < eps).any():
        message = f"a variance is below eps = {eps:g} and counts as that."
        warnings.warn(message, LosscliWarning, stacklevel=2)
