"""What a command line that is wrong probably means: a message of one line, with the command to type instead."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from os.path import exists, splitext
from typing import Any

from losscli.catalogue import Entry, commands, entries
from losscli.declare import Array, flag, key_of
from losscli.errors import DataError
from losscli.libraries._names import command as library_command
from losscli.meaning import FORMS, form, meant
from losscli.text import quoted, shortened

LONGEST = 300  # characters of a command that a message repeats
WORDS = {"logits": "logits", "probs": "probabilities", "log_probs": "log-probabilities"}
CUT = re.compile(r"[,;]$|^[,;]")  # at an end of an argument: numbers that were cut
NUMBER = re.compile(r"[-+]?(\d[\d.]*(e[-+]?\d+)?|\.\d+(e[-+]?\d+)?|inf|nan)", re.IGNORECASE)
OPTION = re.compile(r"--[a-zA-Z]|-[a-zA-Z]{2}")
GAPS = re.compile(r"[\s,;\[\]]+")
OTHERS = {"help": "--help", "version": "--version"}  # words that are commands elsewhere


@dataclass(frozen=True)
class CommandLine:
    """The arguments of a command; `options` are all that it has, those that take a value in `valued`."""

    entry: Entry
    args: Sequence[str]
    options: frozenset[str]
    valued: frozenset[str]

    def unknown(self, option: str) -> str:
        """What to say of an option that the command does not have, as Typer calls it: without underscores."""
        words = [a.partition("=")[0] for a in self.args]
        at = next((i for i, w in enumerate(words) if flag(key_of(w)) == option), -1)
        if at < 0:  # a short one: maybe the beginning of a long one with a single dash, or the end of several
            at = next((i for i, w in enumerate(words) if w.startswith(option)), -1)
        message = f"{self.entry.name} has no {shortened(words[at] if at >= 0 else option)}"
        help = f"losscli {self.entry.name} --help lists its options."
        if not self.is_loss or at < 0:
            return f"{message}. {help}"
        wanted, first = form(words[at]), self.first
        if self.declaration.takes_predictions and wanted and first.name in FORMS and wanted != first.name:
            return f"{message}, but takes {flag(first.name)} ({first.marker.help}). {self._in_form(wanted, at)}"
        mended = [self._known(a) for a in self.args]
        found = mended[at].partition("=")[0]
        if found == words[at]:
            return f"{message}. {help}"
        marker = next((p.marker for p in self.declaration.parameters.values() if flag(p.name) == found), None)
        what = f" ({marker.help})" if isinstance(marker, Array) else ""
        return f"{message}. Did you mean {found}{what}? {self._type(mended)}"

    def no_files(self, files: Sequence[str]) -> str:
        """What to say where numbers, or names of parameters, stand for files; empty if they do not.

        Blanks cut an array into arguments, or its option, or the dashes of that, were left out.
        """
        absent = [f for f in files if self.is_loss and not exists(f)]
        if not absent:
            return ""
        names = [f for f in absent if f.partition("=")[0] in self.declaration.spellings]
        numbers = [f for f in absent if is_numbers(f)]
        if names:
            dashed = [f"--{a}" if a in names else a for a in self.args]
            return f"{quoted(names[0])} is no file, and an option has two dashes. {self._type(dashed)}"
        if not numbers:
            return ""
        given = {self.declaration.spellings.get(key_of(a.partition("=")[0])) for a in self.args if a.startswith("-")}
        missing = [name for name in self.declaration.required if name not in given]
        args, loose = self._joined(joining=len(numbers) != len(missing) or any(map(CUT.search, self.args)))
        message = f"{quoted(numbers[0])} is no file"
        if not loose:
            return f"{message}: the shell cuts numbers at blanks, unless quotes hold them together. {self._type(args)}"
        loose = [" ".join(loose)] if len(missing) == 1 else _bracketed(loose)
        named = [word for name, each in zip(missing, loose, strict=False) for word in (flag(name), each)]
        such = f", such as {shortened(shlex.join(named))}" if len(loose) < len(missing) else ""
        do = self._type([*named, *args]) if len(loose) == len(missing) else self.example
        return f"{message}, and numbers follow an option{such}. {do}"

    @property
    def is_loss(self) -> bool:
        return self.entry.family != "commands"

    @property
    def example(self) -> str:
        return f"For example: {self.entry.examples[0]}"

    @property
    def declaration(self) -> Any:
        return self.entry.declaration

    @property
    def first(self) -> Any:
        """The first parameter of a loss."""
        return self.declaration.parameters[self.declaration.required[0]]

    def _known(self, argument: str) -> str:
        """The argument; for an option that is unknown, the one that is meant."""
        word, equals, value = argument.partition("=")
        if not OPTION.match(word) or word in self.options or len(word) > LONGEST:
            return argument
        name, key = meant(self.declaration, word), key_of(word).lower()
        close = difflib.get_close_matches(flag(key), self.options, 1, 0.75)
        parts = [n for n in self.declaration.parameters if min(len(key), len(n)) > 2 and (key in n or n in key)]
        option = flag(name) if name else close[0] if close else flag(parts[0]) if len(parts) == 1 else word
        return f"{option}{equals}{value}"

    def _type(self, args: Sequence[str], name: str = "") -> str:
        return _type(name or self.entry.name, args)

    def _in_form(self, wanted: str, at: int) -> str:
        """What to type for predictions in another form than that which the loss takes; they are the argument `at`."""
        _, equals, value = self.args[at].partition("=")
        end = at + (1 if equals else 2)
        value, rest = value if equals else "".join(self.args[at + 1 : end]), [*self.args[:at], *self.args[end:]]
        if (other := self._like(wanted)) is not None:
            return f"For {WORDS[wanted]}, use {other.name}. {self._type([flag(wanted), value, *rest], other.name)}"
        if wanted == "logits":
            function = "log-softmax" if self.first.name == "log_probs" else "softmax"
            made = f'"$(losscli {function} -q --logits {shlex.quote(value)})"'
            return f"Type: losscli {self.entry.name} {flag(self.first.name)} {made} {shlex.join(rest)}"
        if self.first.name != "log_probs" and self.first.marker.suspicion != "softmax twice":
            return self.example
        # the logarithms of probabilities are logits, too: the softmax makes them the same probabilities again
        other = self._like("log_probs")
        name, option = (self.entry.name, flag(self.first.name)) if other is None else (other.name, "--log-probs")
        numbers = _logarithms(value) if wanted == "probs" else value
        if numbers is None:
            return f"For probabilities, give their logarithms to losscli {name} {option}."
        of = " on their logarithms" * (wanted == "probs")
        return f"For {WORDS[wanted]}, use {name}{of}. {self._type([option, numbers, *rest], name)}"

    def _like(self, wanted: str) -> Entry | None:
        """The loss of the same family and of the same names in other libraries that takes predictions in this form."""
        for other in commands():
            alike = other.family == self.entry.family and other.declaration.required[0] == wanted
            if alike and _library_names(other) & _library_names(self.entry):
                return other
        return None

    def _joined(self, joining: bool) -> tuple[list[str], list[str]]:
        """The arguments with the numbers that follow an array joined to it, and the numbers that follow nothing."""
        joined: list[str] = []
        loose: list[str] = []
        takes = is_array = False  # whether the next word is a value; whether the last was, or may be, an array
        for word in self.args:
            name = word.partition("=")[0]
            if takes or not is_numbers(word):
                is_array = is_array if takes else key_of(name) in self.arrays and name.startswith("-")
                takes = not takes and word in self.valued
                if word != "--":
                    joined.append(word)
            elif is_array and joining:
                joined[-1] += f" {word}"
            else:
                loose.append(word)
        return joined, loose

    @property
    def arrays(self) -> set[str]:
        spellings = self.declaration.spellings
        return {key for key, name in spellings.items() if name in self.declaration.arrays}


def _type(name: str, args: Sequence[str]) -> str:
    """The command to type, unless its numbers are too many for a message."""
    command = shlex.join(("losscli", name, *args))
    return f"Type: {command}" if len(command) <= LONGEST else f"losscli {name} --help shows how."


def unknown_command(name: str, args: Sequence[str]) -> str:
    """What to say of a command that there is not."""
    if name in OTHERS:
        about = _named(args[0])[:1] if name == "help" and args else []
        return f"there is no command {name!r}. Type: {' '.join(['losscli', *about, OTHERS[name]])}"
    if splitext(name)[1] and exists(name):
        return f"{name} is a file, and a command comes before it. For example: {shlex.join(['losscli', 'ce', name])}"
    message = f"there is no command {quoted(name)}."
    found = _named(name) or _nearly(name)
    if len(found) == 1:
        return f"{message} {_type(found[0], args)}"
    if found:
        return f"{message} Did you mean {', '.join(found[:-1])} or {found[-1]}?"
    return f"{message} losscli list shows all."


def _named(name: str) -> list[str]:
    """The commands that have a name, however it is written, or whose line of a library has it."""
    everything, squeezed = [*commands(), *entries("commands")], _squeezed(name)
    own = [e.name for e in everything if squeezed in map(_squeezed, e.names)]
    return own or list(filter(None, [library_command(name)]))


def _nearly(name: str) -> list[str]:
    """The commands with nearly this name."""
    names = {_squeezed(n): e.name for e in (*commands(), *entries("commands")) for n in e.names}
    close = difflib.get_close_matches(_squeezed(name), names, 3, 0.7)
    return list(dict.fromkeys(names[n] for n in close))


def _squeezed(name: str) -> str:
    """A name as it is recognized: `BCELoss`, `bce_loss` and `bce` are the same."""
    return re.sub(r"[-_ ]", "", name).lower().removesuffix("loss")


def _library_names(entry: Entry) -> set[str]:
    """The names of classes and functions on the lines of other libraries."""
    return {word for line in entry.facts().values() for word in re.findall(r"\b[A-Z]\w+[a-z]\w*|\w+_\w+", line)}


def is_numbers(word: str) -> bool:
    """Whether an argument is numbers, or the brackets and commas between them."""
    parts = [part for part in GAPS.split(word) if part]
    return all(map(NUMBER.fullmatch, parts)) and bool(word.strip())


def _bracketed(words: Sequence[str]) -> list[str]:
    """Words put together to texts whose brackets close."""
    found, open_ = [""], False
    for word in words:
        if open_:
            found[-1] += f" {word}"
        else:
            found.append(word)
        open_ = found[-1].count("[") > found[-1].count("]")
    return found[1:]


def _logarithms(text: str) -> str | None:
    """The logarithms of a few probabilities as an option takes them; None if they cannot be told."""
    import numpy as np

    from losscli.compute.arrays import as_array
    from losscli.documents.formats.txt import literal

    try:
        probs = as_array("", literal(text))
    except DataError:
        return None
    if probs.ndim not in (1, 2) or not ((probs >= 0) & (probs <= 1)).all():
        return None
    with np.errstate(divide="ignore"):
        return "; ".join(",".join(map(repr, row)) for row in np.atleast_2d(np.log(probs)).tolist())
