"""The mistakes in the formulas of losses of masks: a function a loss, under its name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from losscli import ops
from losscli.compute.variants import Call, Ratio
from losscli.losses.multiclass import _labels
from losscli.mistakes import Variant, mistake
from losscli.mistakes.input import softmax
from losscli.mistakes.reduction import to


def overlap(call: Call) -> Iterator[Variant]:
    name = call.name
    if "smooth_nr" in call.values:
        halves = 2.0 if name == "dice" else 1.0
        for smooth, whose in ((1.0, " (smp.utils)"), (1e-5, " (MONAI)"), (1e-6, ""), (1e-7, "")):
            for factor, per_image in product({1.0, halves}, (False, True)):
                made = call.having(
                    smooth_nr=smooth * factor, smooth_dr=smooth * factor, empty="formula", per_image=per_image
                )
                yield mistake(
                    "dice-smooth-1" if smooth == 1 else f"dice-smooth-{smooth:g}",
                    made,
                    f"smooth = {smooth:g} added above and below{whose if factor == 1 else ''}"
                    + f", to TP and half of the sizes{' (smp, optax)' if smooth == 1 else ''}" * (factor == 2)
                    + f", {'image by image' if per_image else 'over the batch'}" * (per_image != call["per_image"]),
                    "Without smoothing a mask that is empty on both sides has no quotient.",
                    "use the same smoothing.",
                    5 if per_image == call["per_image"] else 3,
                    smooth_nr=f"{smooth * factor:g}",
                    smooth_dr=f"{smooth * factor:g}",
                    **({"per_image": str(per_image).lower()} if per_image != call["per_image"] else {}),
                )
        yield mistake(
            "dice-per-image",
            call.having(per_image=not call["per_image"], empty="formula"),
            f"{'over the batch' if call['per_image'] else 'image by image'}, masks that are empty included (MONAI)",
            "",
            "set the same per_image, and the same rule for empty masks.",
            4,
            per_image=str(not call["per_image"]).lower(),
            empty="formula",
        )
        made = call.having(smooth_nr=0.0, smooth_dr=1e-7, empty="formula")
        yield mistake(
            "dice-smooth-dr",
            made,
            "1e-7 added below only, as Keras does",
            "",
            "use the same smoothing.",
            2,
            smooth_dr="1e-7",
        )
        if call["smooth_nr"] or call["smooth_dr"]:
            yield mistake(
                "dice-no-smooth",
                call.having(smooth_nr=0.0, smooth_dr=0.0),
                "without smoothing",
                "",
                "use the same smoothing.",
                4,
                smooth_nr="0",
                smooth_dr="0",
            )
    others = {
        "dice": ("jaccard", "iou-vs-dice", "IoU (Jaccard) instead of Dice"),
        "jaccard": ("dice", "dice-vs-iou", "Dice instead of IoU (Jaccard)"),
    }
    if name in others:
        other, key, what = others[name]
        factor = {"dice": 0.5, "jaccard": 2.0}[name]
        same = call.as_loss(other)
        yield mistake(
            key,
            same,
            what,
            "Dice is 2 TP / (2 TP + FP + FN), IoU is TP / (TP + FP + FN).",
            f"use `{other}`.",
            5,
            overlap=other,
        )
        if call["smooth_nr"] or call["smooth_dr"]:
            scaled = call.as_loss(other, smooth_nr=call["smooth_nr"] * factor, smooth_dr=call["smooth_dr"] * factor)
            yield mistake(key, scaled, f"{what}, smoothed as much", "", f"use `{other}`.", 4, overlap=other)
    if {"alpha", "beta"} <= set(call.values):
        yield mistake(
            "tversky-swap",
            call.having(alpha=call["beta"], beta=call["alpha"]),
            "alpha and beta exchanged: beta on the false positives",
            "alpha weighs the false positives, beta the false negatives.",
            "exchange them (Keras' order is the other one).",
            5,
            alpha="beta",
            beta="alpha",
        )
    classes, count = call.get("classes"), call.classes
    if count and count > 1 and "classes" in call.values:
        if classes is not None:
            yield mistake(
                "dice-with-background",
                call.having(classes=None),
                "all classes counted, the background too",
                f"Only the classes {', '.join(map(str, np.ravel(classes)))} count here.",
                "leave out the background.",
                4,
                classes="all",
            )
        else:
            yield mistake(
                "dice-without-background",
                call.having(classes=np.arange(1, count)),
                "class 0, the background, left out",
                "All classes count here.",
                "count the background.",
                4,
                classes=f"1 to {count - 1}",
            )
    yield from _soft_dice(call)


def _soft_dice(call: Call) -> Iterator[Variant]:
    """Squares in the denominator, and masks of different shapes multiplied with one another."""
    if call.name not in ("dice", "jaccard") or not isinstance(call.t, np.ndarray):
        return
    if call.values.get("mode") == "multiclass":
        yield from _by_class(call)
    if call.values.get("mode") != "binary":
        return
    p = ops.sigmoid(call.x) if call["from_logits"] else call.x
    t = call.t.astype(float)
    if p.shape != t.shape and p.size == t.size:
        p = p.reshape(t.shape)
    if p.shape != t.shape or not p.size:
        return
    nr, dr = call["smooth_nr"], call["smooth_dr"]
    n = len(p)
    p2, t2 = p.reshape(n, -1), t.reshape(n, -1)
    hit, size = float((p * t).sum()), float(p.sum() + t.sum())
    yield mistake(
        "dice-2-missing",
        call.reduced(lambda c: Ratio(1 - (hit + nr) / (size + dr))),
        "TP / (sum p + sum t): the factor 2 missing" if call.name == "dice" else "TP counted twice in the union",
        "Dice is 2 TP / (sum p + sum t)." if call.name == "dice" else "The union is sum p + sum t - TP.",
        "multiply TP by 2." if call.name == "dice" else "subtract TP.",
        3,
        overlap="TP / (sum p + sum t)",
    )
    if call.name != "dice":
        return
    rest = float(((1 - p) * (1 - t)).sum())
    both = (2 - (2 * hit + nr) / (size + dr) - (2 * rest + nr) / (2 * p.size - size + dr)) / 2
    yield mistake(
        "dice-with-background",
        call.reduced(lambda c: Ratio(both)),
        "the mean of the foreground's and the background's Dice",
        "Only the foreground counts in binary mode.",
        "leave out the background.",
        3,
        mode="two classes",
    )
    squared = float((p * p + t * t).sum())
    yield mistake(
        "dice-squared",
        call.reduced(lambda c: Ratio(1 - (2 * float((p * t).sum()) + nr) / (squared + dr))),
        "squares in the denominator: sum p^2 + sum t^2 (V-Net)",
        "The denominator is sum p + sum t.",
        "leave out the squares.",
        4,
        overlap="p^2 + t^2",
    )
    below = (p2 * p2 + t2 * t2).sum(axis=1) + dr
    yield mistake(
        "dice-squared",
        call.reduced(lambda c: Ratio(float(np.sum(1 - (2 * (p2 * t2).sum(axis=1) + nr) / below)), n)),
        "squares in the denominator, image by image",
        "The denominator is sum p + sum t.",
        "leave out the squares.",
        3,
        overlap="p^2 + t^2, per image",
    )
    pairs = float(p2.sum(axis=0) @ t2.sum(axis=0))
    yield mistake(
        "broadcast",
        call.reduced(lambda c: Ratio(1 - (2 * pairs + nr) / (float(p.sum() + t.sum()) + dr))),
        "every pair of images multiplied: the shapes of prediction and mask broadcast",
        "Each image belongs to its own mask.",
        "give both the same shape.",
        3,
        labels="broadcast",
    )


def _by_class(call: Call) -> Iterator[Variant]:
    """Squares in the denominator of each class."""
    x, classes = call.x, call.classes
    if call.name != "dice" or classes is None or call.t.shape != x.shape[:-1] or call.get("classes") is not None:
        return
    p = softmax(x) if call["from_logits"] else x
    hot = _labels.one_hot(np.ravel(call.t), classes).reshape(x.shape)
    if (call.t < 0).any():
        return
    nr, dr = call["smooth_nr"], call["smooth_dr"]
    inner = tuple(range(1, x.ndim - 1))
    for axes, of in ((tuple(range(x.ndim - 1)), ""), (inner, ", image by image")):
        above, below = 2 * (p * hot).sum(axis=axes) + nr, (p * p + hot).sum(axis=axes) + dr
        yield mistake(
            "dice-squared",
            call.reduced(to(float((1 - above / below).sum()), above.size)),
            f"squares in the denominator: sum p^2 + sum t^2{of}",
            "The denominator is sum p + sum t.",
            "leave out the squares.",
            4 if not of else 3,
            overlap="p^2 + t^2",
        )


dice = jaccard = tversky = focal_tversky = lovasz_softmax = lovasz_hinge = overlap
