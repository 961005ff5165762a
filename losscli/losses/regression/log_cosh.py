"""log-cosh: Logarithm of the hyperbolic cosine of the error.

    loss = log cosh(x - t)

Examples:
    losscli log-cosh --input 2.5,0,2,8 --target 3,-0.5,2,5
    losscli log-cosh --input 2.5,0,2,8 --target 3,-0.5,2,5 --grad
    losscli log-cosh --input 1000 --target 0
"""

from __future__ import annotations

import math

import numpy as np

from losscli.declare import Floats
from losscli.losses.regression import Predictions, Targets
from losscli.terms import Step, Terms

TITLE = "Log-cosh"


def log_cosh(input: Predictions, target: Targets) -> Terms:
    """Logarithm of the hyperbolic cosine of the error, element by element: about e^2 / 2 near 0, |e| - log 2 elsewhere.

        loss = log cosh(e),   e = x - t

    Keras computes e + softplus(-2 e) - log 2, optax logaddexp(e, -e) - log 2: neither has correct digits for errors
    below about 1e-8.

    Source: Keras, keras.losses.LogCosh.
    """
    error = input - target
    size = np.abs(error)
    # log cosh e = log1p(2 sinh(e / 2)^2): no difference of nearly equal numbers
    value = np.sinh(0.5 * size)
    value *= value
    value *= 2
    np.log1p(value, out=value)
    far = np.flatnonzero(size > 700)  # where the square overflows, the rest is below the last digit
    value[far] = size[far] - math.log(2)

    def grad() -> Floats:
        return np.tanh(error)

    steps = {
        "input": Step(input),
        "target": Step(target, given=True),
        "error": Step(error, how="input - target"),
        "cosh(error)": Step(lambda: np.cosh(error), how="(exp(error) + exp(-error)) / 2"),
    }
    return Terms(value, steps, grad, formula="log cosh(x - t)")
