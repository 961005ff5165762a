"""perplexity, ppl: exp of the mean cross entropy per token.

    loss = exp(mean of -log softmax(z)[y])

Examples:
    losscli perplexity --logits '2,1,0; 0,3,1; 1,1,1' --labels 0,1,2
    losscli perplexity --shift --logits '2,1,0; 0,3,1; 1,1,1' --labels 0,0,1
    losscli perplexity --bits --logits '2,1,0; 0,3,1; 1,1,1' --labels 0,1,2
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Annotated, Any

from losscli.declare import AnyArray, Array, Choice, Floats
from losscli.errors import DataError
from losscli.losses.multiclass import ClassIndices, IgnoreIndex
from losscli.losses.multiclass.cross_entropy import cross_entropy
from losscli.terms import EXP, Terms
from losscli.text import shape


def as_declared(arrays: dict[str, AnyArray], *, shift: bool = False, **_: Any) -> dict[str, AnyArray]:
    """With `shift`, the logits of each token paired with the token that follows it."""
    if not shift:
        return arrays
    logits, labels = arrays["logits"], arrays["labels"]
    time = labels.ndim - 1
    if time < 0 or logits.shape[:-1] != labels.shape:
        raise DataError(
            "with `shift=True`, `logits` of shape (B, T, V) or (T, V) take `labels` of shape (B, T) or (T), "
            f"but these have the shapes {shape(logits.shape)} and {shape(labels.shape)}."
        )
    return {"logits": logits[(slice(None),) * time + (slice(-1),)], "labels": labels[..., 1:]}


def perplexity(
    logits: Annotated[Floats, Array("N... C", "real", "scores of the tokens", suspicion="softmax twice", last=True)],
    labels: ClassIndices,
    *,
    shift: Annotated[
        bool, Choice("whether each token is to predict the next one, as in training a language model")
    ] = False,
    bits: Annotated[bool, Choice("the mean in bits per token instead of the perplexity")] = False,
    ignore_index: IgnoreIndex = -100,
) -> Terms:
    """Between how many tokens a model is undecided, on average: exp of the mean cross entropy per token.

        loss = exp(mean of -log softmax(z)[y])      with bits:  mean of -log2 softmax(z)[y]

    The mean is over all tokens that are not ignored, of all sequences and batches together, which is not the mean of
    their perplexities. The reductions sum and none give the cross entropy itself. With shift, logits[:, :-1] are
    compared with labels[:, 1:], as causal language models do internally; the last token's logits have no gradient.
    Where the labels fit several axes (T = V), the vocabulary is on the last, as in torchmetrics.

    Source: Jelinek et al. 1977, "Perplexity"; Hugging Face transformers for shift.
    """
    terms = cross_entropy(logits, labels, ignore_index=ignore_index)
    if not bits:
        return replace(terms, link=EXP, formula=f"exp(mean of {terms.formula})")
    slope = terms.grad
    assert slope is not None
    return replace(
        terms,
        value=terms.value / math.log(2),
        steps={name: step for name, step in terms.steps.items() if name != "loss"},  # which is in nats
        grad=lambda: slope() / math.log(2),
        formula="-log2 softmax(z)[y]",
    )
