"""margin-ranking: How far two scores miss their order by a margin.

    loss = max(0, -y (x1 - x2) + m)

PyTorch: MarginRankingLoss

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
from losscli.terms import Terms


def margin_ranking(
    input1: Annotated[Floats, Array("N...", "real", "the first score of each pair")],
    input2: Annotated[Floats, Array("N...", "real", "the second")],
    labels: Annotated[Floats, Array("~N...", "strict sign", "1: the first shall be higher; -1: the second")],
    *,
    margin: Annotated[float, Number("by how much it shall be higher")] = 0.0,
) -> Terms:
    """How far two scores miss the order that the label tells, by a margin, element by element.

        loss = max(0, -y (x1 - x2) + m)

    A mean divides by the number of pairs. The gradient is with respect to input1; that of input2 is its negative. At
    the corner it is -y, as PyTorch's is.

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
        steps={"input1": input1, "input2": input2, "label": labels, "x1 - x2": difference, "m - y (x1 - x2)": short},
        grad=grad,
        formula=f"max(0, -y (x1 - x2){f' + {margin:g}' * bool(margin)})",
    )
