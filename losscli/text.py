"""Words for messages and tables: counts, shapes, and somebody's text within ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

JOINERS = "\u200c\u200d"  # between letters of many scripts and between emoji: they draw nothing and command nothing
LONGEST = 60
MOST = 9  # names that a message lists


def printable(text: str) -> str:
    """The text with every control and bidirectional character escaped: somebody's data cannot command the terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in JOINERS else c.encode("unicode_escape").decode() for c in text)


def shortened(text: str) -> str:
    """Somebody's text in a message: its middle is left out where it is long."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 20]}...{text[-10:]}"


def quoted(text: str) -> str:
    """Somebody's text in a message, in quotes."""
    return repr(shortened(text))


def first_double(words: Iterable[str]) -> str:
    """The first of some words that occurs again; there is one."""
    return next(word for word, times in Counter(words).items() if times > 1)


def listed(words: Iterable[str]) -> str:
    """Names in a message, in quotes; the middle of many is left out."""
    names = list(words)
    names = names if len(names) <= MOST else [*names[: MOST - 2], "...", names[-1]]
    return ", ".join("..." if name == "..." else quoted(name) for name in names)


def counted(n: int, one: str, many: str = "") -> str:
    """`1 row`, `1,000 rows`."""
    return f"{n:,} {one if n == 1 else many or plural(one)}"


def there_are_classes(n: int) -> str:
    """`there are 3 classes (0 to 2)`: the labels that there can be."""
    return f"there are {n:,} classes (0 to {n - 1})" if n != 1 else "there is 1 class (0)"


def plural(word: str) -> str:
    return word + ("es" if word.endswith("s") else "s")


def shape(of: Sequence[int]) -> str:
    return f"({', '.join(map(str, of))})"


def shown(number: Any) -> str:
    """A number in a message: its shortest form."""
    number = float(number)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
