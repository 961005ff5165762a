"""monai: MONAI.

dice: DiceLoss (--no-from-logits --per-image --overlap product --empty formula --smooth-nr and -dr 1e-5)
jaccard: DiceLoss (jaccard=True; --no-from-logits --per-image --overlap product --empty formula --smooth-nr and -dr 5e-6)
tversky: TverskyLoss (--no-from-logits --per-image --overlap product --empty formula --smooth-nr and -dr 1e-5)
giou: BoxGIoULoss (--eps 1.192093e-7)
"""  # noqa: E501  a name and its remark are one line

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from losscli.declare import Floats
from losscli.libraries._ways import At, Way, as_nt_xent, one_hot, softmax
from losscli.libraries.numpy import region_probabilities

IMPORTS = "import torch\nfrom monai import losses\n\ntorch.set_default_dtype(torch.float64)"
ARRAYS = "torch"


def conventions(at: At) -> Iterator[Way]:
    if at.name in ("dice", "jaccard", "tversky"):
        yield from _regions(at)
    elif at.name == "focal" and at.reduction == "mean" and at.first and len(at.first) > 1:
        alpha = f"alpha={at['alpha']!r}, " if at["alpha"] >= 0 else ""
        yield at.own(f"loss = losses.FocalLoss({alpha}gamma={at['gamma']!r})(logits, labels)")
        if alpha:
            code = f"loss = losses.FocalLoss(gamma={at['gamma']!r})(logits, labels)"
            yield Way("without alpha", at.call.having(alpha=-1.0), code, "alpha is None", default=True)
    elif at.name == "focal-softmax" and at.reduction == "mean" and len(at.first) > 1 and not at.ignored:
        yield from _focal_softmax(at)
    elif at.name == "giou" and len(at.first) == 2:
        call = at.call.having(eps=float(np.finfo(np.float32).eps))
        reduction = "" if at.reduction == "mean" else f"reduction={at.reduction!r}"
        yield Way("", call, f"loss = losses.BoxGIoULoss({reduction})(input, target)", "eps is that of float32")
    elif at.name == "info-nce" and at.reduction == "mean":
        code = f"loss = losses.ContrastiveLoss(temperature={at['temperature']!r})(anchor, positive)"
        yield Way("ContrastiveLoss", as_nt_xent(at), code, "NT-Xent: both ways, all others negative")


def _focal_softmax(at: At) -> Iterator[Way]:
    if at.call.get("alpha") is not None and not (np.asarray(at["alpha"]) == 1).all():
        yield Way("", None, why="weights the first class by 1 - alpha")
        return
    p, t = softmax(at.call.x), one_hot(at)
    classes = t.shape[-1]
    rows = at.call.computing(lambda: -(t * (1 - p) ** at["gamma"] * np.log(p)).sum(axis=-1) / classes)
    code = at.last("torch")
    target = f"torch.nn.functional.one_hot(labels, {at.classes}).double()" if at.by_index else "labels"
    code += f"one_hot = {target}\n"
    code += "logits, one_hot = logits.movedim(-1, 1), one_hot.movedim(-1, 1)\n"
    code += f"loss = losses.FocalLoss(use_softmax=True, gamma={at['gamma']!r})(logits, one_hot)"
    yield Way("use_softmax=True", rows, code, "rows times classes")


def _regions(at: At) -> Iterator[Way]:
    if at.reduction != "mean" or (at.call.t == at["ignore_index"]).any() or at.has("classes"):
        yield Way("", None, why="gives the mean only here, over all pixels and classes")
        return
    if len(at.first) < 3:
        yield Way("", None, why="takes images (B, C, ...)")
        return
    unit = {"jaccard": 5e-6}.get(at.name, 1e-5)
    changes = {"average": "macro", "overlap": "product", "empty": "formula", "smooth_nr": unit, "smooth_dr": unit}
    weights = f"alpha={at['alpha']!r}, beta={at['beta']!r}" if at.name == "tversky" else ""
    name = "TverskyLoss" if at.name == "tversky" else "DiceLoss"
    options = "jaccard=True" if at.name == "jaccard" else weights
    code = region_probabilities(at).replace("np.", "torch.") + "p, t = p.movedim(-1, 1), t.movedim(-1, 1)\n"
    for per_image, batch in ((True, ""), (False, "batch=True")):
        inside = ", ".join(filter(None, (options, batch)))
        call = at.call.having(**changes, per_image=per_image)
        why = "image by image" if per_image else "all images pooled"
        yield Way(batch, call, f"{code}loss = losses.{name}({inside})(p, t)", why)
    if at.name == "dice":
        made = f"{code}loss = losses.DiceLoss(squared_pred=True)(p, t)"
        yield Way("squared_pred=True", at.call.computing(lambda: _squared(at)), made, "squares below, image by image")


def _squared(at: At) -> Floats:
    """1 - Dice of each class of each image, with the squares of p and t below."""
    z, t = at["logits"], at["labels"]
    p = z
    if at["from_logits"]:
        p = softmax(z) if at["mode"] == "multiclass" else 1 / (1 + np.exp(-z))
    if t.ndim < p.ndim:
        t = t[..., None] if at["mode"] == "binary" else (t[..., None] == np.arange(p.shape[-1])) * 1.0
    pixels = tuple(range(1, p.ndim - 1))
    scores = (2 * (p * t).sum(axis=pixels) + 1e-5) / ((p**2 + t**2).sum(axis=pixels) + 1e-5)
    losses: Floats = 1 - scores.ravel()
    return losses
