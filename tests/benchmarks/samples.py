"""PyTorch's own sample inputs: does losscli compute what PyTorch computes, for each of them?

    python -m tests.benchmarks.samples [NAME ...]

It wants `pip install . torch==2.13.0 expecttest` in an environment of its own. PyTorch tests its functions (`op_db`)
and modules (`module_db`) with these arguments. For each sample of a loss that losscli has, value and gradient, in
float64 and under the sample's reduction, must agree. It prints how many do, names each that does not, and ends with 1
if one does not. NAME is a command of losscli: `ce`.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.common_modules import module_db

import losscli
from losscli.errors import LosscliError

CLOSE = 1e-9  # relative to the largest number: PyTorch's own rounding, where its terms cancel
SAME = {"input": "input", "target": "target"}
LOGITS = {"input": "logits", "target": "labels"}
PAIRS = {"input1": "input1", "input2": "input2", "x1": "input1", "x2": "input2", "target": "labels"}
HIDDEN = {"input": "hidden", "target": "labels", "linear_weight": "linear_weight", "linear_bias": "linear_bias"}


class Called(NamedTuple):
    """A loss of losscli as PyTorch calls it: its function, and its name for each argument of PyTorch's."""

    command: str
    function: Callable[..., Any]
    names: Mapping[str, str]


class Sample(NamedTuple):
    """A call of PyTorch: its arguments by PyTorch's names, and what it returns for them."""

    source: str
    arguments: dict[str, Any]
    compute: Callable[[], torch.Tensor]


CALLED = {
    "binary_cross_entropy": Called("bce", losscli.binary_cross_entropy, {"input": "probs", "target": "labels"}),
    "binary_cross_entropy_with_logits": Called("bce-logits", losscli.binary_cross_entropy_with_logits, LOGITS),
    "cosine_embedding_loss": Called("cosine-embedding", losscli.cosine_embedding, PAIRS),
    "cosine_similarity": Called("cosine", losscli.cosine_distance, PAIRS),
    "cross_entropy": Called("ce", losscli.cross_entropy, LOGITS),
    "ctc_loss": Called("ctc", losscli.connectionist_temporal_classification, {}),
    "gaussian_nll_loss": Called("gaussian-nll", losscli.gaussian_negative_log_likelihood, SAME),
    "hinge_embedding_loss": Called("hinge-embedding", losscli.hinge_embedding, {"target": "labels"}),
    "huber_loss": Called("huber", losscli.huber, SAME),
    "kl_div": Called("kl", losscli.kullback_leibler_divergence, {"input": "log_probs"}),
    "l1_loss": Called("l1", losscli.mean_absolute_error, SAME),
    "linear_cross_entropy": Called("linear-ce", losscli.linear_cross_entropy, HIDDEN),
    "margin_ranking_loss": Called("margin-ranking", losscli.margin_ranking, PAIRS),
    "mse_loss": Called("mse", losscli.mean_squared_error, SAME),
    "multi_margin_loss": Called("multi-margin", losscli.multi_margin, LOGITS),
    "multilabel_margin_loss": Called("multilabel-margin", losscli.multilabel_margin, LOGITS),
    "multilabel_soft_margin_loss": Called("multilabel-soft-margin", losscli.multilabel_soft_margin, LOGITS),
    "nll_loss": Called("nll", losscli.negative_log_likelihood, {"input": "log_probs", "target": "labels"}),
    "poisson_nll_loss": Called("poisson-nll", losscli.poisson_negative_log_likelihood, SAME),
    "smooth_l1_loss": Called("smooth-l1", losscli.smooth_l1, SAME),
    "soft_margin_loss": Called("soft-margin", losscli.soft_margin, LOGITS),
    "triplet_margin_loss": Called("triplet", losscli.triplet_margin, {}),
    "triplet_margin_with_distance_loss": Called("triplet", losscli.triplet_margin, {}),
}
# The function behind each module, and the names of its arguments.
MODULES = {
    "BCELoss": "binary_cross_entropy",
    "BCEWithLogitsLoss": "binary_cross_entropy_with_logits",
    "CosineEmbeddingLoss": "cosine_embedding_loss",
    "CosineSimilarity": "cosine_similarity",
    "CrossEntropyLoss": "cross_entropy",
    "CTCLoss": "ctc_loss",
    "GaussianNLLLoss": "gaussian_nll_loss",
    "HingeEmbeddingLoss": "hinge_embedding_loss",
    "HuberLoss": "huber_loss",
    "KLDivLoss": "kl_div",
    "L1Loss": "l1_loss",
    "LinearCrossEntropyLoss": "linear_cross_entropy",
    "MarginRankingLoss": "margin_ranking_loss",
    "MSELoss": "mse_loss",
    "MultiLabelMarginLoss": "multilabel_margin_loss",
    "MultiLabelSoftMarginLoss": "multilabel_soft_margin_loss",
    "MultiMarginLoss": "multi_margin_loss",
    "NLLLoss": "nll_loss",
    "PoissonNLLLoss": "poisson_nll_loss",
    "SmoothL1Loss": "smooth_l1_loss",
    "SoftMarginLoss": "soft_margin_loss",
    "TripletMarginLoss": "triplet_margin_loss",
}
POSITIONS = {
    "cosine_embedding_loss": ("input1", "input2", "target"),
    "cosine_similarity": ("x1", "x2"),
    "ctc_loss": ("log_probs", "targets", "input_lengths", "target_lengths"),
    "gaussian_nll_loss": ("input", "target", "var"),
    "linear_cross_entropy": ("input", "linear_weight", "target"),
    "margin_ranking_loss": ("input1", "input2", "target"),
    "triplet_margin_loss": ("anchor", "positive", "negative"),
    "triplet_margin_with_distance_loss": ("anchor", "positive", "negative"),
}


def samples() -> Iterator[tuple[str, Sample]]:
    """Every sample of a loss that losscli has, with the name of its function in PyTorch."""
    for op in op_db:
        name = op.name.removeprefix("nn.functional.")
        if op.name.startswith("nn.functional.") and name in CALLED:
            for given in op.sample_inputs("cpu", torch.float64, requires_grad=True):
                args = _leaves((given.input, *given.args))
                source = f"{op.name} {op.variant_test_name}".strip()
                yield name, Sample(source, _named(name, args, given.kwargs), _call(op.op, args, given.kwargs))
    for info in module_db:
        name = MODULES.get(info.module_cls.__name__, "")
        if name:
            inputs = info.module_inputs_func(
                info, device="cpu", dtype=torch.float64, requires_grad=True, training=False
            )
            for given in inputs:
                module = info.module_cls(*given.constructor_input.args, **given.constructor_input.kwargs)
                args = _leaves(given.forward_input.args)
                arguments = _of_module(name, module, args, given.constructor_input)
                yield name, Sample(info.name, arguments, _call(module, args, given.forward_input.kwargs))


def _call(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[[], torch.Tensor]:
    return lambda: function(*args, **kwargs)


def _leaves(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Tensors of their own: in some samples the target was computed from the input, and would add to its gradient."""
    return tuple(a.detach().clone().requires_grad_(a.requires_grad) if torch.is_tensor(a) else a for a in args)


def _named(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    return dict(zip(POSITIONS.get(name, ("input", "target")), args, strict=False)) | dict(kwargs)


def _of_module(name: str, module: Any, args: tuple[Any, ...], constructor: Any) -> dict[str, Any]:
    """The arguments that a module was made and called with, by the names that its function has for them."""
    made = dict(constructor.kwargs)
    if name == "linear_cross_entropy":  # the layer is the module's own
        shape, layer = (module.num_classes, *module.out_features), module.linear
        made = {key: made.get(key) for key in ("weight", "reduction", "ignore_index", "label_smoothing")}
        made["linear_weight"] = layer.weight.reshape((*shape, layer.in_features))
        made["linear_bias"] = None if layer.bias is None else layer.bias.reshape(shape)
        return {"input": args[0], "target": args[1]} | made
    assert not constructor.args, f"{name}: what is {constructor.args}?"
    return _named(name, args, made)


def difference(called: Called, sample: Sample) -> str:
    """How losscli differs from PyTorch on a sample; empty where they agree."""
    arguments = {k: v for k, v in sample.arguments.items() if v is not None}
    first = next(a for a in arguments.values() if isinstance(a, torch.Tensor))
    expected = sample.compute()
    options = {called.names.get(k, k): _plain(v) for k, v in arguments.items()}
    options = _without_ways(called, options)
    axis = options.pop("dim", None)
    if called.command == "cosine":
        expected = 1 - expected
        options["reduction"] = "none"
        axis = 1 if axis is None else axis
        options |= _moved(options["input1"], options["input2"], axis)
    try:
        result = called.function(**options)
    except LosscliError as error:
        return str(error)
    found = np.asarray(result.loss)
    wanted = expected.detach().numpy()
    if found.shape != wanted.shape:
        return f"the shape is {found.shape}, not {wanted.shape}"
    if not _close(found, wanted):
        return f"the value is {_first(found, wanted)}"
    if not (first.requires_grad and expected.requires_grad):
        return ""
    (gradient,) = torch.autograd.grad(expected.sum(), first, allow_unused=True)
    wanted = np.zeros(first.shape) if gradient is None else gradient.numpy()
    found = result.gradient()
    if called.command == "cosine" and found.ndim > 1:
        found = np.moveaxis(found, -1, _axis_of(found.ndim, expected.ndim + 1, axis))
    if called.command == "ctc":  # PyTorch's is that of the logits before a log-softmax, where both are the same
        p = np.exp(first.detach().numpy())
        found, wanted = (g - p * g.sum(axis=-1, keepdims=True) for g in (found, wanted))
    if found.shape != wanted.shape:
        return f"the gradient has the shape {found.shape}, not {wanted.shape}"
    return "" if _close(found, wanted) else f"the gradient is {_first(found, wanted)}"


def _without_ways(called: Called, options: dict[str, Any]) -> dict[str, Any]:
    """Without what says how to compute, not what."""
    options = {k: v for k, v in options.items() if k not in ("options", "distance_function")}
    if called.command == "ctc":
        options["input_lengths"], options["target_lengths"] = (
            np.asarray(options[k]) for k in ("input_lengths", "target_lengths")
        )
    return options


def _moved(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], axis: int) -> dict[str, Any]:
    """Two arrays with the axis of their vectors last: losscli's `cosine` takes no other."""
    axes = max(x.ndim, y.ndim)
    pair = {}
    for name, a in (("input1", x), ("input2", y)):
        own = _axis_of(a.ndim, axes, axis)
        pair[name] = np.moveaxis(a, own, -1) if a.ndim else a
    return pair


def _axis_of(own: int, axes: int, axis: int) -> int:
    return axis % axes - axes + own if axes else 0


def _plain(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        value = value.detach().numpy()
    return value


def _close(found: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any]) -> bool:
    size = np.abs(wanted[np.isfinite(wanted)]).max(initial=0)
    return bool(np.allclose(found, wanted, rtol=CLOSE, atol=CLOSE * size, equal_nan=True))


def _first(found: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any]) -> str:
    wrong = ~np.isclose(found, wanted, rtol=CLOSE, atol=0, equal_nan=True)
    return f"{found[wrong][0]!r}, not {wanted[wrong][0]!r}"


def main() -> None:
    warnings.simplefilter("ignore")
    torch.set_default_dtype(torch.float64)
    counts: dict[str, list[int]] = {}
    for number, (name, sample) in enumerate(samples()):
        called = CALLED[name]
        if sys.argv[1:] and called.command not in sys.argv[1:]:
            continue
        why = difference(called, sample)
        agree_and_all = counts.setdefault(called.command, [0, 0])
        agree_and_all[0] += not why
        agree_and_all[1] += 1
        if why:
            print(f"{called.command}, sample {number} of {sample.source} ({_described(sample)}): {why}")
    for command, (agree, of) in sorted(counts.items()):
        print(f"{command:24}{agree:5} of {of:5}")
    agree, of = (sum(column) for column in zip(*counts.values(), strict=True))
    print(f"{'all':24}{agree:5} of {of:5}")
    sys.exit(agree < of)


def _described(sample: Sample) -> str:
    """The arguments of a sample: the shapes of its tensors, and its options."""
    return ", ".join(
        f"{k} {tuple(v.shape)}" if isinstance(v, torch.Tensor) else f"{k}={v}"
        for k, v in sample.arguments.items()
        if k != "options"
    )


if __name__ == "__main__":
    main()
