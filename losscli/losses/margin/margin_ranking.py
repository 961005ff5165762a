"""margin-ranking: How far two scores are from the right order.

    loss = max(0, -y (x1 - x2) + m)

Examples:
    losscli margin-ranking --input1 0.5,2,1 --input2 1,1.5,3 --labels 1,1,-1
    losscli margin-ranking --input1 0.5,2,1 --input2 1,1.5,3 --label 1 --margin 0.5
    losscli margin-ranking --input1 0.5,2,1 --input2 1,1.5,3 --label -1 --grad
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from losscli.declare import Array, Floats, Number
from losscli.losses.margin import _exact
from losscli.terms import Step, Terms


def margin_ranking(
    input1: Annotated[Floats, Array("~N...", "real", "the first score of each pair")],
    input2: Annotated[Floats, Array("~N...", "real", "the second score of each pair")],
    labels: Annotated[
        Floats,
        Array("~N...", "strict sign", "1: the first should be higher; -1: the second", suspicion="neither -1 nor 1"),
    ],
    *,
    margin: Annotated[float, Number("by how much it should be higher")] = 0.0,
) -> Terms:
    """How far the score that should be higher is from exceeding the other by a margin, element by element.

        loss = max(0, -y (x1 - x2) + m)

    A mean divides by the number of pairs. The gradient is with respect to input1; that for input2 is its negative. At
    the kink it is -y, as in PyTorch. Labels that are all 0 or 1 are an error; other numbers are used as they are, with
    a warning.

    Source: PyTorch, torch.nn.MarginRankingLoss.
    """
    difference = input1 - input2
    short = margin - labels * difference
    if margin:
        short -= labels * _exact.rounding(input1, -input2, difference)

    def grad() -> Floats:
        return np.where(short >= 0, -labels, 0.0)

    return Terms(
        value=np.maximum(short, 0),
        steps={
            "input1": Step(input1),
            "input2": Step(input2),
            "label": Step(labels, given=True),
            "x1 - x2": Step(difference, how="input1 - input2"),
            "m - y (x1 - x2)": Step(short, how=f"{margin:g} - label * (x1 - x2)"),
        },
        grad=grad,
        formula=f"max(0, -y (x1 - x2){f' + {margin:g}' * bool(margin)})",
    )
