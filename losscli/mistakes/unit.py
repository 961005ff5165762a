"""unit: The number is right, but in another unit: another logarithm, its exponential, its root, its opposite."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from losscli.compute.variants import Call
from losscli.mistakes import Variant, mistake
from losscli.mistakes.reduction import to

ORDER = 8


def variants(call: Call) -> Iterator[Variant]:
    if call.linked_by is not None and call.reduction != "sum":
        plain = call.in_unit(lambda v: v, linked=False)
        yield mistake(
            "perplexity-not-exp",
            plain,
            "the loss, where the perplexity is exp of it",
            "",
            "take exp of it.",
            4,
            reduction="log",
        )
        yield mistake(
            "perplexity-base-2",
            call.in_unit(lambda v: 2**v, linked=False),
            "2^loss, where the loss is in nats",
            "The perplexity is exp(loss), or 2^(loss in bits).",
            "take exp.",
            3,
            reduction="2^loss",
        )
        yield mistake(
            "log-base-2",
            call.in_unit(lambda v: v / math.log(2), linked=False),
            "the loss in bits",
            "",
            "take 2^ of it.",
            3,
            reduction="bits",
        )
        return
    yield mistake(
        "sign", call.in_unit(lambda v: -v), "the sign exchanged", "", "change the sign.", 4, reduction="-loss"
    )
    if call.has_logarithm:
        power = 2 if call.name == "msle" else 1  # of the logarithm in the loss
        yield mistake(
            "log-base-2",
            call.in_unit(lambda v: v / math.log(2) ** power),
            "in bits: the logarithm to base 2",
            "Losses take the natural logarithm.",
            "multiply by ln 2 = 0.693147.",
            8,
            reduction="log2",
        )
        yield mistake(
            "log-base-10",
            call.in_unit(lambda v: v / math.log(10) ** power),
            "the logarithm to base 10",
            "Losses take the natural logarithm.",
            "multiply by ln 10 = 2.302585.",
            6,
            reduction="log10",
        )
    if call.name in ("ce", "nll") and call.reduction == "mean":
        yield mistake(
            "perplexity",
            call.in_unit(_exp),
            "the perplexity, exp of the loss",
            "",
            "take its logarithm.",
            6,
            reduction="exp",
        )
        yield mistake(
            "perplexity-base-2",
            call.in_unit(lambda v: 2**v if v < 1000 else math.inf),
            "2^loss",
            "",
            "take exp of the loss for the perplexity.",
            3,
            reduction="2^loss",
        )
        yield mistake(
            "exp-minus-loss",
            call.in_unit(lambda v: _exp(-v)),
            "exp(-loss), the geometric mean of the labels' probabilities",
            "",
            "take minus the logarithm.",
            2,
            reduction="exp(-loss)",
        )
    if call.name in ("mse", "msle", "js", "brier"):
        name = "js-sqrt" if call.name == "js" else "rmse-vs-mse"
        yield mistake(
            name,
            call.in_unit(lambda v: math.sqrt(v) if v >= 0 else math.nan),
            f"the root of the mean{': the distance, as in SciPy' if call.name == 'js' else ''}",
            "",
            "square it.",
            7,
            reduction="sqrt",
        )
        yield from _root_of_columns(call)
    if call.name in ("mse", "msle", "brier", "l1"):
        yield mistake(
            "half-mse",
            call.in_unit(lambda v: v / 2),
            "half of it, as optax.l2_loss",
            "",
            "multiply by 2.",
            7,
            reduction="loss / 2",
        )
    if call.name in ("huber", "smooth-l1", "js", "gaussian-nll", "pinball", "mse"):
        yield mistake(
            "missing-half",
            call.in_unit(lambda v: 2 * v),
            "twice it: the factor 1/2 is missing",
            "",
            "multiply by 1/2.",
            7,
            reduction="2 loss",
        )
    if call.family == "segmentation":
        yield mistake(
            "one-minus-missing",
            call.in_unit(lambda v: 1 - v),
            "the coefficient, not 1 minus it",
            "A loss falls as the overlap grows.",
            "take 1 minus it.",
            5,
            reduction="1 - loss",
        )
        yield mistake(
            "negative-coefficient",
            call.in_unit(lambda v: v - 1),
            "minus the coefficient",
            "",
            "add 1.",
            2,
            reduction="loss - 1",
        )
        yield mistake(
            "dice-log",
            call.in_unit(lambda v: -math.log(1 - v) if v < 1 else math.nan),
            "minus the logarithm of the coefficient",
            "",
            "take 1 minus it.",
            2,
            reduction="-log(1 - loss)",
        )
    if call.family == "detection":
        yield mistake(
            "one-minus-missing",
            call.in_unit(lambda v: 1 - v),
            "the IoU, not 1 minus it",
            "",
            "take 1 minus it.",
            5,
            reduction="1 - loss",
        )
    if call.name == "mape":
        yield mistake(
            "accuracy-not-error",
            call.in_unit(lambda v: 100 - v),
            "100 minus it, an accuracy",
            "",
            "take 100 minus it.",
            2,
            reduction="100 - loss",
        )
        yield mistake(
            "mape-fraction",
            call.in_unit(lambda v: v / 100),
            "a fraction, as in scikit-learn, not percent",
            "",
            "multiply by 100.",
            6,
            reduction="loss / 100",
        )
    if call.family == "regression" and call.name != "mape":
        yield mistake(
            "percent", call.in_unit(lambda v: 100 * v), "in percent", "", "divide by 100.", 1, reduction="100 loss"
        )


def _exp(v: float) -> float:
    return math.exp(v) if v < 709 else math.inf


def _root_of_columns(call: Call) -> Iterator[Variant]:
    rows = call.tally.rows
    if call.name == "js" and rows and len(rows) == 1:
        roots = np.sqrt(np.maximum(rows[0].by_row, 0))
        yield mistake(
            "js-sqrt",
            call.reduced(to(float(roots.sum()), len(roots))),
            "the mean of the rows' distances, the roots of their divergences, as in SciPy",
            "",
            "square each.",
            7,
            reduction="mean of roots",
        )
    if (
        not rows
        or not call.whole
        or len(call.shape) < 3
        or call.name == "js"
        or rows[0].value.size != math.prod(call.shape)
    ):
        return
    columns = rows[0].value.reshape(-1, call.shape[-1])
    for axis, of in ((0, "output column"), (1, "row")):
        roots = np.sqrt(columns.mean(axis=axis))
        made = call.reduced(to(float(roots.sum()), len(roots)))
        yield mistake(
            "rmse-mean-of-columns" if axis == 0 else "rmse-mean-of-rows",
            made,
            f"the mean of the roots, one for each {of}",
            "",
            "take one root of the mean of all.",
            3,
            reduction="mean of roots",
        )
    norms = np.sqrt(columns.sum(axis=1))
    yield mistake(
        "norm-mean-of-rows",
        call.reduced(to(float(norms.sum()), len(norms))),
        "the mean of the rows' norms: the root of each row's sum",
        "",
        "take the mean of the squares.",
        2,
        reduction="mean of norms",
    )
