"""log-softmax: The log-probabilities of the classes.

    log_softmax(z)[c] = z[c] - log(sum_k exp(z[k]))

PyTorch: LogSoftmax
Keras: log_softmax
optax: jax.nn.log_softmax

Examples:
    losscli log-softmax --logits 0.15,-0.34,0.12,0.67,0.55
    losscli log-softmax --logits '0.9,0.1; 0.8,0.2' -q
    losscli log-softmax --logits '0.9,0.1; 0.8,0.2' --class-axis 0 --json
"""

from __future__ import annotations

from losscli import ops
from losscli.declare import ClassScores
from losscli.terms import Summed, Terms


def log_softmax(logits: ClassScores) -> Terms:
    """The log-probabilities that belong to a row of logits.

        log_softmax(z)[c] = z[c] - log(sum_k exp(z[k]))

    Source: PyTorch, torch.nn.LogSoftmax.
    """
    at = ops.softmax_peak(logits)
    name, exp = ops.exponentials(logits, at)
    return Terms(
        value=ops.log_softmax(logits, at),
        steps={"logit": logits, name: Summed(exp), "softmax": Summed(lambda: ops.softmax(logits, at))},
    )
