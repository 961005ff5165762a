"""form: The formula is another one: an option at its default, a factor, a distance, a part that is missing."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from losscli.compute.variants import Call
from losscli.declare import Choice, Number
from losscli.mistakes import Variant, mistake

ORDER = 6

# options whose other setting has a name of its own
NAMES = {
    ("kl", "log_target"): "kl-log-target",
    ("poisson-nll", "log_input"): "poisson-log-input",
    ("poisson-nll", "full"): "poisson-full",
    ("gaussian-nll", "full"): "gaussian-full",
    ("triplet", "swap"): "triplet-swap",
    ("triplet", "eps"): "triplet-eps",
    ("triplet", "p"): "triplet-p",
    ("ctc", "zero_infinity"): "ctc-zero-infinity",
    **{
        (loss, option): name
        for loss in ("dice", "jaccard", "tversky", "focal-tversky", "lovasz-hinge", "lovasz-softmax")
        for option, name in (("per_image", "dice-per-image"), ("average", "dice-micro"), ("mode", "dice-mode"))
    },
}
OWN = ("ignore_index", "blank", "shift", "label_smoothing")  # options that another stage is about


def variants(call: Call) -> Iterator[Variant]:
    yield from _other_options(call)
    if find_spec(f"losscli.mistakes._{call.family}"):
        own = getattr(import_module(f"losscli.mistakes._{call.family}"), call.loss.entry.path.stem, None)
        if own is not None:
            yield from own(call)


def _other_options(call: Call) -> Iterator[Variant]:
    """One rule for all options: left at its default, or the other word of a choice."""
    numbers = {
        name: parameter.default
        for name, parameter in call.loss.declaration.parameters.items()
        if name in call.given and name not in OWN and isinstance(parameter.marker, Number)
    }
    if len(numbers) > 1:
        defaults = ", ".join(f"{name} {_word(value)}" for name, value in numbers.items())
        yield mistake(
            "param-default",
            call.having(**numbers),
            f"all numbers left at their defaults: {defaults}",
            "They are given here.",
            "give them to the other computation, too.",
            3,
            **{name: _word(value) for name, value in numbers.items()},
        )
    for name, parameter in call.loss.declaration.parameters.items():
        marker = parameter.marker
        if name in OWN or parameter.required or name not in call.values:
            continue
        key = NAMES.get((call.name, name))
        if name == "from_logits":
            once = "probs-as-logits" if call.values.get("mode") in (None, "multiclass") else "sigmoid-twice"
            key = "logits-as-probs" if call[name] else once
        now = call[name]
        if name in call.given and isinstance(marker, (Number, Choice)):
            yield mistake(
                key or "param-default",
                call.having(**{name: parameter.default}),
                f"{name} left at its default, {_word(parameter.default)}",
                f"It is {_word(now)} here.",
                f"give {name}={_word(now)} to the other computation, too.",
                3,
                **{name: _word(parameter.default)},
            )
        if isinstance(marker, Choice):
            words = parameter.choices or (True, False)
            for word in words:
                if word != now and (word != parameter.default or name not in call.given):
                    yield mistake(
                        key or f"other-{name.replace('_', '-')}",
                        call.having(**{name: word}),
                        f"{name} {_word(word)}",
                        f"It is {_word(now)} here.",
                        f"use the same {name} in both.",
                        2,
                        **{name: _word(word)},
                    )


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
