"""optax: optax.

ce: softmax_cross_entropy_with_integer_labels, softmax_cross_entropy
nll: softmax_cross_entropy_with_integer_labels (where exp(lp) sums to 1)
poly: poly_loss_cross_entropy (one-hot labels)
bce: sigmoid_binary_cross_entropy (on log(p / (1 - p)); not at p = 0 or 1)
bce-logits: sigmoid_binary_cross_entropy
hinge: hinge_loss (labels -1 and 1)
multilabel-soft-margin: sigmoid_binary_cross_entropy (then the mean)
focal: sigmoid_focal_loss (alpha=0.25)
soft-margin: sigmoid_binary_cross_entropy (labels 0 and 1)
huber: huber_loss
log-cosh: log_cosh
mse: squared_error (l2_loss is half of it)
smooth-l1: huber_loss (delta=beta; divided by beta)
kl: kl_divergence, kl_divergence_with_log_targets (summed over the classes)
categorical-hinge: multiclass_hinge_loss
cosine: cosine_distance (NaN for a vector of zeros)
nt-xent: ntxent
triplet: triplet_margin_loss (even norm_degree only; eps is under the root: the same with eps=0, --eps 0)
ctc: ctc_loss (from logits (N, T, C); no mean; an impossible alignment costs 1e5)
dice: dice_loss (--per-image --overlap product --empty formula --smooth-nr and -dr 2)
jaccard: dice_loss (alpha=1, beta=1; --per-image --overlap product --empty formula --smooth-nr and -dr 1)
tversky: dice_loss (alpha, beta; --per-image --overlap product --empty formula --smooth-nr and -dr 1)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from losscli.declare import Floats
from losscli.libraries._ways import At, Way, as_nt_xent, by_all, softmax

GIVES_ROWS = True
SAME = ("nt-xent",)
IMPORTS = """import jax
import jax.numpy as jnp
import optax

jax.config.update("jax_enable_x64", True)"""
ARRAYS = "jax"
NO_WEIGHTS = "has no weights: multiply and divide yourself"
NO_IGNORED = "has no ignored rows: give them the weight 0 yourself"


def conventions(at: At) -> Iterator[Way]:
    if at.name in FUNCTIONS:
        yield from FUNCTIONS[at.name](at)


def _of_rows(at: At, rows: str, by_hand: str = "") -> Way:
    """What optax gives is one loss for each row; the reduction is the user's."""
    return at.own(f"rows = {rows}\n{at.reduced()}", by_hand=by_hand)


def _ce(at: At) -> Iterator[Way]:
    code, e = at.last("jnp"), at["label_smoothing"]
    weights = at.call.get("weight")
    if weights is not None and not at.by_index:
        yield Way("", None, why=NO_WEIGHTS)
        return
    labels = "labels"
    if at.by_index and at.ignored:
        code += f"counts = labels != {at['ignore_index']!r}\nkept = jnp.where(counts, labels, 0)\n"
        labels = "kept"
    if e:
        code += f"one_hot = jax.nn.one_hot({labels}, {at.classes})\n" if at.by_index else "one_hot = labels\n"
        rows = f"optax.losses.softmax_cross_entropy(logits, optax.smooth_labels(one_hot, {e!r}))"
    elif at.by_index:
        rows = f"optax.losses.softmax_cross_entropy_with_integer_labels(logits, {labels})"
    else:
        rows = "optax.losses.softmax_cross_entropy(logits, labels)"
    if weights is None and labels == "labels":
        yield at.own(f"{code}rows = {rows}\n{at.reduced()}")
        return
    told = NO_WEIGHTS if weights is not None else NO_IGNORED
    if weights is not None and e:  # the weights of optax's user multiply rows, PyTorch's each class
        yield Way("", None, why=told)
        return
    w = "counts" if labels == "kept" else "1"
    if weights is not None:
        w = f"weight[{labels}]{' * counts' if labels == 'kept' else ''}"
    code += f"w = {w}\nrows = w * {rows}\n{at.reduced('rows', 'w.sum()')}"
    yield at.own(code, by_hand=told)


def _nll(at: At) -> Iterator[Way]:
    yield Way("", None, why="has no loss of log-probabilities: give logits, and see ce")


def _poly(at: At) -> Iterator[Way]:
    if at.ignored:
        yield Way("", None, why=NO_IGNORED)
        return
    target = f"jax.nn.one_hot(labels, {at.classes})" if at.by_index else "labels"
    code = at.last("jnp") + f"rows = optax.losses.poly_loss_cross_entropy(logits, {target}{at.options('epsilon')})\n"
    yield at.own(code + at.reduced())


def _bce(at: At) -> Iterator[Way]:
    if not ((at["probs"] > 0) & (at["probs"] < 1)).all():
        yield Way("", None, why="takes logits, which p = 0 and 1 do not have")
        return
    w = "weight * " if at.has("weight") else ""
    rows = f"{w}optax.losses.sigmoid_binary_cross_entropy(jnp.log(probs / (1 - probs)), labels)"
    yield _of_rows(at, rows, NO_WEIGHTS if w else "takes logits")


def _bce_logits(at: At) -> Iterator[Way]:
    if at.has("pos_weight"):
        yield Way("", None, why="has no pos_weight: multiply by 1 + (pos_weight - 1) t for labels 0 and 1")
        return
    w = "weight * " if at.has("weight") else ""
    yield _of_rows(at, f"{w}optax.losses.sigmoid_binary_cross_entropy(logits, labels)", NO_WEIGHTS if w else "")


def _multilabel(at: At) -> Iterator[Way]:
    w = "weight * " if at.has("weight") else ""
    rows = f"({w}optax.losses.sigmoid_binary_cross_entropy(logits, labels)).mean(-1)"
    code = at.last("jnp") + f"rows = {rows}\n{at.reduced()}"
    yield at.own(code, by_hand=NO_WEIGHTS if w else "")


def _focal(at: At) -> Iterator[Way]:
    alpha = f", alpha={at['alpha']!r}" if at["alpha"] >= 0 else ""
    gamma = f", gamma={at['gamma']!r}"
    yield _of_rows(at, f"optax.losses.sigmoid_focal_loss(logits, labels{alpha}{gamma})")
    if alpha:
        code = f"rows = optax.losses.sigmoid_focal_loss(logits, labels{gamma})\n{at.reduced()}"
        yield Way("without alpha", at.call.having(alpha=-1.0), code, "alpha is None", default=True)


def _hinge(at: At) -> Iterator[Way]:
    labels = "jnp.where(labels == 0, -1.0, labels)" if (at.call.t == 0).any() else "labels"
    yield _of_rows(at, f"optax.losses.hinge_loss(logits, {labels})")


def _soft_margin(at: At) -> Iterator[Way]:
    yield _of_rows(at, "optax.losses.sigmoid_binary_cross_entropy(logits, (labels + 1) / 2)")


def _mse(at: At) -> Iterator[Way]:
    if at.has("weight"):
        code = f"rows = weight * optax.losses.squared_error(input, target)\n{at.reduced('rows', 'weight.sum()')}"
        yield at.own(code, by_hand=NO_WEIGHTS)
        return
    yield _of_rows(at, "optax.losses.squared_error(input, target)")
    half = at.call.computing(lambda: 0.5 * (at["input"] - at["target"]) ** 2)
    code = f"rows = optax.losses.l2_loss(input, target)\n{at.reduced()}"
    yield Way("l2_loss", half, code, "half the square")


def _huber(at: At) -> Iterator[Way]:
    w = "weight * " if at.has("weight") else ""
    delta = at["delta"] if at.name == "huber" else at["beta"]
    if not delta:
        yield Way("", None, why="has no smooth L1 loss without a parabola")
        return
    rows = f"{w}optax.losses.huber_loss(input, target, delta={delta!r})"
    if at.name == "huber":
        yield _of_rows(at, rows, NO_WEIGHTS if w else "")
    else:
        yield Way("", at.call.as_loss("huber", delta=delta), f"rows = {rows}\n{at.reduced()}", "times beta")
        yield _of_rows(at, f"{rows} / {delta!r}", "huber_loss is beta times this")


def _log_cosh(at: At) -> Iterator[Way]:
    yield _of_rows(at, "optax.losses.log_cosh(input, target)")


def _kl(at: At) -> Iterator[Way]:
    if len(set(at.shapes.values())) > 1 or at.axis not in (None, len(at.first) - 1) or not at.first:
        return
    function = "kl_divergence_with_log_targets" if at["log_target"] else "kl_divergence"
    code = f"rows = optax.losses.{function}(log_probs, target)\n"
    if at.reduction == "sum":
        yield at.own(code + "loss = rows.sum()")
    elif at.reduction != "none":
        call = at.call.computing(lambda: at.call.own_terms.value.sum(axis=-1)).reduced(by_all)
        yield Way("", call, code + "loss = rows.mean()", "the rows")


def _categorical_hinge(at: At) -> Iterator[Way]:
    code = f"{at.last('jnp')}rows = optax.losses.multiclass_hinge_loss(logits, labels)\n{at.reduced()}"
    if at.name == "categorical-hinge":
        yield at.own(code)
    elif not at.has("weight") and at["p"] == 1 and at["margin"] == 1:
        yield Way("multiclass_hinge_loss", at.call.as_loss("categorical-hinge"), code, "the largest other score")


def _cosine(at: At) -> Iterator[Way]:
    if len(set(at.shapes.values())) > 1:
        return
    yield _of_rows(at, "optax.losses.cosine_distance(input1, input2)")


def _ntxent(at: At) -> Iterator[Way]:
    if at.reduction != "mean":
        yield Way("", None, why="gives the mean only")
        return
    yield at.own(f"loss = optax.losses.ntxent(embeddings, labels, temperature={at['temperature']!r})")


def _info_nce(at: At) -> Iterator[Way]:
    if at.reduction == "mean":
        n = at.first[0]
        code = f"both, labels = jnp.concatenate([anchor, positive]), jnp.tile(jnp.arange({n}), 2)\n"
        code += f"loss = optax.losses.ntxent(both, labels, temperature={at['temperature']!r})"
        yield Way("ntxent", as_nt_xent(at), code, NT_XENT)


NT_XENT = "NT-Xent: both ways, all others negative"


def _triplet(at: At) -> Iterator[Way]:
    if at["swap"] or at["p"] == float("inf") or len(set(at.shapes.values())) > 1:
        yield Way("", None, why="has no swap, and no infinite norm")
        return
    p, margin = at["p"], at["margin"]
    rows = (
        f"optax.losses.triplet_margin_loss(anchor, positive, negative, norm_degree={p!r}, margin={margin!r}, eps=0.0)"
    )

    def distance(a: str, b: str) -> Floats:
        with np.errstate(all="ignore"):
            norm: Floats = ((at[a] - at[b]) ** p).sum(axis=-1) ** (1 / p)
        return norm

    def losses() -> Floats:
        return np.maximum(0, distance("anchor", "positive") - distance("anchor", "negative") + margin)

    why = "no eps" if p % 2 == 0 else "takes no absolute value"
    yield Way("", at.call.computing(losses), f"rows = {rows}\n{at.reduced()}", why)


def _ctc(at: At) -> Iterator[Way]:
    if len(at.first) < 3 or len(at.shapes["targets"]) < 2:
        yield Way("", None, why="takes a batch, and targets padded to one length")
        return
    frames, n = at.first[:2]
    code = "logits = log_probs.transpose(1, 0, 2)\n"
    code += f"input_lengths = jnp.full({n}, {frames})\n" if not at.has("input_lengths") else ""
    code += f"target_lengths = jnp.full({n}, targets.shape[1])\n" if not at.has("target_lengths") else ""
    code += f"no_frame = jnp.arange({frames}) >= input_lengths[:, None]\n"
    code += "no_label = jnp.arange(targets.shape[1]) >= target_lengths[:, None]\n"
    code += f"rows = optax.losses.ctc_loss(logits, no_frame * 1.0, targets, no_label * 1.0, blank_id={at['blank']})\n"
    normal = np.log(softmax(at["log_probs"]))
    each = replace(at.call.having(log_probs=normal), reduction="sum").own_terms.value
    if np.isinf(each).any() or at["zero_infinity"]:
        yield Way("", None, why="takes 1e5 for what cannot be aligned")
        return
    yield Way("", at.call.computing(lambda: each), code + at.reduced(), "the sequences" * (at.reduction == "mean"))


def _regions(at: At) -> Iterator[Way]:
    if at.reduction != "mean" or at["mode"] != "multiclass" or at.has("classes") or len(at.first) < 3:
        yield Way("", None, why="has other losses for this")
        return
    if (at.call.t == at["ignore_index"]).any() or not at["from_logits"]:
        yield Way("", None, why="has no ignored pixels, and takes logits")
        return
    hit = 2.0 if at.name == "dice" else 1.0
    changes = {"average": "macro", "overlap": "product", "empty": "formula", "per_image": True}
    call = at.call.having(**changes, smooth_nr=hit, smooth_dr=hit)
    weights = {"dice": "", "jaccard": ", alpha=1.0, beta=1.0"}.get(
        at.name, f", alpha={at.call.get('alpha')!r}, beta={at.call.get('beta')!r}"
    )
    code = at.last("jnp")
    target = f"jax.nn.one_hot(labels, {at.classes})" if at.by_index or at["labels"].dtype.kind == "i" else "labels"
    code += f"loss = optax.losses.dice_loss(logits, {target}{weights}).mean()"
    yield Way("dice_loss" * (at.name != "dice"), call, code, "image by image, smooth=1")


FUNCTIONS = {
    "ce": _ce,
    "nll": _nll,
    "poly": _poly,
    "bce": _bce,
    "bce-logits": _bce_logits,
    "multilabel-soft-margin": _multilabel,
    "focal": _focal,
    "hinge": _hinge,
    "soft-margin": _soft_margin,
    "mse": _mse,
    "huber": _huber,
    "smooth-l1": _huber,
    "log-cosh": _log_cosh,
    "kl": _kl,
    "categorical-hinge": _categorical_hinge,
    "multi-margin": _categorical_hinge,
    "cosine": _cosine,
    "nt-xent": _ntxent,
    "info-nce": _info_nce,
    "triplet": _triplet,
    "ctc": _ctc,
    "dice": _regions,
    "jaccard": _regions,
    "tversky": _regions,
}
