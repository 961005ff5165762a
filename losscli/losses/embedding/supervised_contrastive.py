"""supcon: Cross entropy of finding vectors of the same label.

    loss = -mean_{j in P(i)} log softmax_{k != i}(s[i])[j],   s[i, j] = cos(x[i], x[j]) / T

Examples:
    losscli supcon --embeddings '1,0; 1,0.2; 0,1; 0.1,1' --labels 0,0,1,1
    losscli supcon --embeddings '1,0; 1,0.2; 0,1; 0.1,1; 1,1' --labels 0,0,1,1,2 --temperature 0.5
    losscli supcon --embeddings '1,0; 1,0.2; 0,1; 0.1,1' --labels 0,0,1,1 --grad
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np

from losscli import doubled, ops
from losscli.declare import Array, Floats, Ints
from losscli.losses.embedding import Temperature, _angles
from losscli.terms import Step, Terms


def supervised_contrastive(
    embeddings: Annotated[Floats, Array("B D", "real", "a batch of vectors")],
    labels: Annotated[Ints, Array("B", "group", "rows with the same whole number belong together")],
    *,
    temperature: Temperature = 0.07,
) -> Terms:
    """Cross entropy of finding the other vectors with the same label among all others, one loss for each anchor.

        loss = -1/|P(i)| sum_{j in P(i)} log(exp(s[i, j]) / sum_{k != i} exp(s[i, k])),   s[i, j] = cos(x[i], x[j]) / T

    P(i) holds the other rows with the label of row i. A row without any has no loss and does not count; the authors'
    own code counts it as 0. The mean divides by the number of anchors that count. This is the paper's L_out, with the
    factor temperature / base_temperature of the authors' code set to 1. The gradient is exact relative to its largest
    terms, the unit vectors divided by T.

    Source: Khosla et al. 2020, "Supervised Contrastive Learning"; pytorch-metric-learning, SupConLoss.
    """
    u, norm = _angles.units(embeddings)
    cosine, lost_of_cosine = _angles.cosines(embeddings, embeddings)
    # divided by T, the rounding of a cosine would be that much larger: what it lost is made up for at the end
    logits, lost = doubled.quotient((cosine, lost_of_cosine), (np.float64(temperature),))
    alike = labels[:, None] == labels
    np.fill_diagonal(alike, False)
    positives = alike.sum(axis=1)
    counts = positives > 0
    target = alike / np.maximum(positives, 1)[:, None]
    others = logits.copy()
    np.fill_diagonal(others, -np.inf)
    at = ops.softmax_peak(others)

    def grad() -> Floats:
        # every vector is the anchor of its own row and a candidate in all others
        slope = ops.softmax_minus(others, at, target, whole=1.0) + ops.softmax_corrected(others, at, lost)
        pull = np.where(counts[:, None], slope, 0.0) / temperature
        return _angles.onto_sphere((pull + pull.T) @ u, u, norm)

    rough = ops.expected_negative_log_softmax(logits, at, target)
    losses = ops.corrected(rough, ops.softmax_minus(others, at, target, whole=1.0), lost)
    return Terms(
        value=np.where(counts, losses, 0.0),
        steps={
            "cosine": Step(cosine, how="cos(x[i], x[j])"),
            "cosine / T": Step(logits, how=f"cosine / {temperature:g}"),
            "softmax": Step(
                lambda: ops.softmax(others, at),
                summed=True,
                how="exp(cosine / T) / sum(exp(cosine / T)) over the other rows, 0 for the row itself",
            ),
            "target": Step(
                target, given=True, share=target, how="1 / positives for other rows of the same group, else 0"
            ),
            "loss": Step(
                lambda: ops.shared(target, -ops.log_softmax(others, at)),
                summed=True,
                share=target,
                how="-target * log(softmax)",
            ),
            "group": Step(labels),
            "positives": Step(positives, how="number of other rows of the same group"),
        },
        grad=grad,
        counts=counts,
        formula=f"-mean_(j in P(i)) log softmax_(k != i)(cos(x[i], x) / {temperature:g})[j]",
    )


def check(embeddings: Floats, **_: Any) -> Iterator[str]:
    yield from _angles.check_batch(embeddings=embeddings)
