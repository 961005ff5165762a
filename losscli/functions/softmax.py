"""softmax: The probabilities of the classes from their logits.

    softmax(z)[c] = exp(z[c]) / sum_k exp(z[k])

PyTorch: Softmax
Keras: softmax
optax: jax.nn.softmax

Examples:
    losscli softmax --logits 0.15,-0.34,0.12,0.67,0.55
    losscli softmax --logits '0.9,0.1; 0.8,0.2' -q
    losscli softmax --logits '0.9,0.1; 0.8,0.2' --class-axis 0 --json
"""

from __future__ import annotations

from losscli import ops
from losscli.declare import ClassScores
from losscli.terms import Summed, Terms


def softmax(logits: ClassScores) -> Terms:
    """The probabilities that belong to a row of logits.

        softmax(z)[c] = exp(z[c]) / sum_k exp(z[k])

    Source: PyTorch, torch.nn.Softmax.
    """
    at = ops.softmax_peak(logits)
    name, exp = ops.exponentials(logits, at)
    return Terms(
        value=ops.softmax(logits, at),
        steps={"logit": logits, name: Summed(exp)},
    )
