from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from mpmath import mp, mpf

import losscli
from losscli.errors import LosscliWarning
from tests.command import output
from tests.losses import _claims
from tests.strategies import ORDINARY, arrays


def arguments(draw: Any, rows: tuple[int, ...], tame: bool) -> dict[str, Any]:
    """Distributions apart, close and equal, with classes that have no share."""
    shape = (*rows, draw(st.integers(1, 5)))
    log_probs = _log_softmax(draw(arrays(float, shape, elements=ORDINARY if tame else st.floats(-300, 300))))
    distance = draw(st.sampled_from([0.0, 1e-12, 1e-6, 1e-3, 1.0, 30.0]))
    away = draw(arrays(float, shape, elements=st.floats(-1, 1, width=32)))
    log_target = _log_softmax(log_probs + distance * away)
    if draw(st.booleans()):
        return {"log_probs": log_probs, "target": log_target, "log_target": True}
    target = np.exp(log_target)
    target[draw(arrays(bool, shape)) & (target < 0.1)] = 0.0
    return {"log_probs": log_probs, "target": target}


def _log_softmax(z: Any) -> Any:
    below = z - z.max(axis=-1, keepdims=True)
    return below - np.log(np.exp(below).sum(axis=-1, keepdims=True))


def reference(row: dict[str, Any]) -> dict[str, Any]:
    lp = [mpf(x) for x in row["log_probs"]]
    t = [mp.exp(x) if row["log_target"] else mpf(x) for x in row["target"]]
    ratio = [(mp.log(q) if q else mp.ninf) - x for q, x in zip(t, lp, strict=True)]
    value = [q * r if q else mpf(0) for q, r in zip(t, ratio, strict=True)]
    steps = {
        "log prob": lp,
        "prob": [mp.exp(x) for x in lp],
        "target prob": t,
        "log target prob": [mp.log(q) if q else mp.ninf for q in t],
        "log ratio": ratio,
        "loss": value,
    }
    # log t is computed to about 2**-74: nearer to log p than 2**-24 the difference has fewer digits than a float64
    return {"value": value, "divisor": 1, "counts": True, "steps": steps, "size": mpf(2) ** -24}


GOLDEN_REDUCTIONS = ("none", "mean", "sum", "batchmean")
GOLDEN_SHAPES = [(4,), (3, 2), (2, 5), (2, 3, 4), (2, 3, 2, 2)]


def golden_cases(rng: np.random.Generator) -> Iterator[Any]:
    for shape in GOLDEN_SHAPES:
        for scale in (0.1, 1, 5):
            for log_target in (False, True):
                log_probs, target = (golden_log_softmax(rng.normal(0, scale, shape)) for _ in range(2))
                yield golden_case(log_probs, target if log_target else np.exp(target), log_target)
    yield golden_case(np.log([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]]), np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]]), False)
    yield golden_case(np.array([[-np.inf, 0.0]]), np.array([[0.5, 0.5]]), False)
    yield golden_case(np.array(-0.5), np.array(0.25), False)
    yield golden_case(np.array([[-1.0, -2.0]]), np.array([[-0.5, 0.5]]), False)
    for log_target in (False, True):
        yield golden_case(golden_log_softmax(rng.normal(0, 1, (2, 3))), rng.random((2, 3)), log_target)
        yield golden_case(golden_log_softmax(rng.normal(0, 1, (1, 3))), rng.random((2, 3)), log_target)
        yield golden_case(golden_log_softmax(rng.normal(0, 1, (2, 3))), rng.random(()), log_target)


def golden_case(log_probs: Any, target: Any, log_target: bool) -> Any:
    import torch
    from torch.nn import functional as F

    arguments = {"log_probs": log_probs, "target": target, "log_target": log_target}
    t = torch.tensor(target)
    return arguments, lambda x, r: F.kl_div(x, t, reduction=r, log_target=log_target)


def golden_log_softmax(z: Any) -> Any:
    axis = 0 if z.ndim == 1 else 1
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


def claims(rng: np.random.Generator) -> Iterator[Any]:
    import torch

    keras, optax = _claims.keras(), _claims.optax()
    for shape in [(1, 3), (4, 2), (3, 4), (5, 3), (2, 6)]:
        p, t = _claims.distributions(rng, *shape), _claims.distributions(rng, *shape)
        above_0 = np.maximum(p, 0.01)
        given = {"log_probs": np.log(above_0), "target": t}
        x = torch.tensor(given["log_probs"])
        yield "PyTorch", given, torch.nn.KLDivLoss()(x, torch.tensor(t))
        batchmean = {"reduction": "batchmean"}
        yield "PyTorch", given | batchmean, torch.nn.KLDivLoss(**batchmean)(x, torch.tensor(t))
        clipped = {"log_probs": np.log(np.maximum(p, 1e-7)), "target": np.maximum(t, 1e-7)}
        yield "Keras", clipped | batchmean, keras.losses.KLDivergence()(t, p)
        yield "optax", given | {"reduction": "sum"}, optax.losses.kl_divergence(given["log_probs"], t).sum()
        log_t = np.log(np.maximum(t, 0.01))
        log_target = given | {"target": log_t, "log_target": True, "reduction": "sum"}
        answer = optax.losses.kl_divergence_with_log_targets(given["log_probs"], log_t)
        yield "optax", log_target, answer.sum()


def test_a_class_without_share_adds_nothing_to_kl_where_pytorch_has_nan() -> None:
    assert losscli.kullback_leibler_divergence([[0.0, -np.inf]], [[1.0, 0.0]]).sum == 0.0
    assert losscli.kullback_leibler_divergence([[0.0, -np.inf]], [[0.0, -np.inf]], log_target=True).sum == 0.0


def test_batchmean_of_one_distribution_divides_by_its_classes_as_in_pytorch_and_says_so() -> None:
    arguments = (np.log([0.25, 0.75]), [0.5, 0.5])
    with pytest.warns(LosscliWarning, match="one axis, and batchmean divides by its length, 2, as in PyTorch"):
        one = losscli.kullback_leibler_divergence(*arguments, reduction="batchmean")
    assert one.loss == losscli.kullback_leibler_divergence(*arguments, reduction="sum").loss / 2


def test_kl_keeps_its_digits_where_the_distributions_are_close() -> None:
    log_probs, target = np.log([0.3, 0.7]), np.array([0.3, 0.7]) * (1 + 2.0**-20)
    found = losscli.kullback_leibler_divergence(log_probs, target, reduction="none").loss
    for value, lp, t in zip(found.tolist(), log_probs.tolist(), target.tolist(), strict=True):
        assert value == pytest.approx(float(mpf(t) * (mp.log(mpf(t)) - mpf(lp))), rel=1e-15)


@pytest.mark.parametrize(
    ("log_probs", "message"),
    [
        ([[2.0, 1.0, -1.0]], "holds 2, but log-probabilities are at most 0"),
        ([[0.5, 0.25, 0.25]], "holds probabilities, but their logarithms were expected"),
        ([[-2.0, -1.0, -1.0]], "its probabilities sum to 0.871094, not 1"),
    ],
)
def test_kl_doubts_what_are_no_log_probabilities(log_probs: list[list[float]], message: str) -> None:
    with pytest.warns(LosscliWarning, match=message):
        _ = losscli.kullback_leibler_divergence(log_probs, [[0.5, 0.25, 0.25]]).loss


@pytest.mark.filterwarnings("ignore:the loss of row")
def test_the_target_of_kl_is_what_log_target_says() -> None:
    with pytest.warns(LosscliWarning, match=r"target\[0, 1\] is -0.7, but a class probability is 0 or more. Log-prob"):
        found = losscli.kullback_leibler_divergence(np.log([[0.5, 0.5]]), [[0.0, -0.7]])
    assert np.isnan(found.value).tolist() == [[False, True]]
    with pytest.warns(LosscliWarning, match=r"target\[0, 0\] is 0.5, but a log-probability is 0 or less"):
        found = losscli.kullback_leibler_divergence(np.log([[0.5, 0.5]]), [[0.5, 0.5]], log_target=True)
    assert found.loss == pytest.approx(np.exp(0.5) * (0.5 + np.log(2)), rel=1e-15)


def test_the_classes_of_several_documents_go_back_where_they_stood() -> None:
    document = {"log_probs": np.log([[[0.5, 0.25], [0.5, 0.75]]]).tolist(), "target": [[[0.5, 0.5], [0.5, 0.5]]]}
    lines = f"{json.dumps(document)}\n" * 2
    found = output("kl", "--reduction", "none", "--format", "jsonl", stdin=lines).splitlines()
    alone = losscli.kullback_leibler_divergence(**document, reduction="none").loss
    assert [json.loads(line)["loss"] for line in found] == [alone.tolist()] * 2
