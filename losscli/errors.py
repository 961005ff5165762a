"""Everything that can go wrong for a user, as one tree; `losscli.__main__` turns it into a message and an exit code."""

from __future__ import annotations

from typing import Any


class LosscliError(Exception):
    """A problem told in one sentence: where, what was expected, what was found, how to mend it."""

    exit_code = 70

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message

    def at(self, place: str) -> LosscliError:
        """The same problem with its place named, unless a more exact one is known already."""
        return type(self)(self.message, self.place or place)


class CheckError(LosscliError):
    """A check that was asked for did not hold."""

    exit_code = 1


class UsageError(LosscliError):
    """The command line, or a call of the Python API, is wrong."""

    exit_code = 2


class DataError(LosscliError, ValueError):
    """The data is wrong."""

    exit_code = 3


class ElementError(DataError):
    """Some number of an array is wrong: what the check of a loss raises, who does not know where the user finds it.

    `wrong` says which of the numbers of `array` are, `expected` what was expected. What a check yields, not raises, is
    a warning.
    """

    def __init__(self, name: str, array: Any, wrong: Any, expected: str) -> None:
        super().__init__(f"{name} has a wrong number: {expected}.")
        self.name = name
        self.array = array
        self.wrong = wrong
        self.expected = expected


class FileError(LosscliError, OSError):
    """Reading or writing failed."""

    exit_code = 4


class LosscliWarning(UserWarning):
    """Legal, but probably not what was meant; of several `about` the same in one place, the first is shown."""

    def __init__(self, message: str, place: str = "", about: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.about = about or message

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message
