"""softmax: Turns logits into class probabilities.

    softmax(z)[c] = exp(z[c]) / sum_k exp(z[k])

Examples:
    losscli softmax --logits 0.15,-0.34,0.12,0.67,0.55
    losscli softmax --logits '0.9,0.1; 0.8,0.2' -q
    losscli softmax --logits '0.9,0.1; 0.8,0.2' --class-axis 0 --json
"""

from __future__ import annotations

from losscli import ops
from losscli.losses.multiclass import ClassScores
from losscli.losses.multiclass._softmax import softmax_steps
from losscli.terms import Terms


def softmax(logits: ClassScores) -> Terms:
    """The class probabilities that a row of logits stands for.

        softmax(z)[c] = exp(z[c]) / sum_k exp(z[k])

    Source: PyTorch, torch.nn.Softmax.
    """
    at = ops.softmax_peak(logits)
    steps = softmax_steps(logits, at)
    del steps["softmax"], steps["log softmax"]
    return Terms(value=ops.softmax(logits, at), steps=steps)
