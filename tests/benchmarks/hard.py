"""Inputs on which a loss is what two terms leave: predictions next to right, confident ones, sums near 0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

Cases = Iterator[dict[str, Any]]

SPREADS = (1e-17, 1e-12, 1e-6, 1e-2, 1.0)


def cases(name: str, seed: int = 0) -> Cases:
    """The hard inputs of a loss, by its full name; none where it has no difference of rounded terms."""
    function = globals().get(f"_{name}")
    if function is not None:
        yield from function(np.random.default_rng(seed))


def _probabilities(z: Any) -> Any:
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _logits(rng: Any) -> Iterator[tuple[Any, Any]]:
    """Rows from undecided to certain, and labels right and wrong."""
    for scale, classes in ((0.1, 5), (1.0, 2), (1.0, 40), (10.0, 5), (100.0, 3)):
        z = rng.normal(size=(6, classes)) * scale
        yield z, np.where(np.arange(6) % 2, z.argmax(axis=1), rng.integers(0, classes, 6))


def _near(rng: Any, a: Any) -> Iterator[Any]:
    """The same numbers, and a little beside them."""
    for spread in SPREADS:
        yield a * (1 + spread * rng.uniform(-1, 1, a.shape))


def _cross_entropy(rng: Any) -> Cases:
    for z, y in _logits(rng):
        yield {"logits": z, "labels": y}
        yield {"logits": z, "labels": y, "label_smoothing": 0.1}
        smooth = np.full(z.shape, 0.1 / z.shape[1])
        smooth[np.arange(6), y] += 0.9
        for t in _near(rng, np.log(smooth)):  # the minimum of the smoothed loss
            yield {"logits": t, "labels": y, "label_smoothing": 0.1}
        for t in _near(rng, _probabilities(z)):
            yield {"logits": z, "labels": np.minimum(t, 1)}


def _perplexity(rng: Any) -> Cases:
    for z, y in _logits(rng):
        yield {"logits": z, "labels": y}


def _generalized_cross_entropy(rng: Any) -> Cases:
    for z, y in _logits(rng):
        for q in (1e-3, 0.5, 1.0):
            yield {"logits": z, "labels": y, "q": q}
            yield {"logits": 3 * z, "labels": y, "q": q}


def _categorical_focal_cross_entropy(rng: Any) -> Cases:
    for z, y in _logits(rng):
        for gamma in (0.0, 0.5, 2.0):
            yield {"logits": z, "labels": y, "gamma": gamma}
        yield {"logits": z, "labels": _probabilities(z)}
        yield {"logits": z, "labels": _probabilities(rng.normal(size=z.shape))}


def _poly_cross_entropy(rng: Any) -> Cases:
    for z, y in _logits(rng):
        for epsilon in (-1.0, -0.999, -1.001, -3.0, 2.0):
            yield {"logits": z, "labels": y, "epsilon": epsilon}
        yield {"logits": z, "labels": _probabilities(z), "epsilon": -1.0}
    for epsilon, root in ((-3.0, 2.8214393721220787), (-1.5, 0.8742174657987172)):
        for n in _near(rng, np.full(6, root)):  # where n + epsilon (1 - exp(-n)) is 0
            yield {"logits": np.stack([np.zeros(6), np.log(np.expm1(n))], axis=1), "labels": np.zeros(6, int),
                   "epsilon": epsilon}  # fmt: skip


def _linear_cross_entropy(rng: Any) -> Cases:
    for d in (3, 64, 300):
        w, h = rng.normal(size=(5, d)), rng.normal(size=(4, d))
        yield {"hidden": h, "linear_weight": w, "labels": rng.integers(0, 5, 4)}
        yield {"hidden": h, "linear_weight": w, "labels": rng.integers(0, 5, 4), "linear_bias": -(h @ w.T)[0]}
        yield {"hidden": 100 * h, "linear_weight": w - w.mean(axis=0), "labels": rng.integers(0, 5, 4)}


def _binary_cross_entropy_with_logits(rng: Any) -> Cases:
    for scale in (0.1, 1.0, 10.0, 30.0):
        x = rng.normal(size=20) * scale
        yield {"logits": x, "labels": (x > 0) * 1.0}
        for t in _near(rng, 1 / (1 + np.exp(-x))):
            yield {"logits": x, "labels": np.clip(t, 0, 1)}
        yield {"logits": x, "labels": np.clip(1 / (1 + 3 * np.exp(-x)), 0, 1), "pos_weight": np.array(1 / 3)}


def _binary_cross_entropy(rng: Any) -> Cases:
    p = rng.uniform(0, 1, 20) ** 4
    for q in (p, 1 - p):
        yield {"probs": q, "labels": np.rint(q)}
        for t in _near(rng, q):
            yield {"probs": q, "labels": np.clip(t, 0, 1)}


def _sigmoid_focal(rng: Any) -> Cases:
    for case in _binary_cross_entropy_with_logits(rng):
        if "pos_weight" not in case:
            for gamma in (0.0, 0.5, 2.0):
                yield {**case, "gamma": gamma}


def _multilabel_soft_margin(rng: Any) -> Cases:
    for case in _binary_cross_entropy_with_logits(rng):
        if "pos_weight" not in case:
            yield {"logits": case["logits"].reshape(4, 5), "labels": case["labels"].reshape(4, 5)}
    z = rng.normal(size=(3, 40))
    yield {"logits": z, "labels": (z > 0) * 1.0}


def _soft_margin(rng: Any) -> Cases:
    x = rng.normal(size=20) * np.repeat([0.1, 1, 10, 100], 5)
    yield {"logits": x, "labels": np.sign(rng.normal(size=20))}


def _hinge(rng: Any) -> Cases:
    for x in _near(rng, np.ones(20)):
        yield {"logits": x, "labels": np.ones(20)}


_squared_hinge = _hinge


def _pairs(rng: Any) -> Iterator[tuple[Any, Any]]:
    for scale in (1e-150, 1e-3, 1.0, 1e6):
        x = rng.normal(size=20) * scale
        for t in _near(rng, x):
            yield x, t


def _mean_squared_error(rng: Any) -> Cases:
    for x, t in _pairs(rng):
        yield {"input": x, "target": t}


_mean_absolute_error = _huber = _smooth_l1 = _log_cosh = _charbonnier = _pinball = _mean_squared_error
_mean_absolute_percentage_error = _mean_squared_error


def _mean_squared_logarithmic_error(rng: Any) -> Cases:
    for scale in (1e-9, 0.1, 1.0, 1e9):
        x = np.abs(rng.normal(size=20)) * scale
        for t in _near(rng, x):
            yield {"input": x, "target": t}
    x = -1 + rng.uniform(0, 1, 20) ** 20 + 1e-15
    yield {"input": x, "target": -1 + rng.uniform(0, 1, 20) ** 20 + 1e-15}


def _gaussian_negative_log_likelihood(rng: Any) -> Cases:
    v = rng.uniform(1e-3, 1, 20)
    for full in (False, True):
        v = v / (2 * np.pi) if full else v
        for e in _near(rng, np.sqrt(-v * (np.log(v) + full * np.log(2 * np.pi)))):
            x = rng.normal(size=20)
            yield {"input": x + e, "target": x, "var": v, "full": full}
            yield {"input": e, "target": 0 * x, "var": v, "full": full}


def _poisson_negative_log_likelihood(rng: Any) -> Cases:
    t = np.array([3.0, 3.0, 3.0, 4.0, 5.0, 10.0, 2.8, 1e3])
    x = np.array([0.6, 0.6, 0.6, 0.36, 0.26, 0.11, 0.8, 0.001])
    for _ in range(30):
        x -= (np.exp(x) - t * x) / (np.exp(x) - t)
    for near in _near(rng, x):
        yield {"input": near, "target": t}
    for near in (0.6190612867359451, 0.6190612867359452, 0.6190612867359453):
        yield {"input": np.array(near), "target": np.array(3.0)}
    t = np.array([1.0, 2.0, 2.5, 10.0, 1e3, 1e6, 1e12, 1.5])
    for near in _near(rng, np.log(t)):
        yield {"input": near, "target": t}
        yield {"input": near, "target": t, "full": True}
        yield {"input": np.exp(near), "target": t, "log_input": False}
        yield {"input": np.exp(near), "target": t, "log_input": False, "full": True}
    yield {"input": np.array([1e-59, -1e-59, 1e-17]), "target": np.ones(3)}


def _tweedie_deviance(rng: Any) -> Cases:
    for power in (-1.0, -0.5, 1.0, 1.0001, 1.5, 1.9999, 2.0, 2.0001, 2.5, 3.0, 4.5):
        for scale in (1e-160, 1e-50, 1.0, 1e50, 1e150):
            x = np.exp(rng.normal(size=10)) * scale
            for t in (*_near(rng, x), np.exp(3 * rng.normal(size=10)) * scale):
                yield {"input": x, "target": np.where(t == x, np.nextafter(x, np.inf), t), "power": power}
        x, t = np.exp(30 * rng.normal(size=(2, 10)))
        yield {"input": x, "target": t, "power": power}


def _kullback_leibler_divergence(rng: Any) -> Cases:
    for scale in (1e-9, 0.1, 1.0, 30.0):
        lp = np.log(_probabilities(rng.normal(size=(4, 5)) * scale))
        for t in _near(rng, np.exp(lp)):
            yield {"log_probs": lp, "target": t}
        for lt in _near(rng, lp):
            yield {"log_probs": lp, "target": np.minimum(lt, 0), "log_target": True}
    lp = -(10.0 ** -rng.uniform(1, 20, (4, 5)))
    yield {"log_probs": lp, "target": np.minimum(np.exp(lp) * (1 + 1e-15), 1)}


def _jensen_shannon_divergence(rng: Any) -> Cases:
    p = _probabilities(rng.normal(size=(4, 5)))
    for t in _near(rng, p):
        yield {"probs": p, "target": t}
    yield {"probs": p, "target": _probabilities(10 * rng.normal(size=(4, 5)))}


def _connectionist_temporal_classification(rng: Any) -> Cases:
    for size in (1e-18, 1e-12, 1e-9, 1e-5, 1e-2):
        for classes, target in ((2, [1]), (3, [1, 2]), (3, [1])):
            frames = np.full((4, classes), 0.0)
            for t in range(4):
                rest = size * rng.uniform(0.5, 2, classes)
                c = target[min(t * len(target) // 4, len(target) - 1)]
                rest[c] = 0
                frames[t] = np.where(np.arange(classes) == c, np.log1p(-rest.sum()), np.log(np.maximum(rest, 1e-99)))
            labels = {"targets": np.array(target), "target_lengths": np.array(len(target))}
            yield {"log_probs": frames, **labels}
            yield {"log_probs": np.minimum(frames + 1e-16, 0), **labels}
    labels = {"targets": np.array([1]), "target_lengths": np.array(1)}
    yield {"log_probs": np.array([[np.log(1e-9), np.log1p(-1e-9)]] * 2), **labels}
    yield {"log_probs": np.log(_probabilities(30 * rng.normal(size=(4, 3)))), **labels}


def _vectors(rng: Any) -> Iterator[tuple[Any, Any]]:
    for scale in (1e-312, 1e-160, 1.0, 1e160):
        for d in (2, 7, 50):
            x = rng.normal(size=(4, d))
            y = rng.normal(size=(4, d))
            aside = y - (x * y).sum(axis=1, keepdims=True) / (x * x).sum(axis=1, keepdims=True) * x
            for spread in SPREADS:
                yield x * scale, (aside + spread * x) * scale
                yield x * scale, (x + spread * y) * scale


def _cosine_distance(rng: Any) -> Cases:
    for x, y in _vectors(rng):
        yield {"input1": x, "input2": y}


def _cosine_embedding(rng: Any) -> Cases:
    for x, y in _vectors(rng):
        yield {"input1": x, "input2": y, "labels": np.array([1.0, -1, -1, -1])}
    x = rng.normal(size=(20, 3))
    for angle in (1e-15, 1e-9, 1e-3):
        turned = np.array([1, np.sqrt(3) * (1 - angle), 0])
        yield {"input1": np.tile([1.0, 0, 0], (2, 1)), "input2": np.tile(turned, (2, 1)), "labels": -np.ones(2),
               "margin": 0.5}  # fmt: skip


def _info_nce(rng: Any) -> Cases:
    for spread in (1e-8, 1e-3, 0.3, 3.0):
        for temperature in (0.01, 0.07, 1.0):
            a = rng.normal(size=(4, 6))
            yield {"anchor": a, "positive": a + spread * rng.normal(size=(4, 6)), "temperature": temperature}
            one = np.tile(a[:1], (4, 1))
            yield {"anchor": one + spread * a, "positive": one + spread * rng.normal(size=(4, 6)),
                   "temperature": temperature}  # fmt: skip


def _supervised_contrastive(rng: Any) -> Cases:
    for case in _info_nce(rng):
        yield {"embeddings": case["positive"], "labels": np.array([0, 0, 1, 1]), "temperature": case["temperature"]}


def _triplet_margin(rng: Any) -> Cases:
    for p in (2.0, 1.0, 3.0):
        a = rng.normal(size=(4, 5))
        positive = a + rng.normal(size=(4, 5))
        reach = np.linalg.norm(a - positive, axis=1, ord=p, keepdims=True)
        away = rng.normal(size=(4, 5))
        away /= np.linalg.norm(away, axis=1, ord=p, keepdims=True)
        for far in _near(rng, reach + 1):
            yield {"anchor": a, "positive": positive, "negative": a + far * away, "p": p}


def _multi_margin(rng: Any) -> Cases:
    for scale in (1e-17, 1e-9, 1.0, 1e6):
        z = 1e3 * rng.normal(size=(4, 1)) + np.array([0, 1, 1, 1, 2]) + scale * rng.normal(size=(4, 5))
        yield {"logits": z, "labels": np.array([1, 2, 3, 4])}


_categorical_hinge = _multi_margin


def _multilabel_margin(rng: Any) -> Cases:
    for case in _multi_margin(rng):
        yield {"logits": case["logits"], "labels": np.array([[1, 2], [3, -1], [4, 1], [0, 4]])}


def _margin_ranking(rng: Any) -> Cases:
    for x, t in _pairs(rng):
        yield {"input1": x, "input2": t, "labels": np.ones(20)}
        yield {"input1": x, "input2": t + 0.5, "labels": -np.ones(20), "margin": 0.5}


def _brier_score(rng: Any) -> Cases:
    for z, y in _logits(rng):
        yield {"probs": _probabilities(z), "labels": y}


def _boxes(rng: Any) -> Cases:
    for place in (0.0, 1e3, 1e8):
        corner = place + rng.normal(size=(6, 2))
        box = np.concatenate([corner, corner + rng.uniform(0.1, 2, (6, 2))], axis=1)
        for spread in SPREADS:
            other = box + spread * rng.uniform(-0.3, 0.3, (6, 4))
            far = np.maximum(other[:, 2:], other[:, :2] + 0.01)
            yield {"input": box, "target": np.concatenate([other[:, :2], far], axis=1)}
        yield {"input": box, "target": box + np.array([2.0, 2.0, 2.0, 2.0])}
        beside = box[:, [2, 1, 2, 3]] + np.array([1e-9, 1e-12, 1, 1e-9])  # the two nearly fill what encloses them
        yield {"input": box, "target": beside}
    for unit in (1e-200, 1e200):
        corner = rng.normal(size=(6, 4))
        box, other = (np.concatenate([a, a + rng.uniform(0.1, 2, (6, 2))], axis=1) for a in np.split(corner, 2, axis=1))
        yield {"input": box * unit, "target": other * unit, "eps": 0.0}
        yield {"input": box * unit, "target": other * unit}
        yield {"input": box, "target": box + 5 * rng.normal(size=(6, 1))}


_complete_box_iou = _distance_box_iou = _generalized_box_iou = _boxes


def _pixels(rng: Any) -> Cases:
    for z, y in _logits(rng):
        yield {"logits": z, "labels": y}
    for scale in (0.1, 1.0, 10.0):
        z = scale * rng.normal(size=(2, 5))
        for t in _near(rng, 1 / (1 + np.exp(-z))):
            yield {"logits": z, "labels": np.clip(t, 0, 1), "mode": "binary"}


_dice = _jaccard = _tversky = _focal_tversky = _pixels


def _lovasz_softmax(rng: Any) -> Cases:
    for z, y in _logits(rng):
        yield {"logits": z, "labels": y}


def _lovasz_hinge(rng: Any) -> Cases:
    for z, _ in _logits(rng):
        yield {"logits": z, "labels": (rng.normal(size=z.shape) > 0) * 1}


def _log_softmax(rng: Any) -> Cases:
    for z, _ in _logits(rng):
        yield {"logits": z}


def _log_sigmoid(rng: Any) -> Cases:
    yield {"logits": rng.normal(size=20) * np.repeat([0.1, 1, 10, 100], 5)}


_sigmoid, _softmax = _log_sigmoid, _log_softmax
