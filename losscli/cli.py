"""The Typer app: one command a loss, declared by the loss's own signature and built only when it runs."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from operator import getitem
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand, TyperGroup

from losscli import __version__
from losscli.catalogue import Entry, commands, entries, find
from losscli.commands.result import execute
from losscli.declare import Array, Number, Parameter
from losscli.errors import UsageError

EXIT_CODES = (
    "Exit codes: 0 done; 1 a check that was asked for failed; 2 the command line is wrong; 3 the data is wrong; "
    "4 reading or writing failed; 70 a bug in losscli."
)
VALUES = (
    "An array is numbers with commas or blanks, rows with semicolons ('0.9,0.1; 0.8,0.2'), JSON text, "
    "@FILE (.npy .json .csv .tsv .txt), or - for standard input."
)
FORMATS = tuple(
    sorted((name for entry in entries("reports") for name in entry.names), key=lambda name: name != "table")
)
LIBRARIES = ("PyTorch", "Keras", "optax")
CARD = ("command", "family", "summary", "formula")


class _Help:
    """Rich for help, plain text for errors, which end up in logs."""

    rich_markup_mode: Any

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self.rich_markup_mode = "rich"
        super().format_help(ctx, formatter)  # type: ignore[misc]  # of the Typer class that this is mixed into
        self.rich_markup_mode = None


class LossCommand(_Help, TyperCommand):
    """The command of a loss."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments; an option with two values is an error, for one of them would be dropped in silence."""
        seen: set[str | None] = set()
        option: Any
        for option in self.make_parser(ctx).parse_args(args=list(args))[2]:
            one_word = option.param_type_name != "option" or (option.is_flag and not option.secondary_opts)
            if option.name in seen and not one_word:
                raise UsageError(f"{' or '.join(option.opts)} is given twice.")
            seen.add(option.name)
        return super().parse_args(ctx, args)


class LossGroup(_Help, TyperGroup):
    """Knows every command by its first line, and builds the one that runs."""

    def list_commands(self, ctx: Any) -> list[str]:
        self._know_all()
        return list(self.commands)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command as far as help and completion need it: name, summary, panel."""
        self._know_all()
        return super().get_command(ctx, cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        entry = find("losses", args[0]) or find("functions", args[0]) if args else None
        if entry is None:
            return super().resolve_command(ctx, args)
        return args[0], build(entry), args[1:]

    def _know_all(self) -> None:
        for entry in commands():
            if entry.name not in self.commands:
                panel = _panel(entry.family)
                summary = _markup(entry.summary)
                self.commands[entry.name] = TyperCommand(entry.name, help=summary, rich_help_panel=panel)
                for name in entry.names[1:]:
                    self.commands[name] = TyperCommand(name, help=summary, rich_help_panel=panel, hidden=True)


app = typer.Typer(
    cls=LossGroup,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Machine-learning losses, worked out step by step with your own numbers.\n\n"
    "[bold]losscli ce --logits 0.15,-0.34,0.12,0.67,0.55 --label 2[/bold]",
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        print(f"losscli {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


@app.command("list", rich_help_panel="About")
def _list(
    format: Annotated[
        Literal["table", "json", "markdown"], typer.Option("--format", help="How to write the list.")
    ] = "table",
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Show every loss with its formula and its name in PyTorch, Keras and optax."""
    rows = [
        {"command": e.name, "family": e.family, "summary": e.summary, "formula": e.formula, **e.facts()}
        for e in commands()
    ]
    if json or format == "json":
        import json as json_

        print(json_.dumps(rows, indent=2, ensure_ascii=False))
        return
    if format == "markdown":
        print("\n".join(_markdown(rows)))
        return
    family = ""
    for row in rows:
        if row["family"] != family:
            family = row["family"]
            print(f"{_panel(family)}\n")
        names = "   ".join(f"{library}: {row[library]}" for library in row if library not in CARD)
        print(f"  {row['command']}\n      {row['summary']}\n      {row['formula']}\n      {names}\n")


def _markdown(rows: list[dict[str, str]]) -> Iterator[str]:
    yield f"| command | formula | {' | '.join(LIBRARIES)} | others |"
    yield "|---" * (3 + len(LIBRARIES)) + "|"
    for row in rows:
        names = [row.get(library, "") for library in LIBRARIES]
        others = [f"{key}: {name}" for key, name in row.items() if key not in (*LIBRARIES, *CARD)]
        cells = [f"`{row['command']}`", f"`{row['formula']}`", *names, ", ".join(others)]
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _panel(family: str) -> str:
    return "Functions" if family == "functions" else f"{family.capitalize()} losses"


def _markup(text: str) -> str:
    """Text in which Rich finds no markup."""
    return text.replace("[", r"\[")


def build(entry: Entry) -> LossCommand:
    """The command of a loss, from its declaration."""
    parameters = entry.declaration()

    def run(**given: Any) -> None:
        execute(entry, parameters, given)

    arguments = _arguments(entry, parameters)
    run.__signature__ = inspect.Signature(arguments)  # type: ignore[attr-defined]  # Typer reads it
    run.__annotations__ = {p.name: p.annotation for p in arguments}
    sub = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
    sub.command(
        entry.name,
        cls=LossCommand,
        help=_help(entry),
        epilog=EXIT_CODES,
        context_settings={"help_option_names": ["-h", "--help"]},
    )(run)
    command = typer.main.get_command(sub)
    assert isinstance(command, LossCommand)
    return command


def _help(entry: Entry) -> str:
    names = "\n".join(f"\b{library}: {name}" for library, name in entry.facts().items())
    examples = "\n".join(f"\b{line}" for line in entry.examples)
    return _markup(f"{entry.summary}\n\n{entry.formula}\n\n{names}\n\nExamples:\n\n{examples}\n\n{VALUES}")


def _arguments(entry: Entry, parameters: dict[str, Parameter]) -> list[inspect.Parameter]:
    """The options of a command: those of the loss, then those that every loss has."""
    options = [_files()]
    options += [_option(parameter) for parameter in parameters.values()]
    markers = [p.marker for p in parameters.values() if isinstance(p.marker, Array)]
    classes = any(axes[-1] == "C" for m in markers for axes in m.alternatives)
    if any(m.movable_class_axis for m in markers):
        options.append(_common("class_axis", str, None, "the axis of the classes", "Input", metavar="INTEGER"))
    if classes:
        options.append(_common("class_names", str, None, "names of the classes, with commas", "Input", metavar="NAMES"))
    for p in parameters.values():
        if p.required:
            flag = f"{p.name}_key"
            options.append(_common(flag, str, None, f"the key of {p.name} in documents", "Input", metavar="KEY"))
    if not entry.is_function:
        options.append(
            _common(
                "reduction",
                _words(entry.reductions()),
                None,
                "how the rows become one number (default: mean)",
                "Loss",
            )
        )
        options.append(_common("grad", bool, False, "Show the gradient with respect to the first input.", "Output"))
    options += [
        _common("steps", bool, False, "Show every step.", "Output"),
        _common("format", _words(FORMATS), None, "how to write the result (default: table)", "Output"),
        _common("json", bool, False, "The same as --format json.", "Output"),
        _common("quiet", bool, False, "The bare number: the same as --format value.", "Output", "-q"),
        _common("output", str, None, "write to this file, whole or not at all", "Output", "-o", metavar="FILE"),
        _common(
            "digits", int, 4, "to how many digits a table rounds (default: 4)", "Output", metavar="N", min=0, max=17
        ),
        _common(
            "max_rows",
            int,
            20,
            "rows a table shows, head and tail; 0 for all (default: 20)",
            "Output",
            metavar="N",
            min=0,
        ),
        _common("threads", int, None, "how many threads (default: one a core)", "Output", metavar="N", min=1, max=256),
        _common("progress", bool, True, "Show a bar when it takes long.", "Output", flags=["--progress/--no-progress"]),
        _common("max_size", str, None, "bytes that a document may unpack to (default: 4G)", "Input", metavar="SIZE"),
        _common(
            "on_error",
            Literal["stop", "skip"],
            "stop",
            "on a wrong document: stop (default), or skip it and go on",
            "Checks",
        ),
        _common("strict", bool, False, "Make warnings errors.", "Checks"),
        _common("expect", str, None, "exit with 1 unless the loss is this", "Checks", metavar="NUMBER"),
        _common(
            "rtol", str, None, "how far it may be off, as a share of it (default: 1e-9)", "Checks", metavar="NUMBER"
        ),
        _common("atol", str, None, "how far it may be off, added to that (default: 0)", "Checks", metavar="NUMBER"),
        _common("max", str, None, "exit with 1 if the loss is above this", "Checks", metavar="NUMBER"),
        _common("fail_on", Literal["nonfinite"], None, "exit with 1 if a loss is infinite or NaN", "Checks"),
    ]
    return options


def _files() -> inspect.Parameter:
    help_ = "documents: .json .jsonl .npz .csv .tsv .safetensors; - or nothing for standard input"
    annotation = Annotated[list[str], typer.Argument(help=help_, metavar="FILE...", show_default=False)]
    return inspect.Parameter("files", inspect.Parameter.KEYWORD_ONLY, default=[], annotation=annotation)


def _option(parameter: Parameter) -> inspect.Parameter:
    """A parameter of the loss as an option; its value is read and checked by us, as that of a document is."""
    marker = parameter.marker
    flags = [f"--{name.replace('_', '-')}" for name in parameter.spellings]
    if isinstance(marker, Array):
        panel = "Input" if parameter.required else "Loss"
        return _common(
            parameter.name, str, None, f"{marker.help}: {marker.shapes}", panel, flags=flags, metavar="ARRAY"
        )
    default = "" if parameter.default is None else f" (default: {parameter.default})"
    if isinstance(marker, Number):
        kind = "INTEGER" if marker.whole else "NUMBER"
        return _common(parameter.name, str, None, f"{marker.help}{default}", "Loss", flags=flags, metavar=kind)
    if parameter.choices:
        return _common(parameter.name, _words(parameter.choices), None, f"{marker.help}{default}", "Loss", flags=flags)
    flags = [f"{flags[0]}/--no-{flags[0][2:]}"]
    return _common(parameter.name, bool, None, f"{marker.help}{default}", "Loss", flags=flags)


def _words(words: tuple[str, ...]) -> Any:
    """The type of one of these words."""
    return getitem(Literal, words)


def _common(
    name: str, kind: Any, default: Any, help: str, panel: str, *short: str, flags: list[str] | None = None, **more: Any
) -> inspect.Parameter:
    flags = [*short, *(flags or [f"--{name.replace('_', '-')}"])]
    option = typer.Option(*flags, help=_markup(help), rich_help_panel=panel, show_default=False, **more)
    annotation = getitem(Annotated, (kind | None if default is None else kind, option))
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
