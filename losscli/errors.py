"""Everything that can go wrong for a user, as one tree; `losscli.__main__` turns it into a message and an exit code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import Any, Self

PARAMETER = re.compile(r"(?<!')`([\w-]+)(?:=([^`]*))?`")


class _Told(Exception):  # noqa: N818  a warning is one, too
    """A sentence for the user, and the place that it is about.

    Where it speaks of a parameter, it says `name` or `name=value`, between backquotes: only who knows how the user gave
    it, as an option, a key or a keyword, can tell how it is spelt.
    """

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(_spelt(message, {}))
        self.message = message
        self.place = place

    def __str__(self) -> str:
        message = _spelt(self.message, {})
        return f"{self.place}: {message}" if self.place else message

    def spelt(self, spelling: Mapping[str, str]) -> Self:
        """The same with the parameters spelt as the user knows them; without a spelling they keep their names."""
        told = copy(self)
        told.message = _spelt(self.message, spelling)
        return told


def _spelt(message: str, spelling: Mapping[str, str]) -> str:
    """A message with its parameters as the user writes them: `--ignore-index 255`, `ignore_index=255`."""

    def word(found: re.Match[str]) -> str:
        name, value = spelling.get(found[1], found[1]), found[2]
        if value is None or not name.startswith("--"):
            return name if value is None else f"{name}={value}"
        switch = {"True": name, "False": f"--no-{name[2:]}"}
        return switch.get(value, f"{name} {value}")

    return PARAMETER.sub(word, message)


class LosscliError(_Told):
    """A problem told in one sentence: where, what was expected, what was found, how to mend it."""

    exit_code = 70

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
    """Some number of an array is wrong: raised by the check of a loss, which does not know where the user finds it.

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


class LosscliWarning(_Told, UserWarning):
    """Legal, but probably not what was meant; of several `about` the same in one place, the first is shown."""

    def __init__(self, message: str, place: str = "", about: str = "") -> None:
        super().__init__(message, place)
        self.about = about or message


@contextmanager
def file_errors(place: str) -> Iterator[None]:
    """Whatever the system reports about a file within becomes a `FileError`."""
    try:
        yield
    except FileError:
        raise
    except IsADirectoryError:
        raise FileError("a directory, but a file was expected.", place) from None
    except OSError as error:
        raise FileError(f"{error.strerror or error}.", place) from None
