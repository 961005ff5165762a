"""Multiclass losses: one label, or a distribution, among classes."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from losscli.declare import Array, Floats, Ints, Number

Logits: TypeAlias = Annotated[Floats, Array("N... C", "real", "scores before the softmax", suspicion="softmax twice")]
ClassScores: TypeAlias = Annotated[Floats, Array("N... C", "real", "scores, one per class")]
Labels: TypeAlias = Annotated[
    Floats, Array("N... | N... C", "label", "class indices from 0; or one-hot or class probabilities")
]
ClassIndices: TypeAlias = Annotated[Ints, Array("N...", "label", "class indices, counted from 0")]
ClassWeight: TypeAlias = Annotated[Floats, Array("C", "real", "one weight per class", suspicion="negative weight")]
IgnoreIndex: TypeAlias = Annotated[int, Number("rows with this label are ignored", whole=True, ignored_label=True)]
LabelSmoothing: TypeAlias = Annotated[
    float, Number("share of the target that is spread over all classes", min=0, max=1)
]
