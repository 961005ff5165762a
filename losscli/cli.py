"""The Typer app: one command a loss, declared by the loss's own signature and built only when it runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from operator import getitem
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperCommand, TyperGroup

from losscli import __version__
from losscli.catalogue import Entry, commands, entries, find
from losscli.declare import Array, Choice, Declaration, Number, Parameter, Text, declared, fields, flag, key_of
from losscli.errors import DataError, UsageError

if TYPE_CHECKING:
    from losscli.commands._meant import CommandLine

WRONG: Any = typer.BadParameter.__base__  # every error of a command line, which Typer does not export

EXIT_CODES = (
    "Exit codes: 0 done; 1 a check that was asked for failed; 2 the command line is wrong; 3 the data is wrong; "
    "4 reading or writing failed; 70 a bug in losscli."
)
VALUES = (
    "An array is numbers with commas or blanks, rows with semicolons ('0.9,0.1; 0.8,0.2'), JSON text, "
    "@FILE (.npy .json .csv .tsv .txt), or - for standard input."
)
FILES = typer.Argument(
    help="documents: .json .jsonl .npz .csv .tsv .safetensors; - or nothing for standard input",
    metavar="FILE...",
    show_default=False,
)
SETTINGS = {"help_option_names": ["-h", "--help"]}
PANELS = {"reading": "Input", "settings": "Loss", "questions": "Questions", "checks": "Checks", "show": "Output"}
PANEL_OF = {
    "class_axis": "Input",
    "class_names": "Input",
    "threads": "Output",
    "strict": "Checks",
    "on_error": "Checks",
}


class _Help:
    """Rich for help, plain text for errors, which end up in logs."""

    rich_markup_mode: Any

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self.rich_markup_mode = "rich"
        super().format_help(ctx, formatter)  # type: ignore[misc]  # of the Typer class that this is mixed into
        self.rich_markup_mode = None


class LossCommand(_Help, TyperCommand):
    """The command of a loss."""

    entry: Entry

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments; what is wrong with them is said in one line, with what to type instead."""
        if ctx.resilient_parsing:  # a shell completes them
            return super().parse_args(ctx, args)
        typed = list(args)
        try:
            self._refuse_doubles(ctx, args)
            rest = super().parse_args(ctx, args)
        except WRONG as error:
            raise UsageError(self._told(error, typed)) from None
        if (files := ctx.params.get("files")) and (message := self._line(typed).no_files(files)):
            raise UsageError(message)
        ctx.obj = typed
        return rest

    def _told(self, error: Any, args: list[str]) -> str:
        """What to say of a command line that Typer refuses."""
        line = self._line(args)
        name = getattr(error, "option_name", "")
        if hasattr(error, "possibilities"):
            negative = [arg for arg in args if arg.startswith(name) and name[1] in ".0123456789"]
            return (negative and line.no_files(negative)) or line.unknown(name)
        if name:
            hint = f" {line.example}" if line.is_loss and key_of(name) in line.arrays else ""
            return f"{name} takes {'a' if name in line.valued else 'no'} value.{hint}"
        if isinstance(error, typer.BadParameter) and error.param is not None:
            return f"{error.param.opts[-1]}: {error.message}"
        return f"{self.entry.name} takes options only. losscli {self.entry.name} --help lists them."

    def _line(self, args: list[str]) -> CommandLine:
        from losscli.commands._meant import CommandLine

        options: list[Any] = [p for p in self.params if p.param_type_name == "option"]
        valued = frozenset(name for p in options if not p.is_flag for name in p.opts)
        everything = frozenset(name for p in options for name in (*p.opts, *p.secondary_opts))
        return CommandLine(self.entry, args, everything, valued)

    def _refuse_doubles(self, ctx: Any, args: list[str]) -> None:
        """Raise for an option with two values: one of them would be silently dropped."""
        seen: set[str | None] = set()
        option: Any
        for option in self.make_parser(ctx).parse_args(args=list(args))[2]:
            one_word = option.param_type_name != "option" or (option.is_flag and not option.secondary_opts)
            if option.name in seen and not one_word:
                raise UsageError(f"{' or '.join(option.opts)} is given twice.")
            seen.add(option.name)


class LossGroup(_Help, TyperGroup):
    """Knows every command by its first line, and builds the one that runs."""

    def list_commands(self, ctx: Any) -> list[str]:
        self._know_all()
        return list(self.commands)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command as far as help and completion need it: name, summary, panel."""
        if cmd_name not in self.commands:
            self._know_all()
        return super().get_command(ctx, cmd_name)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except WRONG as error:
            name = getattr(error, "option_name", None)
            if name is None or ctx.resilient_parsing:
                raise
            ce = find("losses", "ce")
            assert ce is not None
            raise UsageError(
                f"losscli has no {name} of its own: a command comes first. For example: {ce.examples[0]}"
            ) from None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        built = self._built(args[0])
        if built is None and not ctx.resilient_parsing:
            from losscli.commands._meant import unknown_command

            raise UsageError(unknown_command(args[0], args[1:]))
        return super().resolve_command(ctx, args) if built is None else (args[0], built, args[1:])

    def _built(self, word: str) -> LossCommand | None:
        name = word.replace("_", "-")
        if entry := find("losses", name) or find("functions", name):
            return of_loss(entry)
        if verb := find("commands", name):
            return of_verb(verb)
        from losscli.libraries import _names

        meant = None if word.startswith("-") else _names.command(word)
        return self._built(meant) if meant else None

    def _know_all(self) -> None:
        for entry in (*commands(), *entries("commands")):
            panel, summary = entry.family_title, _markup(entry.summary)
            for name in entry.names:
                hidden = name != entry.name
                self.commands.setdefault(name, TyperCommand(name, help=summary, rich_help_panel=panel, hidden=hidden))


app = typer.Typer(
    cls=LossGroup,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Machine-learning losses, worked out step by step with your own numbers.\n\n"
    "[bold]losscli ce --logits 0.15,-0.34,0.12,0.67,0.55 --label 2[/bold]",
    epilog=EXIT_CODES,
    context_settings=SETTINGS,
)


def _version(asked: bool) -> None:
    if asked:
        print(f"losscli {__version__}")
        raise typer.Exit


VERSION = typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)


@app.callback()
def _root(version: Annotated[bool, VERSION] = False) -> None:
    pass


def of_loss(entry: Entry) -> LossCommand:
    """The command of a loss: the options of its declaration, then those that every loss has."""
    from losscli.commands._result import result

    declaration = entry.declaration
    classes = {name: of for name, of in inspect.get_annotations(result, eval_str=True).items() if name in PANELS}
    key_options = {f"{name}_key": name for name in declaration.required}
    groups = {name: list(_applying(fields(group), entry)) for name, group in classes.items()}
    files = Annotated[list[str], FILES]
    only = inspect.Parameter.KEYWORD_ONLY
    options = [inspect.Parameter("ctx", only, annotation=typer.Context)]
    options.append(inspect.Parameter("files", only, default=[], annotation=files))
    options += [_option(p, "Input" if p.required else "Loss", both=True) for p in declaration.parameters.values()]
    for option, name in key_options.items():
        options.append(_option(Parameter(option, Text(f"the key of {name} in documents", "KEY"), None), "Input"))
    for name, parameters in groups.items():
        options += [_option(p, PANEL_OF.get(p.name, PANELS[name])) for p in parameters]

    def invoke(ctx: typer.Context, **given: Any) -> None:
        values = {name: given[name] for name in declaration.parameters if given[name] is not None}
        objects = {name: group(**_values(groups[name], given)) for name, group in classes.items()}
        keys = {name: given[option] for option, name in key_options.items() if given[option]}
        spelt = {name: flag(name) for name in (*declaration.parameters, *given)} | _as_typed(declaration, ctx.obj)
        objects["reading"] = replace(objects["reading"], files=given["files"], keys=keys, options=spelt)
        result(entry, values, **objects)

    names = "\n".join(f"\b{library}: {name}" for library, name in entry.facts().items())
    examples = "\n".join(f"\b{line}" for line in entry.examples)
    help = f"{entry.summary}\n\n{entry.formula}\n\n{names}\n\nExamples:\n\n{examples}\n\n{VALUES}"
    return _command(entry, help, options, invoke)


def of_verb(entry: Entry) -> LossCommand:
    """A command that is not about one loss."""
    function = getattr(entry.module(), f"{entry.path.stem}_")
    parameters = declared(function).parameters.values()

    def invoke(**given: Any) -> None:
        function(**_values(parameters, given))

    return _command(entry, entry.summary, [_option(p, "Options") for p in parameters], invoke)


def _canonical(entry: Entry, word: str) -> str:
    """An option without its dashes as losscli spells it: it may have underscores, or be PyTorch's."""
    key = key_of(word)
    name = None if entry.family == "commands" else entry.declaration.spellings.get(key)
    own = name is None or key in entry.declaration.parameters[name].spellings
    return flag(key if own or name is None else name)[2:]


def _as_typed(declaration: Declaration, args: Iterable[str]) -> dict[str, str]:
    """The options of a loss's own as they are typed: `--label` or `--target` for labels."""
    words = (arg.partition("=")[0] for arg in args if arg.startswith("--"))
    names = {flag(key_of(word)): declaration.spellings.get(key_of(word)) for word in words}
    return {name: option for option, name in names.items() if name is not None}


def _command(entry: Entry, help: str, options: list[inspect.Parameter], invoke: Callable[..., None]) -> LossCommand:
    """A command whose options Typer reads from a signature made here."""
    invoke.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]  # Typer reads it
    invoke.__annotations__ = {p.name: p.annotation for p in options}
    sub = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
    settings = SETTINGS | {"token_normalize_func": partial(_canonical, entry)}
    sub.command(entry.name, cls=LossCommand, help=_markup(help), epilog=EXIT_CODES, context_settings=settings)(invoke)
    command = typer.main.get_command(sub)
    assert isinstance(command, LossCommand)
    command.entry = entry
    return command


def _applying(parameters: Iterable[Parameter], entry: Entry) -> Iterator[Parameter]:
    """The options that make sense for a loss, with the words that it offers."""
    markers = entry.declaration.arrays.values()
    applies = {
        "class_axis": any(m.movable_class_axis for m in markers),
        "class_names": any(m.by_class for m in markers),
        "reduction": not entry.is_function,
        "grad": not entry.is_function,
        "why": not entry.is_function,
        "compare": not entry.is_function,
        "code": not entry.is_function,
    }
    formats = sorted((name for e in entries("reports") for name in e.names), key=lambda name: name != "table")
    words = {"reduction": entry.reductions, "format": tuple(formats)}
    for parameter in parameters:
        if applies.get(parameter.name, True):
            yield replace(parameter, choices=words.get(parameter.name, parameter.choices))


def _values(parameters: Iterable[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given of some options, in their ranges."""
    from losscli.documents.numerals import option_value

    values = {}
    for parameter in parameters:
        if given[parameter.name] is not None:
            try:
                values[parameter.name] = option_value(parameter, given[parameter.name])
            except (UsageError, DataError) as error:
                option = flag(parameter.name)
                told = error.spelt({parameter.name: option}).message
                raise UsageError(told, "" if option in told else option) from None
    return values


def _option(parameter: Parameter, panel: str, both: bool = False) -> inspect.Parameter:
    """A parameter as an option; except for words and switches, its value is read and checked by us.

    A switch that is on takes `--no-`; one of a loss takes `both` ways, for the document may say the other.
    """
    marker = parameter.marker
    kind: Any = str
    more: dict[str, Any] = {}
    flags = [flag(name) for name in parameter.spellings]
    default = "" if not both or parameter.required or parameter.default is None else f" (default: {parameter.default})"
    help = f"{marker.help}{default}"
    if isinstance(marker, Array):
        help, more["metavar"] = f"{marker.help}: {marker.shapes}", "ARRAY"
    elif isinstance(marker, Number):
        more["metavar"] = "INTEGER" if marker.whole else "NUMBER"
    elif isinstance(marker, Text):
        more["metavar"] = marker.what
    elif parameter.choices:
        kind = getitem(Literal, parameter.choices)
    else:
        kind = bool
        if both or parameter.default:
            flags = [f"{flags[0]}/--no-{flags[0][2:]}"]
    value = parameter.default if kind is bool and not both else None
    short = [marker.short] if isinstance(marker, (Choice, Text)) and marker.short else []
    option = typer.Option(*short, *flags, help=_markup(help), rich_help_panel=panel, show_default=False, **more)
    annotation = getitem(Annotated, (kind if value is not None else kind | None, option))
    return inspect.Parameter(parameter.name, inspect.Parameter.KEYWORD_ONLY, default=value, annotation=annotation)


def _markup(text: str) -> str:
    """Text in which Rich finds no markup."""
    return text.replace("[", r"\[")
