"""ctc: Minus the log-probability of the targets.

    loss = -log sum_a prod_t p[t, a[t]],  over the alignments a that read as the targets

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
    targets: Annotated[Ints, Array("batch S | labels", "group", "labels: padded, or all sequences in one row")],
    input_lengths: Annotated[Ints, Array("batch", "group", "frames that count, of each (default: all)")] | None = None,
    target_lengths: Annotated[Ints, Array("batch", "group", "labels that count, of each (default: all)")] | None = None,
    *,
    blank: Annotated[int, Number("the class that means no label", min=0, whole=True)] = 0,
    zero_infinity: Annotated[bool, Choice("whether targets that cannot be aligned cost 0, not infinity")] = False,
) -> Terms:
    """Minus the log of the targets' probability, which sums over all their alignments with the frames.

    An alignment gives each frame a class. It reads as the targets once repeats are merged and blanks are then dropped.

        loss = -log sum_a prod_t p[t, a[t]]

    A mean divides each loss by its number of labels (by 1 if it has none), then by the number of sequences; the
    reductions sum and none do not divide. Equal labels next to each other need a blank between them: with fewer frames
    than labels and such blanks, the loss is infinite. The gradient is the derivative with respect to log_probs: minus
    the probability that the frame is aligned with the class. PyTorch adds exp(log_probs), which makes it the derivative
    with respect to the logits before a log-softmax. Rounding adds up over the frames: the loss of 100 frames is right
    to about 8 units in the last place.

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

    repeats = "labels + 1 for each label that equals the one before it"
    over_alignments = "sum over the alignments a of prod_t exp(log_probs[t, a[t]])"
    steps = {
        "frames": Step(batch.frames, how="all frames" if input_lengths is None else ""),
        "labels": Step(batch.labels, how="all labels" if target_lengths is None else ""),
        "frames needed": Step(_ctc_input.frames_needed(batch), how=repeats),
        "p(targets)": Step(lambda: np.exp(-nll), how=over_alignments),
    }
    how = f"-log(p(targets)){', 0 where that is infinite' * zero_infinity}"
    common: dict[str, Any] = {"axes": {"sequence": range(len(nll))} if log_probs.ndim == 3 else {}}
    mean = Terms(
        value=value / lengths,
        steps=steps | {"-log p(targets)": Step(value, how=how)},
        grad=lambda: gradient(lengths),
        formula="-log p(targets) / labels",
        **common,
    )
    ones = np.ones_like(lengths)
    return Terms(value, steps, lambda: gradient(ones), formula="-log p(targets)", mean=mean, **common)
