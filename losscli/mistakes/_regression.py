"""The mistakes in the formulas of regression losses: a function a loss, under its name."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from losscli.compute.variants import Call, Ratio
from losscli.declare import Floats
from losscli.mistakes import Variant, mistake, of_rows, times


def huber(call: Call) -> Iterator[Variant]:
    d = call["delta"]
    yield mistake(
        "huber-vs-smooth-l1",
        times(call, 1 / d),
        f"smooth L1, which is Huber divided by delta = {d:g}",
        "Huber's slope far from the target is delta, smooth L1's is 1.",
        "use `smooth-l1 --beta`, or multiply by delta.",
        6,
        delta="smooth L1",
    )
    e = np.abs(call.x - call.t)
    yield mistake(
        "huber-no-half",
        of_rows(call, np.where(e <= d, e * e, 2 * d * e - d * d)),
        "Huber without the factor 1/2",
        "Huber is e^2 / 2 near the target.",
        "divide by 2.",
        5,
        delta="2 huber",
    )
    yield mistake(
        "huber-linear-part",
        of_rows(call, np.where(e <= d, e * e / 2, d * e)),
        "delta |e| for large errors, without - delta^2 / 2",
        "The two parts must meet.",
        "take delta (|e| - delta / 2).",
        1,
        delta="delta |e|",
    )

    yield from _of_other_powers(call, e)
    yield _half_missing(call, np.where(e <= d, e * e, d * (e - d / 2)))


def _half_missing(call: Call, value: Floats) -> Variant:
    return mistake(
        "huber-half-missing",
        of_rows(call, value),
        "the factor 1/2 missing for small errors only",
        "Near the target it is half of the square.",
        "halve the square.",
        3,
        input="e^2 near the target",
    )


def _of_other_powers(call: Call, e: Floats) -> Iterator[Variant]:
    for name, value, what in (("mse-vs-huber", e * e, "squared"), ("mae-vs-huber", e, "absolute")):
        yield mistake(
            name,
            of_rows(call, value),
            f"the mean {what} error",
            "This one is quadratic near the target and linear far from it.",
            f"use `{'mse' if what == 'squared' else 'l1'}` for the other.",
            2,
            input=f"{what} error",
        )


def smooth_l1(call: Call) -> Iterator[Variant]:
    b = call["beta"]
    yield mistake(
        "huber-vs-smooth-l1",
        times(call, b),
        f"Huber, which is smooth L1 times beta = {b:g}",
        "Huber's slope far from the target is delta, smooth L1's is 1.",
        "use `huber --delta`, or divide by beta.",
        6,
        beta="huber",
    )
    e = np.abs(call.x - call.t)
    yield from _of_other_powers(call, e)
    if b:
        yield _half_missing(call, np.where(e < b, e * e / b, e - b / 2))


def mean_absolute_percentage_error(call: Call) -> Iterator[Variant]:
    x, t = call.x, call.t
    size = np.abs(x) + np.abs(t)
    yield mistake(
        "smape",
        of_rows(call, 100 * np.abs(x - t) / (size / 2)),
        "the symmetric MAPE: divided by (|x| + |t|) / 2",
        "MAPE divides by |target|.",
        "use MAPE in both.",
        3,
        target="(|input| + |target|) / 2",
    )
    yield mistake(
        "smape",
        of_rows(call, 100 * np.abs(x - t) / size),
        "the symmetric MAPE without the half: divided by |x| + |t|",
        "MAPE divides by |target|.",
        "use MAPE in both.",
        2,
        target="|input| + |target|",
    )
    yield mistake(
        "mape-signed",
        of_rows(call, 100 * (t - x) / t),
        "the mean percentage error: signs kept, so that errors cancel",
        "MAPE takes absolute values.",
        "take the absolute value.",
        1,
        input="signed",
    )
    yield mistake(
        "wape",
        call.reduced(lambda c: Ratio(100 * float(np.abs(x - t).sum()), float(np.abs(t).sum()))),
        "the sum of the errors over the sum of the targets (WAPE)",
        "MAPE divides each error by its own target.",
        "use MAPE in both.",
        2,
        reduction="sum / sum",
    )


def pinball(call: Call) -> Iterator[Variant]:
    q = call["quantile"]
    yield mistake(
        "pinball-swap",
        call.having(quantile=1 - q),
        f"the two sides exchanged: quantile {1 - q:g}",
        "quantile weighs targets above the prediction.",
        "take target - prediction.",
        3,
        quantile=f"{1 - q:g}",
    )
    yield mistake(
        "pinball-doubled",
        times(call, 2.0),
        "twice the pinball loss",
        "At 0.5 it is half of the absolute error.",
        "divide by 2.",
        2,
        quantile="2 pinball",
    )


def mean_squared_error(call: Call) -> Iterator[Variant]:
    x, t = call.x, call.t
    yield mistake(
        "mae-vs-mse",
        of_rows(call, np.abs(x - t)),
        "the mean absolute error",
        "MSE squares the errors.",
        "use `l1`.",
        2,
        input="|input - target|",
    )
    yield mistake(
        "mse-of-mean",
        call.reduced(lambda c: Ratio(float(np.mean(x - t)) ** 2)),
        "the square of the mean error, not the mean of the squares",
        "Square first, then take the mean.",
        "square before the mean.",
        1,
        reduction="mean(e)^2",
    )


def mean_absolute_error(call: Call) -> Iterator[Variant]:
    x, t = call.x, call.t
    yield mistake(
        "mse-vs-mae",
        of_rows(call, (x - t) ** 2),
        "the mean squared error",
        "L1 takes absolute values.",
        "use `mse`.",
        2,
        input="(input - target)^2",
    )
    yield mistake(
        "signed-error",
        of_rows(call, x - t),
        "the mean error: signs kept, so that errors cancel",
        "L1 takes absolute values.",
        "take the absolute value.",
        1,
        input="input - target",
    )
    yield mistake(
        "signed-error",
        of_rows(call, t - x),
        "the mean of target - input: signs kept, so that errors cancel",
        "L1 takes absolute values.",
        "take the absolute value.",
        1,
        input="target - input",
    )
    yield mistake(
        "rmse-vs-mae",
        call.reduced(lambda c: Ratio(math.sqrt(float(np.mean((x - t) ** 2))))),
        "the root of the mean squared error",
        "L1 takes absolute values.",
        "use `mse`, and take its root.",
        2,
        reduction="sqrt(mean(e^2))",
    )
    e = np.abs(x - t)
    yield mistake(
        "median-not-mean",
        call.reduced(lambda c: Ratio(float(np.median(e)))),
        "the median of the absolute errors",
        "The loss is their mean.",
        "take the mean.",
        1,
        reduction="median",
    )


def mean_squared_logarithmic_error(call: Call) -> Iterator[Variant]:
    with np.errstate(all="ignore"):
        without = (np.log(call.x) - np.log(call.t)) ** 2
    yield mistake(
        "msle-no-one",
        of_rows(call, without),
        "log x in the place of log(1 + x)",
        "MSLE adds 1 first.",
        "use log1p.",
        3,
        input="log(input)",
    )
