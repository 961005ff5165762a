"""Segmentation losses: how well predicted regions cover the true ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from losscli.declare import Array, Choice, Floats, Ints, Number

PixelScores: TypeAlias = Annotated[Floats, Array("B... C", "real", "scores of each pixel, or probabilities")]
Masks: TypeAlias = Annotated[
    Floats, Array("B... | B... C", "mask", "class indices; or membership from 0 to 1, by class or of the one class")
]
FromLogits: TypeAlias = Annotated[bool, Choice("apply softmax or sigmoid first; MONAI, Keras: no")]
PerImage: TypeAlias = Annotated[bool, Choice("image by image (MONAI, optax), not over the batch (smp, Keras)")]
MaskClasses: TypeAlias = Annotated[Ints, Array("K", "label", "only these classes; omit 0 to leave out the background")]
IgnoredPixel: TypeAlias = Annotated[int, Number("pixels with this label are ignored", whole=True, ignored_label=True)]


@dataclass(frozen=True)
class Regions:
    """What one region is and how its overlap is measured, which each library silently decides in its own way."""

    mode: Annotated[
        Literal["multiclass", "multilabel", "binary"],
        Choice("softmax over classes, sigmoid per class, or one sigmoid without a class axis; smp's names"),
    ] = "multiclass"
    from_logits: FromLogits = True
    per_image: PerImage = False
    average: Annotated[
        Literal["macro", "micro"], Choice("one loss per class (smp, MONAI, optax), or one for all classes (Keras)")
    ] = "macro"
    classes: MaskClasses | None = None
    overlap: Annotated[
        Literal["min", "product"], Choice("TP of soft masks: min(p, t) (smp), or p t (MONAI, Keras, optax)")
    ] = "min"
    empty: Annotated[
        Literal["zero", "formula", "skip"],
        Choice("a class in no mask: loss 0 (smp), what the formula gives (MONAI, Keras, optax), or left out"),
    ] = "zero"
    smooth_nr: Annotated[
        float, Number("added to the numerator; MONAI 1e-5 (jaccard 5e-6), optax 1 (dice 2)", min=0)
    ] = 0.0
    smooth_dr: Annotated[
        float, Number("added to the denominator; MONAI 1e-5 (jaccard 5e-6), optax 1 (dice 2), Keras 1e-7", min=0)
    ] = 0.0
    ignore_index: IgnoredPixel = -100
