"""numpy, np: NumPy.

No library of losses: the textbook's formula of each loss, in plain code. PyTorch and JAX have the same functions, so
that the code serves there as well where they lack a loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from losscli.libraries._ways import At, Way

IMPORTS = "import numpy as np"
ARRAYS = "numpy"
LOOPS = {"ctc", "multilabel-margin"}  # plain Python, for which arrays must be changed in place


def conventions(at: At) -> Iterator[Way]:
    if at.name in FORMULAS:
        yield at.own(textbook(at))


def textbook(at: At, module: str = "np") -> str:
    """The code; `module` is what has the functions of NumPy."""
    code = FORMULAS[at.name](at)
    if module == "torch":
        code = code.replace("np.array(", "torch.tensor(")
    return code if module == "np" else code.replace("np.", f"{module}.")


def _softmax(z: str = "logits") -> str:
    return f"z = {z} - np.amax({z}, -1, keepdims=True)\nlog_p = z - np.log(np.exp(z).sum(-1, keepdims=True))\n"


def _target(at: At) -> str:
    if not at.by_index:
        return "target = labels\n"
    return f"target = (labels[..., None] == np.arange({at.classes})) * 1.0  # one-hot\n"


def _counted(at: At, rows: str, divisor: str = "") -> str:
    """The losses of rows, those of ignored rows as 0, and the reduction."""
    if at.by_index and at.ignored:
        code = f"counts = labels != {at['ignore_index']!r}\nrows = np.where(counts, {rows}, 0.0)\n"
        return code + at.reduced("rows", divisor or "counts.sum()")
    return f"rows = {rows}\n" + at.reduced("rows", divisor)


def _weighted(at: At, log_p: str) -> str:
    if at.has("weight"):
        return _counted(at, f"-(weight * target * {log_p}).sum(-1)", "divisor" if at.by_index else "")
    return _counted(at, f"-(target * {log_p}).sum(-1)")


def _cross_entropy(at: At, log_p: str = "log_p") -> str:
    code = _target(at)
    if at.has("weight") and at.by_index:
        code += "divisor = (weight * target).sum()  # the weights of the labels\n"
    if at.call.get("label_smoothing"):
        e = at["label_smoothing"]
        code += f"target = (1 - {e!r}) * target + {e!r} / {at.classes}\n"
    return code + _weighted(at, log_p)


def _ce(at: At) -> str:
    return at.last("np") + _softmax() + _cross_entropy(at)


def _linear_ce(at: At) -> str:
    bias = " + linear_bias" if at.has("linear_bias") else ""
    classes = at.shapes["linear_weight"][0]
    code = f"logits = hidden @ linear_weight.T{bias}\n" + _softmax() + _cross_entropy(at)
    return code.replace(f"np.arange({at.classes})", f"np.arange({classes})").replace(
        f"/ {at.classes}\n", f"/ {classes}\n"
    )


def _nll(at: At) -> str:
    return at.last("np") + _cross_entropy(at, "log_probs")


def _focal_softmax(at: At) -> str:
    alpha = "alpha" if at.has("alpha") else "0.25"
    rows = f"-({alpha} * target * (1 - np.exp(log_p)) ** {at['gamma']!r} * log_p).sum(-1)"
    return at.last("np") + _softmax() + _target(at) + _counted(at, rows)


def _poly(at: At) -> str:
    rows = f"-(target * log_p).sum(-1) + {at['epsilon']!r} * (1 - (target * np.exp(log_p)).sum(-1))"
    return at.last("np") + _softmax() + _target(at) + _counted(at, rows)


def _gce(at: At) -> str:
    rows = f"(1 - (target * np.exp(log_p)).sum(-1) ** {at['q']!r}) / {at['q']!r}"
    return at.last("np") + _softmax() + _target(at) + _counted(at, rows)


def _arcface(at: At) -> str:
    code = at.last("np") + _target(at)
    code += f"moved = np.cos(np.arccos(cosines) + {at['margin']!r})\n"
    code += f"logits = {at['scale']!r} * np.where(target > 0, moved, cosines)\n" + _softmax()
    return code + _counted(at, "-(target * log_p).sum(-1)")


def _brier(at: At) -> str:
    halved = at["scale_by_half"] == "yes" or (at["scale_by_half"] == "auto" and at.classes <= 2)
    half = " / 2" if halved else ""
    return at.last("np") + _target(at) + _counted(at, f"((probs - target) ** 2).sum(-1){half}")


def _perplexity(at: At) -> str:
    code = at.last("np")
    if at["shift"]:
        code += "logits, labels = logits[..., :-1, :], labels[..., 1:]  # each token predicts the next\n"
    code += _softmax() + _target(at) + _counted(at, "-(target * log_p).sum(-1)")
    if at["bits"]:
        return code + "\nloss = loss / np.log(np.array(2.0))"
    return code + ("\nloss = np.exp(loss)" if at.reduction not in ("sum", "none") else "")


LOG_ODDS = "np.log1p(np.exp(-abs(x)))"  # log(1 + exp(-|x|)), which does not overflow


def _bce(at: At) -> str:
    w = "weight * " if at.has("weight") else ""
    code = "log_p, log_q = np.log(probs).clip(-100, None), np.log(1 - probs).clip(-100, None)  # PyTorch's limits\n"
    return code + f"rows = -{w}(labels * log_p + (1 - labels) * log_q)\n" + at.reduced()


def _bce_logits(at: At) -> str:
    w = "weight * " if at.has("weight") else ""
    pos = "pos_weight * " if at.has("pos_weight") else ""
    code = "small = np.log1p(np.exp(-abs(logits)))  # so that nothing overflows\n"
    code += "on, off = small + (-logits).clip(0, None), small + logits.clip(0, None)  # -log p and -log(1 - p)\n"
    return code + f"rows = {w}({pos}labels * on + (1 - labels) * off)\n" + at.reduced()


def _multilabel_soft_margin(at: At) -> str:
    code = at.last("np") + "small = np.log1p(np.exp(-abs(logits)))  # so that nothing overflows\n"
    code += "on, off = small + (-logits).clip(0, None), small + logits.clip(0, None)  # -log p and -log(1 - p)\n"
    w = "weight * " if at.has("weight") else ""
    return code + f"rows = ({w}(labels * on + (1 - labels) * off)).mean(-1)\n" + at.reduced()


def _focal(at: At) -> str:
    alpha = at["alpha"]
    code = "small = np.log1p(np.exp(-abs(logits)))  # so that nothing overflows\n"
    code += "on, off = small + (-logits).clip(0, None), small + logits.clip(0, None)  # -log p and -log(1 - p)\n"
    code += "p_t = labels * np.exp(-on) + (1 - labels) * np.exp(-off)\n"
    balanced = f"({alpha!r} * labels + {1 - alpha!r} * (1 - labels)) * " if alpha >= 0 else ""
    return code + f"rows = {balanced}(1 - p_t) ** {at['gamma']!r} * (labels * on + (1 - labels) * off)\n" + at.reduced()


def _signs(at: At) -> str:
    return "labels = np.where(labels == 0, -1.0, labels)\n" if (at.call.t == 0).any() else ""


def _hinge(at: At) -> str:
    return _signs(at) + "rows = (1 - labels * logits).clip(0, None)\n" + at.reduced()


def _squared_hinge(at: At) -> str:
    return _signs(at) + "rows = (1 - labels * logits).clip(0, None) ** 2\n" + at.reduced()


def _soft_margin(at: At) -> str:
    code = "x = -labels * logits\nrows = np.log1p(np.exp(-abs(x))) + x.clip(0, None)  # log(1 + exp(x))\n"
    return code + at.reduced()


def _weighted_rows(at: At, rows: str) -> str:
    if at.has("weight"):
        return f"rows = weight * {rows}\n" + at.reduced("rows", "" if at.name == "huber" else "weight.sum()")
    return f"rows = {rows}\n" + at.reduced()


def _of_error(rows: Callable[[At], str], before: Callable[[At], str] = lambda at: "") -> Callable[[At], str]:
    return lambda at: before(at) + _weighted_rows(at, rows(at))


def _huber(at: At) -> str:
    d = at["delta"]
    return "e = abs(input - target)\n" + _weighted_rows(
        at, f"np.where(e <= {d!r}, 0.5 * e**2, {d!r} * (e - {d / 2!r}))"
    )


def _smooth_l1(at: At) -> str:
    b = at["beta"]
    if not b:
        return "rows = abs(input - target)\n" + at.reduced()
    return f"e = abs(input - target)\nrows = np.where(e < {b!r}, e**2 / {2 * b!r}, e - {b / 2!r})\n" + at.reduced()


def _wing(at: At) -> str:
    w, c = at["width"], at["curvature"]
    code = f"e = abs(input - target)\nbent = {w!r} * np.log1p(e / {c!r})\n"
    rows = f"np.where(e < {w!r}, bent, e - {w!r} + {w!r} * np.log1p(np.array({w / c!r})))"
    return code + f"rows = {rows}\n" + at.reduced()


def _pinball(at: At) -> str:
    q = at["quantile"]
    return f"e = target - input\nrows = np.where(e >= 0, {q!r} * e, {q - 1!r} * e)\n" + at.reduced()


def _log_cosh(at: At) -> str:
    return (
        "e = abs(input - target)\nrows = e + np.log1p(np.exp(-2 * e)) - np.log(np.array(2.0))  # log cosh e\n"
        + at.reduced()
    )


def _kl(at: At) -> str:
    code = at.last("np")
    if at["log_target"]:
        return code + "rows = np.exp(target) * (target - log_probs)\n" + at.reduced()
    code += "some = target > 0  # 0 log 0 is 0\n"
    code += "rows = np.where(some, target * (np.log(np.where(some, target, 1.0)) - log_probs), 0.0)\n"
    return code + at.reduced()


def _js(at: At) -> str:
    code = at.last("np") + "m = (probs + target) / 2\n"
    code += "first = np.where(probs > 0, probs * np.log(np.where(probs > 0, probs, 1.0) / m), 0.0)\n"
    code += "second = np.where(target > 0, target * np.log(np.where(target > 0, target, 1.0) / m), 0.0)\n"
    return code + "rows = ((first + second) / 2).sum(-1)\n" + at.reduced()


def _poisson(at: At) -> str:
    rows = "np.exp(input) - target * input" if at["log_input"] else f"input - target * np.log(input + {at['eps']!r})"
    code = f"rows = {rows}\n"
    if at["full"]:
        code += "t = np.where(target > 1, target, 1.0)\n"
        code += "stirling = t * np.log(t) - t + 0.5 * np.log(2 * 3.141592653589793 * t)  # log t!\n"
        code += "rows = rows + np.where(target > 1, stirling, 0.0)\n"
    return code + at.reduced()


def _gaussian(at: At) -> str:
    code = ""
    if at.shapes["var"] == at.first[:-1] and len(at.first) == len(at.shapes["var"]) + 1 and at.first:
        code = "var = var[..., None]  # one for each row\n"
    code += f"v = var.clip({at['eps']!r}, None)\nrows = 0.5 * (np.log(v) + (input - target) ** 2 / v)\n"
    if at["full"]:
        code += "rows = rows + 0.5 * np.log(np.array(2 * 3.141592653589793))\n"
    return code + at.reduced()


def _tweedie(at: At) -> str:
    p = at["power"]
    positive = "np.where(target > 0, target, 1.0)"
    rows = {
        0: "(target - input) ** 2",
        1: f"2 * (target * np.log({positive} / input) - target + input)",
        2: "2 * (np.log(input / target) + target / input - 1)",
    }.get(
        p,
        f"2 * (np.where(target > 0, {positive} ** {2 - p!r}, 0.0) / {(1 - p) * (2 - p)!r} "
        f"- target * input ** {1 - p!r} / {1 - p!r} + input ** {2 - p!r} / {2 - p!r})",
    )
    return f"rows = {rows}\n" + at.reduced()


def _cosine_of(a: str, b: str) -> str:
    return (
        f"lengths = np.sqrt(({a} ** 2).sum(-1)) * np.sqrt(({b} ** 2).sum(-1))\ncosine = ({a} * {b}).sum(-1) / lengths\n"
    )


def _cosine(at: At) -> str:
    e = at["eps"]
    code = f"a = np.sqrt((input1**2).sum(-1)).clip({e!r}, None)\nb = np.sqrt((input2**2).sum(-1)).clip({e!r}, None)\n"
    return code + "rows = 1 - (input1 * input2).sum(-1) / (a * b)\n" + at.reduced()


def _cosine_embedding(at: At) -> str:
    code = "squares = ((input1**2).sum(-1) + 1e-12) * ((input2**2).sum(-1) + 1e-12)\n"
    code += "cosine = (input1 * input2).sum(-1) / np.sqrt(squares)\n"
    rows = f"np.where(labels > 0, 1 - cosine, (cosine - {at['margin']!r}).clip(0, None))"
    return code + f"rows = {rows}\n" + at.reduced()


def _unit(name: str) -> str:
    return f"{name} = {name} / np.sqrt(({name} ** 2).sum(-1, keepdims=True))\n"


def _info_nce(at: At) -> str:
    code = _unit("anchor") + _unit("positive") + f"logits = anchor @ positive.T / {at['temperature']!r}\n" + _softmax()
    return code + f"rows = -log_p[np.arange({at.first[0]}), np.arange({at.first[0]})]\n" + at.reduced()


def _supcon(at: At) -> str:
    n = at.first[0]
    code = _unit("embeddings") + f"s = embeddings @ embeddings.T / {at['temperature']!r}\n"
    code += f"other = np.arange({n})[:, None] != np.arange({n})\n"
    code += "alike = (labels[:, None] == labels) & other\n"
    code += "top = np.amax(s, -1, keepdims=True)\n"
    code += "log_p = s - top - np.log((np.exp(s - top) * other).sum(-1, keepdims=True))\n"
    code += "some = alike.sum(-1) > 0  # rows with a row of the same label\n"
    code += "rows = -(alike * log_p).sum(-1) / np.where(some, alike.sum(-1), 1)\n"
    return code + at.reduced("rows", "some.sum()")


def _nt_xent(at: At) -> str:
    n = at.first[0]
    code = _unit("embeddings") + f"s = embeddings @ embeddings.T / {at['temperature']!r}\n"
    code += f"other = np.arange({n})[:, None] != np.arange({n})\n"
    code += "alike, unlike = (labels[:, None] == labels) & other, labels[:, None] != labels\n"
    code += "top = np.amax(s, -1, keepdims=True)\n"
    code += "e = np.exp(s - top)\n"
    code += "pairs = -(s - top - np.log(e + (e * unlike).sum(-1, keepdims=True)))  # the loss of each pair\n"
    code += "rows = (alike * pairs).sum(-1)\n"
    return code + at.reduced("rows", "alike.sum()")


def _triplet(at: At) -> str:
    p, eps = at["p"], at["eps"]

    def distance(a: str, b: str) -> str:
        if p == float("inf"):
            return f"np.amax(abs({a} - {b} + {eps!r}), -1)"
        return f"(abs({a} - {b} + {eps!r}) ** {p!r}).sum(-1) ** {1 / p!r}"

    code = f"near = {distance('anchor', 'positive')}\nfar = {distance('anchor', 'negative')}\n"
    if at["swap"]:
        code += f"far = np.minimum(far, {distance('positive', 'negative')})\n"
    return code + f"rows = (near - far + {at['margin']!r}).clip(0, None)\n" + at.reduced()


def _margin_ranking(at: At) -> str:
    return f"rows = (-labels * (input1 - input2) + {at['margin']!r}).clip(0, None)\n" + at.reduced()


def _hinge_embedding(at: At) -> str:
    rows = f"np.where(labels > 0, input, ({at['margin']!r} - input).clip(0, None))"
    return f"rows = {rows}\n" + at.reduced()


def _multi_margin(at: At) -> str:
    code = at.last("np") + _target(at) + "own = (target * logits).sum(-1, keepdims=True)\n"
    power = f" ** {at['p']}" if at["p"] != 1 else ""
    code += f"terms = (1 - target) * ({at['margin']!r} - own + logits).clip(0, None){power}\n"
    w = "(weight * target).sum(-1) * " if at.has("weight") else ""
    return code + f"rows = {w}terms.sum(-1) / {at.classes}\n" + at.reduced()


def _categorical_hinge(at: At) -> str:
    code = at.last("np") + _target(at) + "own = (target * logits).sum(-1)\n"
    code += "best = np.amax(np.where(target > 0, -float('inf'), logits), -1)  # of the other classes\n"
    return code + "rows = (1 - own + best).clip(0, None)\n" + at.reduced()


def _multilabel_margin(at: At) -> str:
    matrix = len(at.first) == 2
    code = "" if matrix else "logits, labels = logits[None], labels[None]\n"
    code += """rows = []
for z, y in zip(logits, labels):
    own = y[: list(y).index(-1)] if -1 in y else y  # the list ends at the first -1
    others = [c for c in range(len(z)) if c not in own]
    rows.append(sum(max(0.0, 1 - z[i] + z[c]) for i in own for c in others) / len(z))
"""
    return code + f"rows = np.array(rows){'' if matrix else '[0]'}\n" + at.reduced()


def _boxes(at: At) -> str:
    e = at["eps"]
    code = """\
wide = (np.minimum(input[..., 2], target[..., 2]) - np.maximum(input[..., 0], target[..., 0])).clip(0, None)
high = (np.minimum(input[..., 3], target[..., 3]) - np.maximum(input[..., 1], target[..., 1])).clip(0, None)
w1, h1 = input[..., 2] - input[..., 0], input[..., 3] - input[..., 1]
w2, h2 = target[..., 2] - target[..., 0], target[..., 3] - target[..., 1]
both = wide * high
union = w1 * h1 + w2 * h2 - both
w = np.maximum(input[..., 2], target[..., 2]) - np.minimum(input[..., 0], target[..., 0])
h = np.maximum(input[..., 3], target[..., 3]) - np.minimum(input[..., 1], target[..., 1])
"""
    code += f"iou = both / (union + {e!r})\n"
    if at.name == "giou":
        return code + f"rows = 1 - iou + (w * h - union) / (w * h + {e!r})\n" + at.reduced()
    code += "dx = (input[..., 0] + input[..., 2] - target[..., 0] - target[..., 2]) / 2\n"
    code += "dy = (input[..., 1] + input[..., 3] - target[..., 1] - target[..., 3]) / 2\n"
    code += f"rows = 1 - iou + (dx**2 + dy**2) / (w**2 + h**2 + {e!r})\n"
    if at.name == "ciou":
        code += "v = 4 / 3.141592653589793**2 * (np.arctan(w2 / h2) - np.arctan(w1 / h1)) ** 2\n"
        code += f"rows = rows + v / (1 - iou + v + {e!r}) * v\n"
    return code + at.reduced()


def region_probabilities(at: At) -> str:
    """p and t of regions, the classes last."""
    mode = at["mode"] if "mode" in at.call.values else "multiclass"
    code = at.last("np")
    if mode == "binary" and len(at.first) == len(at.shapes["labels"]):
        code += "logits = logits[..., None]\n"
    if not at["from_logits"]:
        code += "p = logits\n"
    elif mode == "multiclass":
        code += _softmax() + "p = np.exp(log_p)\n"
    else:
        code += "p = 1 / (1 + np.exp(-logits))\n"
    if "labels" in at.with_classes:
        code += "t = labels\n"
    elif mode == "binary":
        code += "t = labels[..., None]\n"
    else:
        code += f"t = (labels[..., None] == np.arange({at.classes})) * 1.0  # one-hot\n"
    if (at.call.t == at["ignore_index"]).any():
        by_class = "" if "labels" in at.with_classes else "[..., None]"
        code += f"counts = (labels != {at['ignore_index']!r}){by_class}\n"
        code += "p, t = np.where(counts, p, 0.0), np.where(counts, t, 0.0)\n"
    return code


def _regions(hit: float, alpha: str | float, beta: str | float, gamma: str | float = 1.0) -> Callable[[At], str]:
    def formula(at: At) -> str:
        a, b, g = (at[k] if isinstance(k, str) else k for k in (alpha, beta, gamma))
        code = region_probabilities(at)
        ndim = len(at.first) + (at["mode"] == "binary" and len(at.first) == len(at.shapes["labels"]))
        per_image = at["per_image"] and ndim > 2
        axes = tuple(range(int(per_image), ndim - 1))
        pixels = f"{axes[0]}" if len(axes) == 1 else repr(axes)
        code += f"both = {'np.minimum(p, t)' if at['overlap'] == 'min' else 'p * t'}\n"
        code += f"tp, fp, fn, size = (a.sum({pixels}) for a in (both, p - both, t - both, t))\n"
        if at.has("classes"):
            code += f"tp, fp, fn, size = (a[..., {at['classes'].tolist()!r}] for a in (tp, fp, fn, size))\n"
        if at["average"] == "micro":
            code += "tp, fp, fn, size = (a.sum(-1) for a in (tp, fp, fn, size))\n"
        nr, dr = at["smooth_nr"], at["smooth_dr"]
        above = f"({hit:g} * tp + {nr!r})" if nr else f"{hit:g} * tp"
        below = f"({hit:g} * tp + {a:g} * fp + {b:g} * fn{f' + {dr!r}' if dr else ''})"
        power = "" if g == 1 else f" ** {g!r}"
        code += f"rows = (1 - {above} / {below}){power}\n"
        if at["empty"] == "formula":
            return code + at.reduced()
        code += "rows = np.where(size > 0, rows, 0.0)  # a class in no mask\n"
        return code + at.reduced("rows", "(size > 0).sum()" if at["empty"] == "skip" else "")

    return formula


LOVASZ = """def lovasz(errors, t):
    t = t[np.argsort(-errors)]
    missed = np.cumsum(1 - t, 0)
    jaccard = 1 - (t.sum() - np.cumsum(t, 0)) / (t.sum() + missed)
    steps = np.concatenate([jaccard[:1], jaccard[1:] - jaccard[:-1]])
    return (np.sort(errors)[::-1] * steps).sum()


"""


def _lovasz_hinge(at: At) -> str:
    code = LOVASZ.replace("np.sort(errors)[::-1]", "errors[np.argsort(-errors)].clip(0, None)")
    images = at["per_image"] and len(at.first) > 1
    ignored = (at.call.t == at["ignore_index"]).any()
    keep = f"[y != {at['ignore_index']!r}]" if ignored else ""
    code += "each = zip(logits, labels)\n" if images else "each = [(logits, labels)]\n"
    code += f"each = [(z{keep}, y{keep}) for z, y in each]\n" if keep else ""
    code += "rows = np.stack([lovasz((1 - (2 * y - 1) * z).reshape(-1), y.reshape(-1)) for z, y in each])\n"
    counted = "sum(len(y.reshape(-1)) > 0 for _, y in each)" if ignored else ""
    return code + at.reduced("rows", counted)


def _lovasz_softmax(at: At) -> str:
    code = LOVASZ.replace("np.sort(errors)[::-1]", "errors[np.argsort(-errors)]")
    code += region_probabilities(at)
    images = at["per_image"] and len(at.first) > 2
    classes = at["classes"].tolist() if at.has("classes") else list(range(at.classes))
    ignored = (at.call.t == at["ignore_index"]).any()
    n = at.first[0] if images else 1
    code += f"p, t = p.reshape({n}, -1, {at.classes}), t.reshape({n}, -1, {at.classes})\n"
    if ignored:
        code += f"kept = counts.reshape({'len(p)' if images else '1'}, -1)\n"
        code += "each = [(p[i][kept[i]], t[i][kept[i]]) for i in range(len(p))]\n"
    else:
        code += "each = list(zip(p, t))\n"
    some = " if b[:, c].sum() > 0" if at["empty"] == "skip" else " if len(b)" if ignored else ""
    code += f"rows = np.stack([lovasz(abs(b - a)[:, c], b[:, c]) for a, b in each for c in {classes!r}{some}])\n"
    return code + at.reduced("rows")


def _ctc(at: At) -> str:
    batched = len(at.first) == 3
    code = "" if batched else "log_probs = log_probs[:, None]\n"
    n = at.first[1] if batched else 1
    flat = len(at.shapes["targets"]) == 1 and batched
    longest = at.shapes["targets"][-1] if at.shapes["targets"] else 1
    lengths = "target_lengths" if at.has("target_lengths") else f"[{longest}] * {n}"
    if flat and not at.has("target_lengths"):
        lengths = f"[{at.shapes['targets'][0] // n}] * {n}"
    frames = "input_lengths" if at.has("input_lengths") else f"[{at.first[0]}] * {n}"
    code += f"frames, lengths = np.ravel({frames}), np.ravel({lengths})\n"
    if flat:
        code += "ends = np.cumsum(lengths)\n"
        code += "targets = [targets[end - length : end] for end, length in zip(ends, lengths)]\n"
    elif not batched or len(at.shapes["targets"]) == 1:
        code += "targets = np.atleast_2d(targets)\n"
    blank = at["blank"]
    code += f"""

def alignments(log_p, y):
    \"\"\"The log of the probability of all alignments that read as y.\"\"\"
    path = [{blank}, *(s for label in y for s in (label, {blank}))]
    a = np.full(len(path), -np.inf)
    a[:2] = log_p[0, path[:2]]
    for row in log_p[1:]:
        before = a.copy()
        for s, label in enumerate(path):
            reach = [before[s]] + [before[s - 1]] * (s > 0)
            if s > 1 and label not in ({blank}, path[s - 2]):
                reach.append(before[s - 2])
            a[s] = np.logaddexp.reduce(reach) + row[label]
    return np.logaddexp.reduce(a[-2:])


rows = np.array([
    -alignments(log_probs[: frames[i], i], targets[i][: lengths[i]]) for i in range({n})
])
"""
    if at["zero_infinity"]:
        code += "rows = np.where(np.isinf(rows), 0.0, rows)\n"
    if not batched and at.reduction == "none":
        code += "rows = rows[0]\n"
    if at.reduction == "mean":
        code += "rows = rows / np.maximum(lengths, 1)  # PyTorch's mean\n"
    return code + at.reduced()


FORMULAS: dict[str, Callable[[At], str]] = {
    "ce": _ce,
    "linear-ce": _linear_ce,
    "nll": _nll,
    "focal-softmax": _focal_softmax,
    "poly": _poly,
    "gce": _gce,
    "arcface": _arcface,
    "brier": _brier,
    "perplexity": _perplexity,
    "bce": _bce,
    "bce-logits": _bce_logits,
    "multilabel-soft-margin": _multilabel_soft_margin,
    "focal": _focal,
    "hinge": _hinge,
    "squared-hinge": _squared_hinge,
    "soft-margin": _soft_margin,
    "mse": _of_error(lambda at: "(input - target) ** 2"),
    "l1": _of_error(lambda at: "abs(input - target)"),
    "huber": _huber,
    "smooth-l1": _smooth_l1,
    "log-cosh": _log_cosh,
    "mape": _of_error(lambda at: f"100 * abs(input - target) / abs(target).clip({at['epsilon']!r}, None)"),
    "msle": _of_error(lambda at: "(np.log1p(input) - np.log1p(target)) ** 2"),
    "charbonnier": _of_error(lambda at: f"np.sqrt((input - target) ** 2 + {at['epsilon'] ** 2!r})"),
    "pinball": _pinball,
    "wing": _wing,
    "kl": _kl,
    "js": _js,
    "poisson-nll": _poisson,
    "gaussian-nll": _gaussian,
    "tweedie": _tweedie,
    "cosine": _cosine,
    "cosine-embedding": _cosine_embedding,
    "info-nce": _info_nce,
    "supcon": _supcon,
    "nt-xent": _nt_xent,
    "triplet": _triplet,
    "margin-ranking": _margin_ranking,
    "hinge-embedding": _hinge_embedding,
    "multi-margin": _multi_margin,
    "categorical-hinge": _categorical_hinge,
    "multilabel-margin": _multilabel_margin,
    "giou": _boxes,
    "diou": _boxes,
    "ciou": _boxes,
    "dice": _regions(2, 1, 1),
    "jaccard": _regions(1, 1, 1),
    "tversky": _regions(1, "alpha", "beta"),
    "focal-tversky": _regions(1, "alpha", "beta", "gamma"),
    "lovasz-hinge": _lovasz_hinge,
    "lovasz-softmax": _lovasz_softmax,
    "ctc": _ctc,
}
