"""Machine-learning losses, exact and explained.

    from losscli import cross_entropy
    result = cross_entropy([[0.9, 0.1], [0.8, 0.2]], [0, 1], weight=[1, 2])
    float(result), result.divisor, result.steps["softmax"], result.gradient()

Every loss of `losscli list` is here under its full name and returns a `Result`; each is loaded when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from losscli.compute.loss import Loss
    from losscli.compute.result import Result

__version__ = "0.1.0"
__all__ = ["Loss", "Result", "__version__"]


def __getattr__(name: str) -> Loss:
    from losscli.catalogue import commands

    if name in ("Loss", "Result"):
        from losscli.compute import loss as engine

        return getattr(engine, name)
    if not name.startswith("_"):
        for entry in commands():
            if entry.path.stem == name:
                from losscli.compute.loss import Loss

                loss = globals()[name] = Loss(entry)
                return loss
    raise AttributeError(f"module 'losscli' has no attribute {name!r}")


def __dir__() -> list[str]:
    from losscli.catalogue import commands

    return [*__all__, *(entry.path.stem for entry in commands())]
