"""Inputs of a loss, drawn from nothing but its declaration."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from losscli.catalogue import Entry
from losscli.declare import AnyArray, Array, Choice, Declaration, Number, Parameter
from tests.catalogue import module_of

ORDINARY = st.floats(-5, 5, width=32)
REALS = st.one_of(ORDINARY, st.floats(-700, 700), st.sampled_from([0.0, 1.0, -1.0, 1e-300, 40.0, -745.0]))
SIGNS = st.sampled_from([-1.0, 1.0])
NOT_NEGATIVE = st.one_of(st.floats(0, 4, width=32), st.sampled_from([0.0, 1.0]))
INSIDE = st.floats(0.05, 0.95)
SHARES = st.one_of(st.floats(0, 1, width=32), st.sampled_from([0.0, 1.0, 0.5]))


@lru_cache(1000)
def arrays(dtype: Any, shape: tuple[int, ...] | int, elements: st.SearchStrategy[Any] | None = None) -> Any:
    """npst.arrays, which takes a while to check what it is given."""
    return npst.arrays(dtype, shape, elements=elements)


def arguments(entry: Entry, rows: st.SearchStrategy[tuple[int, ...]], tame: bool = False) -> Any:
    """Keyword arguments of a loss: arrays in the user's layout, classes last, and options.

    The tests of a loss may have `arguments(draw, rows, tame)` of their own where the markers cannot say what is valid.
    `tame` keeps to where the loss is smooth, for differences.
    """
    own = getattr(module_of(entry), "arguments", None)
    return _own(own, rows, tame) if own is not None else _drawn(entry.declaration, rows, tame)


@st.composite
def _own(draw: Any, own: Any, rows: Any, tame: bool) -> Any:
    return own(draw, draw(rows), tame)


@st.composite
def _drawn(draw: Any, declaration: Declaration, rows: Any, tame: bool) -> dict[str, Any]:
    row_shape = draw(rows)
    parameters = declaration.parameters
    lengths: dict[str, int] = {}
    for parameter in parameters.values():
        if isinstance(parameter.marker, Array):
            for letter in "".join(" ".join(axes) for axes in parameter.marker.alternatives).replace(".", "").split():
                lengths.setdefault(letter, draw(st.integers(1, 5)))
            if ("N", "C") in parameter.marker.alternatives:
                row_shape = row_shape[:1]
    values: dict[str, Any] = {}
    for name, parameter in parameters.items():
        marker = parameter.marker
        if not parameter.required and draw(st.booleans()):
            continue
        if isinstance(marker, Array):
            values[name] = _array(draw, marker, row_shape, lengths, tame)
        elif isinstance(marker, Number):
            values[name] = _number(draw, parameter, lengths)
        elif isinstance(marker, Choice):
            values[name] = draw(st.sampled_from(parameter.choices or (True, False)))
    ignored_label, labels = declaration.ignored_label, declaration.labels
    if ignored_label is not None and labels is not None:
        if values[labels].ndim > len(row_shape):
            values.pop(ignored_label.name, None)  # it has no meaning for class probabilities
        else:
            ignored = draw(arrays(np.bool_, row_shape))
            label = values.get(ignored_label.name, ignored_label.default)
            values[labels] = np.where(ignored, label, values[labels])
    return values


def _array(draw: Any, marker: Array, rows: tuple[int, ...], lengths: dict[str, int], tame: bool) -> AnyArray:
    axes = draw(st.sampled_from(marker.alternatives))
    shape = (*rows, *(lengths[a] for a in axes[1:])) if axes[0].startswith("N") else tuple(lengths[a] for a in axes)
    if marker.broadcasts and shape and not marker.movable_class_axis and draw(st.booleans()):
        shape = shape[1:]
    if marker.kind == "label" and axes[-1] != "C":
        return draw(arrays(np.int64, shape, elements=st.integers(0, lengths["C"] - 1)))
    elements = {"real": _reals(marker, tame), "label": SHARES, "sign": SIGNS, "strict sign": SIGNS}[marker.kind]
    return draw(arrays(np.float64, shape, elements=elements))


def _reals(marker: Array, tame: bool) -> st.SearchStrategy[float]:
    """Numbers in the range of an array."""
    if marker.max is not None:
        return INSIDE if tame else SHARES
    if marker.suspicion == "not a distribution":
        return SHARES
    if marker.min is not None or marker.above is not None or marker.suspicion in ("negative weight", "negative"):
        return NOT_NEGATIVE  # golden cases have negative weights: their terms may cancel
    return ORDINARY if tame else REALS


def _number(draw: Any, parameter: Parameter, lengths: dict[str, int]) -> Any:
    marker = parameter.marker
    assert isinstance(marker, Number)
    if marker.ignored_label:
        return draw(st.sampled_from([-100, -1, 0, lengths["C"] - 1]))
    low = marker.min if marker.min is not None else (marker.above + 0.125 if marker.above is not None else -2.0)
    high = marker.max if marker.max is not None else low + 3
    if marker.whole:
        return draw(st.integers(int(low), int(high)))
    return draw(st.one_of(st.floats(low, high, width=16), st.sampled_from([low, high])))
