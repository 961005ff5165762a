"""mse: Squared difference of prediction and target.

    loss = (x - t)^2

Examples:
    losscli mse --input 2.5,0,2,8 --target 3,-0.5,2,7
    losscli mse --input '2.5,0; 2,8' --target '3,-0.5; 2,7' --weight '1,1; 1,3'
    losscli mse --input 2.5,0,2,8 --target 3,-0.5,2,7 --reduction sum --grad
"""

from __future__ import annotations

from losscli.declare import Floats
from losscli.losses.regression import ElementWeight, Predictions, Targets
from losscli.terms import Step, Terms


def mean_squared_error(input: Predictions, target: Targets, *, weight: ElementWeight | None = None) -> Terms:
    """Squared difference of prediction and target, element by element.

        loss = w (x - t)^2

    The mean divides by the sum of the weights. There is no factor of 1/2, unlike in optax's l2_loss.

    Source: PyTorch, torch.nn.functional.mse_loss.
    """
    error = input - target
    # (w e) e and not w (e e): the square alone may overflow, or vanish, where the product does not
    weighted = error if weight is None else weight * error

    def grad() -> Floats:
        return 2 * weighted

    steps = {
        "input": Step(input),
        "target": Step(target, given=True),
        "error": Step(error, how="input - target"),
    }
    if weight is not None:
        steps["weight"] = Step(weight, given=True)
    return Terms(
        value=weighted * error,
        steps=steps,
        grad=grad,
        divisor=weight,
        formula=f"{'w ' * (weight is not None)}(x - t)^2",
    )
