"""log-softmax: Turns logits into class log-probabilities.

    log_softmax(z)[c] = z[c] - log(sum_k exp(z[k]))

Examples:
    losscli log-softmax --logits 0.15,-0.34,0.12,0.67,0.55
    losscli log-softmax --logits '0.9,0.1; 0.8,0.2' -q
    losscli log-softmax --logits '0.9,0.1; 0.8,0.2' --class-axis 0 --json
"""

from __future__ import annotations

from losscli import ops
from losscli.losses.multiclass import ClassScores
from losscli.losses.multiclass._softmax import softmax_steps
from losscli.terms import Terms


def log_softmax(logits: ClassScores) -> Terms:
    """The logarithms of the class probabilities that a row of logits stands for.

        log_softmax(z)[c] = z[c] - log(sum_k exp(z[k]))

    Source: PyTorch, torch.nn.LogSoftmax.
    """
    at = ops.softmax_peak(logits)
    steps = softmax_steps(logits, at)
    del steps["log softmax"]
    return Terms(value=ops.log_softmax(logits, at), steps=steps)
