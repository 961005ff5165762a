"""pytorch, torch: PyTorch.

ce: CrossEntropyLoss
linear-ce: LinearCrossEntropyLoss
nll: NLLLoss
bce: BCELoss
bce-logits: BCEWithLogitsLoss
multilabel-soft-margin: MultiLabelSoftMarginLoss
soft-margin: SoftMarginLoss
huber: HuberLoss
l1: L1Loss
mse: MSELoss
smooth-l1: SmoothL1Loss
gaussian-nll: GaussianNLLLoss
kl: KLDivLoss (its mean, too, divides by rows times classes: batchmean is the divergence)
poisson-nll: PoissonNLLLoss
hinge-embedding: HingeEmbeddingLoss
margin-ranking: MarginRankingLoss
multi-margin: MultiMarginLoss
multilabel-margin: MultiLabelMarginLoss
cosine: CosineSimilarity (1 minus it; dim=-1)
cosine-embedding: CosineEmbeddingLoss
info-nce: CrossEntropyLoss (of the matrix s with the labels 0, 1, 2, ...)
triplet: TripletMarginLoss
ctc: CTCLoss
log-sigmoid: LogSigmoid
log-softmax: LogSoftmax (give dim: its default depends on the number of axes)
sigmoid: Sigmoid
softmax: Softmax (give dim: its default depends on the number of axes)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from losscli.libraries._ways import At, Way, by_count
from losscli.libraries.numpy import FORMULAS, LOOPS, textbook

SAME = ("kl",)  # the remark is no difference
ALSO = {
    "ce": ("cross_entropy",),
    "linear-ce": ("linear_cross_entropy",),
    "nll": ("nll_loss", "NLLLoss2d"),
    "bce": ("binary_cross_entropy",),
    "bce-logits": ("binary_cross_entropy_with_logits",),
    "kl": ("kl_div",),
    "cosine": ("cosine_similarity",),
}

IMPORTS = """import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)"""
ARRAYS = "torch"
CALLS = {  # the function, and the options that it has under our names
    "ce": ("cross_entropy", "weight ignore_index label_smoothing"),
    "nll": ("nll_loss", "weight ignore_index"),
    "linear-ce": ("linear_cross_entropy", "linear_bias weight ignore_index label_smoothing"),
    "bce": ("binary_cross_entropy", "weight"),
    "bce-logits": ("binary_cross_entropy_with_logits", "weight pos_weight"),
    "multilabel-soft-margin": ("multilabel_soft_margin_loss", "weight"),
    "soft-margin": ("soft_margin_loss", ""),
    "mse": ("mse_loss", "weight"),
    "l1": ("l1_loss", "weight"),
    "huber": ("huber_loss", "delta weight"),
    "smooth-l1": ("smooth_l1_loss", "beta"),
    "kl": ("kl_div", "log_target"),
    "poisson-nll": ("poisson_nll_loss", "log_input full eps"),
    "gaussian-nll": ("gaussian_nll_loss", "full eps"),
    "multi-margin": ("multi_margin_loss", "p margin weight"),
    "multilabel-margin": ("multilabel_margin_loss", ""),
    "cosine-embedding": ("cosine_embedding_loss", "margin"),
    "triplet": ("triplet_margin_loss", "margin p eps swap"),
    "margin-ranking": ("margin_ranking_loss", "margin"),
    "hinge-embedding": ("hinge_embedding_loss", "margin"),
    "ctc": ("ctc_loss", "blank zero_infinity"),
}


def conventions(at: At) -> Iterator[Way]:
    if at.name == "soft-margin" and not np.isfinite(np.exp(-at.call.t * at.call.x)).all():
        rows = at.call.computing(lambda: np.log1p(np.exp(-at.call.t * at.call.x)))
        yield Way("", rows, f"loss = {_call(at)}", "exp overflows")
        code = f"rows = F.softplus(-labels * logits)\n{at.reduced()}"
        yield at.own(code, "softplus", by_hand="soft_margin_loss overflows here: softplus does not")
    elif at.name in CALLS:
        code = _before(at) + f"loss = {_call(at)}"
        yield at.own(code, "", MEANS.get(at.name, _means(at)) if at.reduction == "mean" else "")
    elif at.name == "cosine":
        code = f"rows = 1 - F.cosine_similarity(input1, input2, dim=-1{at.options('eps')})\n"
        yield at.own(code + at.reduced())
    elif at.name == "info-nce":
        code = "similarity = F.normalize(anchor) @ F.normalize(positive).T\n"
        call = f"F.cross_entropy(similarity / {at['temperature']!r}, torch.arange({at.first[0]}){_reduction(at)})"
        yield at.own(code + f"loss = {call}", why="one way")
    elif at.name in FORMULAS and at.name not in LOOPS:
        yield at.own(textbook(at, "torch"), by_hand=BY_HAND)
    yield from _others(at)


def _others(at: At) -> Iterator[Way]:
    """What PyTorch gives otherwise on the same data."""
    if at.reduction != "mean":
        return
    if at.name == "ce" and at.has("weight") and at.by_index and not at.ignored and not at.differs("ignore_index"):
        code = _before(at) + f"one_hot = F.one_hot(labels, {at.classes}).double()"
        code += "\none_hot = one_hot.movedim(-1, 1)" if len(at.first) > 2 else ""
        call = _call(at).replace("labels", "one_hot", 1)
        yield Way("one-hot labels", at.call.reduced(by_count), f"{code}\nloss = {call}", "the rows")
    if at.name == "kl" and at.first:
        code = f"loss = {_call(at).replace(_reduction(at), '')[:-1]}, reduction='batchmean')"
        yield at.over(code, float(at.first[0]), "batchmean", "the first axis")
    if at.name == "huber" and not at.has("weight"):
        smooth = at.call.as_loss("smooth-l1", beta=at["delta"])
        code = f"loss = F.smooth_l1_loss(input, target, beta={at['delta']!r}{_reduction(at)})"
        yield Way("smooth_l1_loss", smooth, code, "divided by delta")
    if at.name == "smooth-l1" and at["beta"]:
        huber = at.call.as_loss("huber", delta=at["beta"])
        code = f"loss = F.huber_loss(input, target, delta={at['beta']!r}{_reduction(at)})"
        yield Way("huber_loss", huber, code, "times beta")


def _call(at: At) -> str:
    function, options = CALLS[at.name]
    required = ", ".join(at.required)
    lengths = ", input_lengths, target_lengths" if at.name == "ctc" else ""
    return f"F.{function}({required}{lengths}{at.options(*options.split())}{_reduction(at)})"


def _reduction(at: At) -> str:
    return "" if at.reduction == "mean" else f", reduction={at.reduction!r}"


def _before(at: At) -> str:
    """What brings the input into the layout that PyTorch wants."""
    code = ""
    if at.by_class and at.axis is not None and len(at.first) > 1 and at.axis != 1:
        for name in at.with_classes:
            code += f"{name} = {name}.movedim({at.axis}, 1)\n"
    if at.name == "multilabel-margin" and at.shapes["labels"][-1:] != at.first[-1:]:
        code += f"labels = F.pad(labels, (0, {at.first[-1] - at.shapes['labels'][-1]}), value=-1)\n"
    if at.name == "margin-ranking" and len(set(at.shapes.values())) > 1:
        code += "input1, input2, labels = torch.broadcast_tensors(input1, input2, labels)\n"
    if at.name == "ctc":
        code += "" if at.shapes["targets"] else "targets = targets.reshape(1)\n"
        batched = len(at.first) == 3
        n = at.first[1] if batched else 1
        if not at.has("input_lengths"):
            code += f"input_lengths = torch.full(({n if batched else ''}{',' * batched}), {at.first[0]})\n"
        if not at.has("target_lengths"):
            shape = at.shapes["targets"]
            longest = (*shape, 1)[0] // n if len(shape) < 2 else shape[-1]
            code += f"target_lengths = torch.full(({n if batched else ''}{',' * batched}), {longest})\n"
    return code


def _means(at: At) -> str:
    """What the mean divides by."""
    if at.has("weight") and at.name in ("ce", "nll", "linear-ce"):
        return "sum of w[y]" if at.by_index else "the rows"
    if at.has("weight") and at.name in ("mse", "l1"):
        return "sum of w"
    if at.call.values.get("ignore_index") is not None and at.ignored:
        return "the rows that count"
    return ""


MEANS = {"ctc": "each over its length", "kl": "rows times classes", "multi-margin": "sum over others / C"}
BY_HAND = "has no such loss"
