"""The steps that every loss of a softmax begins with."""

from __future__ import annotations

import numpy as np

from losscli import ops
from losscli.declare import Floats
from losscli.terms import Step


def softmax_steps(z: Floats, at: ops.Peak) -> dict[str, Step]:
    """The columns of the class table from the logit to the log softmax."""
    name = "exp(z - max)"
    exp = Step(lambda: ops.softmax(z, at) * (1 + at.rest)[:, None], summed=True, how="exp(logit - max(logit))")
    if at.peak.max(initial=0) < 700 and at.peak.min(initial=0) > -700:  # the textbook's neither overflows nor vanishes
        name, exp = "exp", Step(lambda: np.exp(z), summed=True, how="exp(logit)")
    return {
        "logit": Step(z),
        name: exp,
        "softmax": Step(lambda: ops.softmax(z, at), summed=True, how=f"{name} / sum({name})"),
        "log softmax": Step(lambda: ops.log_softmax(z, at), how="log(softmax)"),
    }
