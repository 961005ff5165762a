"""kl: Divergence of log-probabilities from a target.

    loss = t (log t - lp)

Examples:
    losscli kl --log-probs -0.9,-1.2,-1.25 --target 0.5,0.3,0.2 --reduction sum
    losscli kl --log-probs '-0.1,-2.3; -0.7,-0.7' --target '0.8,0.2; 0.5,0.5' --reduction batchmean
    losscli kl --log-probs "$(losscli log-softmax -q --logits 2,1,0)" --target 0.6,0.3,0.1 --grad
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np

from losscli import ops
from losscli.declare import Array, Choice, Floats
from losscli.errors import ElementError
from losscli.losses.distribution import LogProbs
from losscli.losses.distribution._logarithm import log_ratio
from losscli.terms import Step, Terms

TITLE = "Kullback-Leibler divergence"
REDUCTIONS = {"batchmean": "the batch size"}


def kullback_leibler_divergence(
    log_probs: LogProbs,
    target: Annotated[Floats, Array("~N... C", "real", "target class probabilities")],
    *,
    log_target: Annotated[bool, Choice("the target holds log-probabilities")] = False,
) -> Terms:
    """How far log-probabilities are from a target distribution, class by class; the sum is the divergence KL(t || p).

        loss = t (log t - lp)            or, for a target of log-probabilities lt,  exp(lt) (lt - lp)

    A class with t = 0 adds nothing, even where lp is -inf (0 log 0 = 0; PyTorch: NaN there).

    The mean divides by the number of elements, rows times classes. That is not the divergence, but batchmean is: it
    divides the sum by the batch size, the length of the first axis. For log_probs with one axis that is the number of
    classes, as in PyTorch, with a warning. PyTorch warns that its mean will become batchmean in its next major release.
    A target below 0 gives NaN, as in PyTorch, with a warning. Keras and optax sum over the classes; Keras then averages
    over the rows, which is batchmean where the batch is the only other axis.

    Source: PyTorch, torch.nn.KLDivLoss; Kullback and Leibler 1951, "On Information and Sufficiency".
    """
    if log_target:
        share = np.exp(target)
        difference = target - log_probs
    else:
        share = target
        difference = log_ratio(target, log_probs)
    value = share * difference
    if np.isnan(value).any():  # perhaps 0 log 0
        value = ops.shared(share, difference)

    def grad() -> Floats:
        return -share

    steps = {
        "log prob": Step(log_probs),
        "prob": Step(lambda: np.exp(log_probs), summed=True, how="exp(log prob)"),
        "target prob": Step(share, summed=True, how="exp(log target prob)" if log_target else ""),
        "log target prob": Step(target) if log_target else Step(lambda: np.log(target), how="log(target prob)"),
        "log ratio": Step(difference, how="log target prob - log prob"),
        "loss": Step(value, summed=True, how="target prob * log ratio"),
    }
    return Terms(value, steps, grad, formula="exp(lt) (lt - lp)" if log_target else "t (log t - lp)")


def batchmean(shape: tuple[int, ...]) -> tuple[int, str]:
    """The batch size, which is the length of the first axis."""
    if len(shape) != 1 or shape[0] == 1:
        return shape[0] if shape else 1, ""
    return shape[0], (
        f"`log_probs` has one axis, and batchmean divides by its length, {shape[0]}, as in PyTorch. "
        "If this is one distribution, its divergence is the sum."
    )


def check(target: Floats, log_target: bool, **_: Any) -> Iterator[ElementError]:
    """A target that contradicts log_target."""
    if log_target:
        wrong, expected = target > 1e-3, "a log-probability is 0 or less. For probabilities, leave `log_target` off"
    else:
        wrong, expected = target < 0, "a class probability is 0 or more. Log-probabilities need `log_target=True`"
    if wrong.any():
        yield ElementError("target", target, wrong, expected)
