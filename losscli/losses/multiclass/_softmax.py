"""The steps that every loss of a softmax begins with."""

from __future__ import annotations

from losscli import ops
from losscli.declare import Floats
from losscli.terms import Step


def softmax_steps(z: Floats, at: ops.Peak) -> dict[str, Step]:
    """The columns of the class table from the logit to the log softmax."""
    name, exp = ops.exponentials(z, at)
    return {
        "logit": Step(z),
        name: Step(exp, summed=True, how="exp(logit)" if name == "exp" else "exp(logit - max(logit))"),
        "softmax": Step(lambda: ops.softmax(z, at), summed=True, how=f"{name} / sum({name})"),
        "log softmax": Step(lambda: ops.log_softmax(z, at), how="log(softmax)"),
    }
