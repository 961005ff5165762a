"""smp: smp.

wing: wing_loss
dice: DiceLoss
focal-tversky: TverskyLoss (alpha=0.3, beta=0.7, gamma=0.75; for several classes, the power of their mean)
jaccard: JaccardLoss
lovasz-hinge: LovaszLoss (mode="binary")
lovasz-softmax: LovaszLoss (mode="multiclass")
tversky: TverskyLoss
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from losscli.declare import Floats
from losscli.libraries._ways import At, Way, axis_1, by_all, one_hot

IMPORTS = "import segmentation_models_pytorch as smp\nimport torch\n\ntorch.set_default_dtype(torch.float64)"
ARRAYS = "torch"


def conventions(at: At) -> Iterator[Way]:
    if at.name in FUNCTIONS:
        yield from FUNCTIONS[at.name](at)


def _reduction(at: At) -> str:
    return "" if at.reduction == "mean" else f", reduction={at.reduction!r}"


def _ce(at: At) -> Iterator[Way]:
    if at.has("weight") or not at.by_index or len(at.first) < 2 or at.reduction == "none":
        yield Way("", None, why="has no class weights, and takes class indices")
        return
    e = at["label_smoothing"]
    ignore = f", ignore_index={at['ignore_index']!r}" if at.ignored else ""
    made = f"SoftCrossEntropyLoss(smooth_factor={e!r}{ignore}{_reduction(at)})"
    code = f"{axis_1(at)}loss = smp.losses.{made}(logits, labels)"
    if at.ignored and at.reduction == "mean":
        yield Way("", at.call.reduced(by_all), code, "all rows, ignored ones too")
    else:
        yield at.own(code)


def _bce_logits(at: At) -> Iterator[Way]:
    weights = "".join(f"{name}={name}, " for name in ("weight", "pos_weight") if at.has(name))
    if at.reduction == "mean":
        made = f"SoftBCEWithLogitsLoss({weights}ignore_index=None)"
        if not at.has("pos_weight"):
            yield at.own(f"loss = smp.losses.{made}(logits, labels)")


def _focal(at: At) -> Iterator[Way]:
    if at.reduction != "mean":
        return
    alpha = f"alpha={at['alpha']!r}, " if at["alpha"] >= 0 else ""
    code = f"loss = smp.losses.FocalLoss('binary', {alpha}gamma={at['gamma']!r})(logits, labels)"
    if at.hard:
        yield at.own(code)
        if alpha:
            code = f"loss = smp.losses.FocalLoss('binary', gamma={at['gamma']!r})(logits, labels)"
            yield Way("without alpha", at.call.having(alpha=-1.0), code, "alpha is None", default=True)
    else:
        yield Way("", None, why="takes masks of 0 and 1")


def _focal_softmax(at: At) -> Iterator[Way]:
    scalar = not at.has("alpha") or np.ptp(at["alpha"]) == 0
    if at.reduction != "mean" or not at.by_index or len(at.first) < 2 or at.ignored or not scalar:
        return
    alpha = 0.25 if at.call.get("alpha") is None else float(np.ravel(at["alpha"])[0])
    x, t, gamma = at.call.x, one_hot(at), at["gamma"]
    p = 1 / (1 + np.exp(-x))
    p_t = np.where(t > 0, p, 1 - p)

    def each(a: float) -> Floats:
        return np.where(t > 0, a, 1 - a) * (1 - p_t) ** gamma * -np.log(p_t)

    code = f"{axis_1(at)}loss = smp.losses.FocalLoss('multiclass', alpha={alpha!r}, gamma={gamma!r})(logits, labels)"
    call = at.call.computing(lambda: each(alpha).mean(axis=-1))
    yield Way("FocalLoss", call, code, "sigmoid of each class; rows times classes")
    code = f"{axis_1(at)}loss = smp.losses.FocalLoss('multiclass', gamma={gamma!r})(logits, labels)"
    plain = at.call.computing(lambda: ((1 - p_t) ** gamma * -np.log(p_t)).mean(axis=-1))
    yield Way("FocalLoss without alpha", plain, code, "alpha is None", default=True)


def _regions(at: At) -> Iterator[Way]:
    if at.reduction != "mean" or (not at["from_logits"] and at["mode"] == "multiclass" and at.classes == 1):
        yield Way("", None, why="gives the mean only")
        return
    nr, dr = at["smooth_nr"], at["smooth_dr"]
    if at.name == "jaccard" and (at.call.t == at["ignore_index"]).any():
        yield Way("", None, why="has no ignore_index in JaccardLoss")
        return
    smooth = nr / 2 if at.name == "dice" else nr
    changes = {"average": "macro", "per_image": False, "overlap": "min", "empty": "zero"}
    call = at.call.having(**changes)
    name = {"dice": "DiceLoss", "jaccard": "JaccardLoss"}.get(at.name, "TverskyLoss")
    options = [repr(at["mode"])]
    options += ["from_logits=False"] if not at["from_logits"] else []
    options += [f"smooth={smooth!r}"] if smooth else []
    options += [f"classes={at['classes'].tolist()!r}"] if at.has("classes") else []
    if (at.call.t == at["ignore_index"]).any():
        options.append(f"ignore_index={at['ignore_index']!r}")
    if "alpha" in at.call.values:
        options.append(f"alpha={at['alpha']!r}, beta={at['beta']!r}")
    if at.name == "focal-tversky":
        if at["mode"] != "binary":
            yield Way("", None, why="takes the power of the mean over the classes")
            return
        options.append(f"gamma={at['gamma']!r}")
    code = axis_1(at) if at["mode"] != "binary" else ""
    if len(at.first) < 3:
        turned = ".T" if at["mode"] != "binary" else ""
        both = turned if "labels" in at.with_classes else ""
        code += f"logits, labels = logits{turned}[None], labels{both}[None]\n"
    code += f"loss = smp.losses.{name}({', '.join(options)})(logits, labels)"
    if nr != dr:
        yield Way("", None, why="has one smooth for both sides of the quotient")
        return
    yield Way("", call, code, "all images pooled")


def _lovasz(at: At) -> Iterator[Way]:
    if at.reduction != "mean" or (
        at.name == "lovasz-softmax" and (at.has("classes") or at["empty"] != "skip" or at["from_logits"] is False)
    ):
        yield Way("", None, why="gives the mean over the classes that occur only")
        return
    mode = "binary" if at.name == "lovasz-hinge" else "multiclass"
    options = f", per_image={at['per_image']!r}"
    if (at.call.t == at["ignore_index"]).any():
        options += f", ignore_index={at['ignore_index']!r}"
    code = ""
    if mode == "multiclass":
        code += axis_1(at)
        if len(at.first) < 3:
            code += "logits, labels = logits.T[None, :, :, None], labels[None, :, None]\n"
    elif len(at.first) < 2:
        code += "logits, labels = logits[None], labels[None]\n"
    yield at.own(f"{code}loss = smp.losses.LovaszLoss({mode!r}{options})(logits.float(), labels)")


def _wing(at: At) -> Iterator[Way]:
    options = f"width={at['width']!r}, curvature={at['curvature']!r}{_reduction(at)}"
    code = "from segmentation_models_pytorch.losses._functional import wing_loss\n"
    yield at.own(f"{code}loss = wing_loss(input, target, {options})")


FUNCTIONS = {
    "ce": _ce,
    "bce-logits": _bce_logits,
    "focal": _focal,
    "focal-softmax": _focal_softmax,
    "dice": _regions,
    "jaccard": _regions,
    "tversky": _regions,
    "focal-tversky": _regions,
    "lovasz-hinge": _lovasz,
    "lovasz-softmax": _lovasz,
    "wing": _wing,
}
