"""The mistakes in the formulas of losses between vectors: a function a loss, under its name."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from losscli.compute.variants import Call, Ratio
from losscli.declare import Floats
from losscli.mistakes import Variant, mistake, of_rows, times
from losscli.mistakes.input import log_softmax


def cosine_distance(call: Call) -> Iterator[Variant]:
    a, b = call["input1"], call["input2"]
    dot = (a * b).sum(axis=-1)
    yield mistake(
        "not-normalised",
        of_rows(call, 1 - dot),
        "one minus the dot product: the vectors not normalised",
        "The cosine divides by both norms.",
        "normalise both.",
        2,
        input1="not normalised",
    )
    yield mistake(
        "not-normalised",
        of_rows(call, dot),
        "the dot product",
        "The cosine divides by both norms.",
        "normalise both.",
        2,
        input1="dot product",
    )
    yield mistake(
        "not-normalised",
        of_rows(call, -dot),
        "minus the dot product",
        "The cosine divides by both norms.",
        "normalise both.",
        1,
        input1="-dot product",
    )
    norm = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    with np.errstate(all="ignore"):
        cosine = dot / norm
        half = np.arccos(np.clip(cosine, -1, 1))
    yield mistake(
        "cosine-negative",
        of_rows(call, -cosine),
        "minus the cosine, as Keras' CosineSimilarity",
        "This is one minus the cosine.",
        "add 1.",
        5,
        input1="-cos",
    )
    yield mistake(
        "cosine-similarity",
        of_rows(call, cosine),
        "the cosine itself, not one minus it",
        "This is one minus the cosine.",
        "take 1 - cos.",
        5,
        input1="cos",
    )
    yield mistake(
        "cosine-angle", of_rows(call, half), "the angle in radians", "", "take the cosine.", 1, input1="arccos"
    )
    with np.errstate(all="ignore"):
        along = (a * b).sum(axis=0) / (np.linalg.norm(a, axis=0) * np.linalg.norm(b, axis=0))
        flat = float(dot.sum() / (np.linalg.norm(a) * np.linalg.norm(b)))
    yield mistake(
        "cosine-wrong-axis",
        call.reduced(lambda c: Ratio(float((1 - along).sum()), len(along))),
        "the cosine over the rows, not over each vector",
        "A vector lies along the last axis.",
        "take the cosine over the last axis (dim=-1).",
        2,
        input1="axis 0",
    )
    yield mistake(
        "cosine-wrong-axis",
        call.reduced(lambda c: Ratio(1 - flat)),
        "all vectors flattened into one",
        "Each row is a vector of its own.",
        "take the cosine row by row, then the mean.",
        2,
        input1="flattened",
    )
    yield mistake(
        "cosine-half",
        of_rows(call, (1 - cosine) / 2),
        "half of it, so that it lies between 0 and 1",
        "",
        "multiply by 2.",
        1,
        input1="(1 - cos) / 2",
    )


def cosine_embedding(call: Call) -> Iterator[Variant]:
    a, b, y, m = call["input1"], call["input2"], call["labels"], call["margin"]
    dot = (a * b).sum(axis=-1)
    yield mistake(
        "not-normalised",
        of_rows(call, np.where(y == 1, 1 - dot, np.maximum(0, dot - m))),
        "the dot product in the place of the cosine: vectors not normalised",
        "The cosine divides by both norms.",
        "normalise both.",
        2,
        input1="not normalised",
    )


def triplet_margin(call: Call) -> Iterator[Variant]:
    a, p, n, m, eps = call["anchor"], call["positive"], call["negative"], call["margin"], call["eps"]

    def rows(near: Floats, far: Floats) -> Call:
        return of_rows(call, np.maximum(0, near - far + m))

    near, far = (np.linalg.norm(a - b + eps, axis=-1) for b in (p, n))
    yield mistake(
        "triplet-squared",
        rows(((a - p) ** 2).sum(-1), ((a - n) ** 2).sum(-1)),
        "squared distances, as in FaceNet",
        "The distance is the norm.",
        "take the root.",
        4,
        p="squared",
    )
    with np.errstate(all="ignore"):
        unit = [b / np.linalg.norm(b, axis=-1, keepdims=True) for b in (a, p, n)]
    yield mistake(
        "triplet-cosine",
        rows(1 - (unit[0] * unit[1]).sum(-1), 1 - (unit[0] * unit[2]).sum(-1)),
        "cosine distances",
        "The distance is the norm of the difference.",
        "use one distance in both.",
        4,
        p="cosine",
    )
    yield mistake(
        "not-normalised",
        rows(np.linalg.norm(unit[0] - unit[1], axis=-1), np.linalg.norm(unit[0] - unit[2], axis=-1)),
        "the vectors normalised first",
        "The vectors count as they are.",
        "normalise in both.",
        2,
        anchor="normalised",
    )
    yield mistake(
        "not-normalised",
        rows(((unit[0] - unit[1]) ** 2).sum(-1), ((unit[0] - unit[2]) ** 2).sum(-1)),
        "the vectors normalised first, and squared distances",
        "The vectors count as they are.",
        "normalise in both.",
        1,
        anchor="normalised, squared",
    )
    yield mistake(
        "triplet-eps",
        call.having(eps=0.0),
        "without the eps of 1e-6 that PyTorch adds to each difference",
        "",
        "expect a difference of about 1e-6.",
        2,
        eps="0",
    )
    yield mistake(
        "triplet-eps",
        call.having(eps=1e-6),
        "PyTorch's eps of 1e-6 added to each difference",
        "",
        "expect a difference of about 1e-6.",
        2,
        eps="1e-6",
    )
    yield mistake(
        "triplet-exchanged",
        call.having(positive=n, negative=p),
        "positive and negative exchanged",
        "The positive comes first.",
        "exchange the two.",
        4,
        positive="negative",
        negative="positive",
    )
    yield mistake(
        "triplet-p",
        call.having(p=1.0 if call["p"] != 1 else 2.0),
        f"the {'L1' if call['p'] != 1 else 'L2'} distance: p = {1 if call['p'] != 1 else 2}",
        f"p is {call['p']:g} here.",
        "use the same norm in both.",
        3,
        p="1" if call["p"] != 1 else "2",
    )
    yield mistake(
        "triplet-margin-0",
        of_rows(call, np.maximum(0, near - far)),
        "without a margin",
        f"The margin is {m:g} here.",
        "add the margin.",
        2,
        margin="0",
    )
    yield mistake(
        "triplet-soft",
        of_rows(call, np.logaddexp(0, near - far)),
        "the soft margin log(1 + exp(d(a, p) - d(a, n)))",
        "",
        "use a margin in both.",
        2,
        margin="soft",
    )
    yield mistake(
        "triplet-no-margin",
        of_rows(call, near - far + m),
        "without the maximum with 0",
        "",
        "take the maximum with 0.",
        2,
        margin="no max",
    )


def info_nce(call: Call) -> Iterator[Variant]:
    if call.name == "info-nce":
        a, b, temperature = call["anchor"], call["positive"], call["temperature"]
        with np.errstate(all="ignore"):
            u, v = (z / np.linalg.norm(z, axis=1, keepdims=True) for z in (a, b))
        s = u @ v.T
        n = len(s)

        def nce(logits: Floats) -> Floats:
            return -log_softmax(logits)[np.arange(n), np.arange(n)]

        one, two = nce(s / temperature), nce(s.T / temperature)
        yield mistake(
            "infonce-transposed",
            of_rows(call, two),
            "the other direction: each positive finds its anchor",
            "Each anchor finds its positive.",
            "exchange the two, or transpose.",
            4,
            anchor="positive",
            positive="anchor",
        )
        yield mistake(
            "infonce-both",
            of_rows(call, (one + two) / 2),
            "the mean of both directions, as in CLIP",
            "This is one direction.",
            "average both.",
            4,
            reduction="both directions",
        )
        yield mistake(
            "infonce-both",
            of_rows(call, one + two),
            "both directions added",
            "This is one direction.",
            "take one.",
            2,
            reduction="both directions, added",
        )
        both = np.concatenate([u, v])
        whole = both @ both.T / temperature
        pair = np.concatenate([np.arange(n) + n, np.arange(n)])
        at = np.arange(2 * n)
        yield mistake(
            "infonce-self-included",
            of_rows(call, -log_softmax(whole)[at, pair]),
            "NT-Xent with each vector's similarity to itself left in the sum",
            "A vector is not compared with itself.",
            "mask the diagonal.",
            4,
            anchor="2 N views, with itself",
        )
        masked = np.where(np.eye(2 * n, dtype=bool), -np.inf, whole)
        yield mistake(
            "ntxent",
            of_rows(call, -log_softmax(masked)[at, pair]),
            "NT-Xent: both views among the negatives (MONAI, optax, pytorch-metric-learning)",
            "The negatives here are the other positives only.",
            "use `nt-xent`.",
            4,
            anchor="2 N views",
        )
        with np.errstate(all="ignore"):
            rest = np.where(np.eye(n, dtype=bool), -np.inf, s / temperature)
            left = np.logaddexp.reduce(rest, axis=1) - s.diagonal() / temperature
        yield mistake(
            "infonce-positive-left-out",
            of_rows(call, left),
            "the positive left out of the sum (decoupled)",
            "The sum is over all, the positive too.",
            "keep the positive.",
            3,
            positive="left out",
        )
        yield mistake(
            "infonce-times-t",
            of_rows(call, nce(s * temperature)),
            "multiplied by the temperature instead of divided",
            "",
            "divide by T.",
            3,
            temperature="times T",
        )
        yield mistake(
            "infonce-times-t",
            of_rows(call, nce(s * math.exp(min(temperature, 700.0)))),
            "multiplied by exp(T), as CLIP's logit_scale",
            "",
            "give log(1 / T) as logit_scale.",
            3,
            temperature="exp T",
        )
        yield mistake(
            "infonce-loss-times-t",
            times(call, temperature),
            "the loss multiplied by T",
            "",
            "leave out the factor.",
            2,
            reduction="T loss",
        )
        yield mistake(
            "infonce-loss-times-t",
            times(call, 2 * temperature),
            "the loss multiplied by 2 T, as in MoCo v3",
            "",
            "leave out the factor.",
            2,
            reduction="2 T loss",
        )
        yield mistake(
            "infonce-labels-0",
            of_rows(call, -log_softmax(s / temperature)[:, 0]),
            "the labels all 0, as for MoCo's queue, where row i belongs to column i",
            "The positive of row i is in column i.",
            "use arange(N) for the labels.",
            2,
            positive="column 0",
        )
        if temperature != 1:
            yield mistake(
                "param-default",
                of_rows(call, nce(s)),
                "no temperature: T = 1",
                f"T is {temperature:g} here.",
                "divide by T.",
                3,
                temperature="1",
            )
        yield mistake(
            "not-normalised",
            of_rows(call, nce(a @ b.T / temperature)),
            "the dot products: vectors not normalised",
            "The cosine divides by both norms.",
            "normalise both.",
            2,
            anchor="not normalised",
        )
        yield mistake(
            "not-normalised",
            of_rows(call, nce(a @ b.T)),
            "the dot products without temperature: vectors not normalised",
            "The cosine divides by both norms.",
            "normalise both.",
            1,
            anchor="not normalised, T = 1",
        )


def nt_xent(call: Call) -> Iterator[Variant]:
    z, y, temperature = call["embeddings"], call["labels"], call["temperature"]
    with np.errstate(all="ignore"):
        u = z / np.linalg.norm(z, axis=1, keepdims=True)
    n = len(z)
    alone = np.eye(n, dtype=bool)
    alike = (y[:, None] == y) & ~alone
    if not n or not (alike.sum(axis=1) == 1).all():
        return  # what follows is about pairs
    partner, at = alike.argmax(axis=1), np.arange(n)

    def pulled(scores: Floats) -> Floats:
        return -log_softmax(scores)[at, partner]

    s = u @ u.T
    others = np.where(alone, -np.inf, 0.0)
    yield mistake(
        "infonce-self-included",
        of_rows(call, pulled(s / temperature)),
        "each vector's similarity to itself left in the sum",
        "A vector is not compared with itself.",
        "mask the diagonal.",
        4,
        embeddings="with itself",
    )
    yield mistake(
        "infonce-times-t",
        of_rows(call, pulled(s * temperature + others)),
        "multiplied by the temperature instead of divided",
        "",
        "divide by T.",
        3,
        temperature="times T",
    )
    yield mistake(
        "infonce-loss-times-t",
        times(call, temperature),
        "the loss multiplied by T",
        "",
        "leave out the factor.",
        2,
        reduction="T loss",
    )
    yield mistake(
        "not-normalised",
        of_rows(call, pulled(z @ z.T / temperature + others)),
        "the dot products: vectors not normalised",
        "The cosine divides by both norms.",
        "normalise them.",
        2,
        embeddings="not normalised",
    )
    for t in {1.0, 0.5, 0.1, 0.07} - {temperature}:
        yield mistake(
            "param-default" if t != 1 else "infonce-no-t",
            of_rows(call, pulled(s / t + others)),
            f"T = {t:g}" if t != 1 else "no temperature: T = 1",
            f"T is {temperature:g} here.",
            "use the same T.",
            3 if t in (1, 0.07) else 1,
            temperature=f"{t:g}",
        )
    half = n // 2
    if n == 2 * half and (partner[:half] == at[:half] + half).all():
        one = -log_softmax(u[:half] @ u[half:].T / temperature)[at[:half], at[:half]]
        yield mistake(
            "infonce-for-ntxent",
            call.computing(lambda: (one, np.ones(half))),
            "InfoNCE: only the first views as anchors, and only the second views to be found",
            "Here every vector is an anchor, and all others are to be told apart.",
            "use `info-nce`.",
            3,
            embeddings="first half against second",
        )
        for factor, what in ((0.5, "divided by 2"), (0.25, "divided by 4")):
            yield mistake(
                "infonce-halved",
                times(call, factor),
                f"the loss {what}: once more by the two views",
                "",
                "divide by the number of anchors.",
                1,
                reduction=what,
            )
