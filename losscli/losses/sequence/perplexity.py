"""perplexity, ppl: exp of the mean cross entropy of the tokens.

    loss = exp(mean of -log softmax(z)[y])

torchmetrics: Perplexity
Keras: Perplexity (KerasHub, from_logits=True)

Examples:
    losscli perplexity --logits '2,1,0; 0,3,1; 1,1,1' --labels 0,1,2
    losscli perplexity --shift --logits '2,1,0; 0,3,1; 1,1,1' --labels 0,0,1
    losscli perplexity --bits --logits '2,1,0; 0,3,1; 1,1,1' --labels 0,1,2
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Annotated, Any

from losscli.declare import AnyArray, Choice, ClassIndices, IgnoreIndex, Logits
from losscli.errors import DataError
from losscli.losses.multiclass.cross_entropy import cross_entropy
from losscli.terms import Link, Terms


def arrange(arrays: dict[str, AnyArray], options: dict[str, Any]) -> dict[str, AnyArray]:
    """With `shift`, the logits of each token beside the token that follows it."""
    if not options.get("shift"):
        return arrays
    logits, labels = arrays["logits"], arrays["labels"]
    time = labels.ndim - 1
    if time < 0 or logits.shape[:-1] != labels.shape:
        raise DataError(
            f"with shift, logits of the shape (B, T, V) or (T, V) take labels of the shape (B, T) or (T), "
            f"but these have the shapes {logits.shape} and {labels.shape}."
        )
    return {"logits": logits[(slice(None),) * time + (slice(-1),)], "labels": labels[..., 1:]}


def perplexity(
    logits: Logits,
    labels: ClassIndices,
    *,
    shift: Annotated[
        bool, Choice("whether the label of a token is the next one, as a language model is trained")
    ] = False,
    bits: Annotated[bool, Choice("the mean in bits for each token instead of the perplexity")] = False,
    ignore_index: IgnoreIndex = -100,
) -> Terms:
    """How many tokens a model hesitates between: exp of the mean cross entropy of the tokens.

        loss = exp(mean of -log softmax(z)[y])      with bits:  mean of -log2 softmax(z)[y]

    The mean is over all tokens that count, of all sequences and batches together: a mean of perplexities is something
    else. The reductions sum and none give the cross entropy itself. With shift, logits[:, :-1] are held against
    labels[:, 1:], as causal language models do inside; the last token's logits have no gradient.

    Source: Jelinek et al. 1977, "Perplexity"; Hugging Face transformers for shift.
    """
    terms = cross_entropy(logits, labels, ignore_index=ignore_index)
    if not bits:
        return replace(terms, link=Link("exp", _exp, _exp), formula=f"exp(mean of {terms.formula})")
    slope = terms.grad
    assert slope is not None
    return replace(
        terms,
        value=terms.value / math.log(2),
        steps={name: step for name, step in terms.steps.items() if name != "loss"},  # which is in nats
        grad=lambda: slope() / math.log(2),
        formula="-log2 softmax(z)[y]",
    )


def _exp(mean: float) -> float:
    try:
        return math.exp(mean)
    except OverflowError:
        return math.inf
