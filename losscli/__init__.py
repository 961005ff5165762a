"""Machine-learning losses, exact and explained.

    from losscli import cross_entropy
    result = cross_entropy([[0.9, 0.1], [0.8, 0.2]], [0, 1], weight=[1, 2])
    float(result), result.divisor, result.steps["softmax"], result.gradient()

Every loss of `losscli list` is here under its full name and returns a `Result`; each is loaded when it is first used.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing takes a while to import, and Ctrl-C could strike in it
if TYPE_CHECKING:
    from typing import Any

    from losscli.python import Result

__version__ = "0.1.0"
__all__ = ["Result", "__version__"]


def __getattr__(name: str) -> Any:
    from losscli.catalogue import commands

    if name == "Result":
        from losscli.python import Result

        return Result
    if not name.startswith("_"):
        for entry in commands():
            if entry.path.stem == name:
                from losscli.python import public

                function = globals()[name] = public(entry)
                return function
    raise AttributeError(f"module 'losscli' has no attribute {name!r}")


def __dir__() -> list[str]:
    from losscli.catalogue import commands

    return [*__all__, *(entry.path.stem for entry in commands())]
