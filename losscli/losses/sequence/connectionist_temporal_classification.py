"""ctc: Minus the log-probability of all alignments.

    loss = -log sum_a prod_t p[t, a[t]],  over the alignments a that read as the targets

PyTorch: CTCLoss
Keras: CTC (from logits; mask_index is both blank and padding)
optax: ctc_loss (from logits; an impossible alignment costs 1e5)

Examples:
    losscli ctc --log-probs '-0.4,-1.2,-3.3; -1.6,-0.3,-2.9; -0.2,-2.1,-2.8' --targets 1
    losscli ctc --log-probs '[[[-1,-2,-0.7]],[[-0.7,-1,-2]],[[-2,-0.7,-1]]]' --targets 2,1 --target-lengths 2 --grad
    losscli ctc --log-probs '-0.4,-1.2,-3.3; -1.6,-0.3,-2.9; -0.2,-2.1,-2.8' --targets 1,2 --zero-infinity
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from losscli.declare import AnyArray, Array, Choice, Floats, Ints, Number
from losscli.losses.sequence import _alignments, _ctc_input
from losscli.terms import Step, Terms

check = _ctc_input.check


def connectionist_temporal_classification(
    log_probs: Annotated[Floats, Array("T batch C | T C", "real", "log-probabilities of each frame")],
    targets: Annotated[Ints, Array("batch S | labels", "group", "labels, padded, or one sequence after the other")],
    input_lengths: Annotated[Ints, Array("batch", "group", "frames that count, of each (default: all)")] | None = None,
    target_lengths: Annotated[Ints, Array("batch", "group", "labels that count, of each (default: all)")] | None = None,
    *,
    blank: Annotated[int, Number("the class that stands for no label", min=0, whole=True)] = 0,
    zero_infinity: Annotated[bool, Choice("whether targets that cannot be aligned cost 0 instead of infinity")] = False,
) -> Terms:
    """Minus the log-probability of the targets, over all their alignments with the frames.

    An alignment gives each frame a class; it reads as the targets when repeats are merged and then blanks are dropped.

        loss = -log sum_a prod_t p[t, a[t]]

    A mean divides each loss by its number of labels (by 1 if it has none) and then by the number of sequences; sum and
    none divide by nothing. Equal labels in a row need a blank between them: fewer frames than labels and repeats give
    infinity. The gradient is the derivative by log_probs: minus the probability that the frame is aligned with the
    class. PyTorch adds exp(log_probs) to it, which makes it the derivative by the logits before a log-softmax. Rounding
    adds up over the frames: the loss of 100 frames is right to about 8 units in the last place.

    Source: PyTorch, torch.nn.CTCLoss; Graves et al. 2006, "Connectionist Temporal Classification".
    """
    batch = _ctc_input.batch(log_probs, targets, input_lengths, target_lengths, blank)
    at = _alignments.lattice(batch, blank)
    alpha = _alignments.forward(at)
    nll = _alignments.near_zero(batch, at, alpha, _alignments.negative_log_likelihood(batch, alpha))
    dropped = np.isposinf(nll) & zero_infinity
    value = np.where(dropped, 0.0, nll)
    lengths = np.maximum(batch.labels, 1)

    def gradient(by: AnyArray) -> Floats:
        slope = -_alignments.occupancy(batch, at, alpha, nll) / by[:, None]
        return np.where(dropped[:, None], 0.0, slope).reshape(log_probs.shape)

    steps: dict[str, Step] = {
        "frames": batch.frames,
        "labels": batch.labels,
        "frames needed": _ctc_input.frames_needed(batch),
        "p(targets)": lambda: np.exp(-nll),
    }
    common: dict[str, Any] = {"axes": {"sequence": range(len(nll))} if log_probs.ndim == 3 else {}}
    mean = Terms(
        value=value / lengths,
        steps=steps | {"-log p(targets)": value},
        grad=lambda: gradient(lengths),
        formula="-log p(targets) / labels",
        **common,
    )
    ones = np.ones_like(lengths)
    return Terms(value, steps, lambda: gradient(ones), formula="-log p(targets)", mean=mean, **common)
