"""sklearn, scikit-learn: sklearn.

ce: log_loss (on softmax(z); labels=range(C))
nll: log_loss (on exp(lp), scaled to sum to 1; clips p to 2.2e-16)
bce: log_loss (of labels 0 and 1; clips p to 2.2e-16)
brier: brier_score_loss (labels=range(C))
hinge: hinge_loss (if both labels occur)
l1: mean_absolute_error
mape: mean_absolute_percentage_error (a fraction: not times 100; --epsilon 2.220446e-16)
mse: mean_squared_error
msle: mean_squared_log_error
pinball: mean_pinball_loss (alpha=q)
tweedie: mean_tweedie_deviance, mean_poisson_deviance (--power 1), mean_gamma_deviance (--power 2)
categorical-hinge: hinge_loss (labels=range(C); three classes or more)
cosine: cosine_distances (the diagonal)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from losscli.libraries._ways import At, Way, softmax

IMPORTS = "import numpy as np\nfrom sklearn import metrics"
ARRAYS = "numpy"
REGRESSION = {
    "mse": "mean_squared_error",
    "l1": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_log_error",
    "pinball": "mean_pinball_loss",
}
MEANS_ONLY = "gives the mean only"
EPSILON = float(np.finfo(np.float64).eps)  # to which scikit-learn clips


def conventions(at: At) -> Iterator[Way]:
    if at.name not in {*REGRESSION, *FUNCTIONS}:
        return
    if at.name in FUNCTIONS:
        yield from FUNCTIONS[at.name](at)
    elif at.reduction != "mean" or not at.first:
        yield Way("", None, why=MEANS_ONLY)
    else:
        yield from _regression(at)


def _regression(at: At) -> Iterator[Way]:
    flat = ".ravel()" if len(at.first) > 1 else ""
    more = f", alpha={at['quantile']!r}" if at.name == "pinball" else ""
    more += f", sample_weight=weight{flat}" if at.has("weight") else ""
    code = f"loss = metrics.{REGRESSION[at.name]}(target{flat}, input{flat}{more})"
    if at.name == "mape":
        call = at.call.having(epsilon=EPSILON).in_unit(lambda v: v / 100)
        yield Way("", call, code, "a fraction, not per cent")
        yield Way(
            "times 100", at.call.having(epsilon=EPSILON), code.replace("= ", "= 100 * ", 1), by_hand="gives a fraction"
        )
    else:
        yield at.own(code, why="sum of w" if at.has("weight") else "")


def _log_loss(at: At) -> Iterator[Way]:
    if not at.by_index or at["label_smoothing"] or len(at.first) > 2 or at.reduction == "none":
        yield Way("", None, why="has log_loss for labels of one axis only, without smoothing")
        return
    code = at.last("np") if len(at.first) > 1 else "logits, labels = logits[None], labels[None]\n"
    if at.ignored:
        code += f"kept = labels != {at['ignore_index']!r}\nlogits, labels = logits[kept], labels[kept]\n"
    code += "e = np.exp(logits - logits.max(axis=-1, keepdims=True))\nprobs = e / e.sum(axis=-1, keepdims=True)\n"
    weights = ", sample_weight=weight[labels]" if at.has("weight") else ""
    whole = ", normalize=False" if at.reduction == "sum" else ""
    code += f"loss = metrics.log_loss(labels, probs, labels=range({at.classes}){weights}{whole})"
    p = np.clip(softmax(at.call.x), EPSILON, 1 - EPSILON)
    call = at.call.as_loss("nll", log_probs=np.log(p / p.sum(axis=-1, keepdims=True)))
    yield Way("", call, code, "sum of w[y]" if at.has("weight") else "")


def _nll(at: At) -> Iterator[Way]:
    if at.ignored or at.has("weight") or len(at.first) != 2 or at.reduction == "none":
        yield Way("", None, why="has log_loss for probabilities: take exp, and see ce")
        return
    whole = ", normalize=False" if at.reduction == "sum" else ""
    code = f"{at.last('np')}probs = np.exp(log_probs)\nprobs = probs / probs.sum(axis=-1, keepdims=True)\n"
    code += f"loss = metrics.log_loss(labels, probs, labels=range({at.classes}){whole})"
    p = softmax(at.call.x)
    yield Way(
        "", at.call.having(log_probs=np.log(np.clip(p, EPSILON, 1 - EPSILON))), code, "scales exp(lp) to sum to 1"
    )


def _bce(at: At) -> Iterator[Way]:
    if not at.hard or at.reduction == "none" or at.has("weight") or not at.first:
        yield Way("", None, why="has log_loss for labels 0 and 1 only")
        return
    whole = ", normalize=False" if at.reduction == "sum" else ""
    call = at.call.having(probs=np.clip(at["probs"], EPSILON, 1 - EPSILON))
    code = f"loss = metrics.log_loss(labels.ravel(), probs.ravel(), labels=[0, 1]{whole})"
    yield Way("", call, code)


def _hinge(at: At) -> Iterator[Way]:
    labels = set(np.where(at.call.t > 0, 1, -1).ravel().tolist())
    if at.reduction != "mean" or len(labels) < 2:
        yield Way("", None, why="gives the mean only, where both labels occur")
        return
    yield at.own("loss = metrics.hinge_loss(np.where(labels > 0, 1, -1).ravel(), logits.ravel())")


def _categorical_hinge(at: At) -> Iterator[Way]:
    plain = at.name == "categorical-hinge" or (not at.has("weight") and at["p"] == 1 and at["margin"] == 1)
    if at.reduction != "mean" or at.classes < 3 or len(at.first) != 2 or not plain:
        yield Way("", None, why="gives the mean only, of three classes or more")
        return
    code = f"{at.last('np')}loss = metrics.hinge_loss(labels, logits, labels=range({at.classes}))"
    if at.name == "categorical-hinge":
        yield at.own(code)
    else:
        yield Way("hinge_loss", at.call.as_loss("categorical-hinge"), code, "the largest other score")


def _brier(at: At) -> Iterator[Way]:
    p = at["probs"]
    if at.reduction != "mean" or len(at.first) != 2 or not np.allclose(p.sum(axis=-1), 1):
        yield Way("", None, why="gives the mean only, of probabilities that sum to 1")
        return
    half = {"auto": "", "yes": ", scale_by_half=True", "no": ", scale_by_half=False"}[at["scale_by_half"]]
    yield at.own(f"{at.last('np')}loss = metrics.brier_score_loss(labels, probs, labels=range({at.classes}){half})")


def _cosine(at: At) -> Iterator[Way]:
    if len(at.first) != 2 or len(set(at.shapes.values())) > 1:
        return
    rows = "metrics.pairwise.cosine_distances(input1, input2).diagonal()"
    yield at.own(f"rows = {rows}\n{at.reduced()}")


def _tweedie(at: At) -> Iterator[Way]:
    if at.reduction != "mean" or len(at.first) != 1:
        yield Way("", None, why=MEANS_ONLY)
        return
    yield at.own(f"loss = metrics.mean_tweedie_deviance(target, input, power={at['power']!r})")


FUNCTIONS = {
    "ce": _log_loss,
    "nll": _nll,
    "bce": _bce,
    "hinge": _hinge,
    "categorical-hinge": _categorical_hinge,
    "multi-margin": _categorical_hinge,
    "brier": _brier,
    "cosine": _cosine,
    "tweedie": _tweedie,
}
