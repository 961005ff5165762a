"""nt-xent: Cross entropy of each pair against negatives.

    loss = -sum_{j in P(i)} log(e[i, j] / (e[i, j] + sum_{k in N(i)} e[i, k])),   e[i, j] = exp(cos(x[i], x[j]) / T)

Examples:
    losscli nt-xent --embeddings '1,0; 1,0.2; 0,1; 0.1,1' --labels 0,0,1,1
    losscli nt-xent --embeddings '1,0; 1,0.2; 0,1; 0.1,1; 1,1' --labels 0,0,1,1,1 --temperature 0.5
    losscli nt-xent --embeddings '1,0; 1,0.2; 0,1; 0.1,1' --labels 0,0,1,1 --grad
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np

from losscli import ops
from losscli.declare import Array, Floats, Ints
from losscli.losses.embedding import Temperature, _angles
from losscli.terms import Step, Terms

TITLE = "NT-Xent"


def nt_xent(
    embeddings: Annotated[Floats, Array("B D", "real", "a batch of vectors")],
    labels: Annotated[Ints, Array("B", "group", "rows with the same whole number are positive pairs")],
    *,
    temperature: Temperature = 0.07,
) -> Terms:
    """Cross entropy of telling the other vector of a pair from the negatives, summed over the pairs of each anchor.

        loss = -sum_{j in P(i)} log(e[i, j] / (e[i, j] + sum_{k in N(i)} e[i, k])),   e[i, j] = exp(cos(x[i], x[j]) / T)

    P(i) holds the other rows with the label of row i, N(i) the rows with another label. The mean divides by the number
    of pairs, in both directions; a row without a pair does not count. Where every label stands twice, this is the loss
    of SimCLR. `supcon` has all positives of the anchor in its denominator.

    Source: optax, optax.losses.ntxent; pytorch-metric-learning, NTXentLoss; Chen et al. 2020, "A Simple Framework for
    Contrastive Learning of Visual Representations".
    """
    u, norm = _angles.units(embeddings)
    cosine = u @ u.T
    scores = cosine / temperature
    alike = labels[:, None] == labels
    negative = ~alike
    np.fill_diagonal(alike, False)
    positives = alike.sum(axis=1)
    others = np.where(negative, scores, -np.inf)
    at = ops.softmax_peak(others)
    rivals = np.where(negative.any(axis=1), at.peak + np.log1p(at.rest), -np.inf)
    pairs = np.where(alike, ops.softplus(rivals[:, None] - scores), 0.0)

    def grad() -> Floats:
        miss = np.where(alike, ops.sigmoid(rivals[:, None] - scores), 0.0)
        pull = np.where(negative, miss.sum(axis=1, keepdims=True) * ops.softmax(others, at), -miss) / temperature
        # every vector is the anchor of its own row and a candidate in all others
        return _angles.onto_sphere((pull + pull.T) @ u, u, norm)

    counts = positives > 0
    each = "e[j] / (e[j] + sum_(k in N(i)) e[k])"
    return Terms(
        value=ops.row_sum(pairs),
        steps={
            "cosine": Step(cosine, how="cos(x[i], x[j])"),
            "cosine / T": Step(scores, how=f"cosine / {temperature:g}"),
            "pair": Step(alike, given=True, share=alike, how="1 for the other rows of the same group"),
            "loss": Step(
                pairs,
                summed=True,
                share=alike,
                how="-log(exp(cosine / T) / (exp(cosine / T) + exp(log sum of negatives)))",
            ),
            "group": Step(labels),
            "pairs": Step(positives, how="number of other rows of the same group"),
            "log sum of negatives": Step(rivals, how="log(sum(exp(cosine / T))) over the rows of other groups"),
        },
        grad=grad,
        divisor=positives.astype(np.float64),
        counts=counts,
        formula=f"-sum_(j in P(i)) log({each}),  e = exp(cos(x[i], x) / {temperature:g})",
    )


def check(embeddings: Floats, **_: Any) -> Iterator[str]:
    yield from _angles.check_batch(embeddings=embeddings)
