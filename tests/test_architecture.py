"""What imports what, and what a start of the program costs in modules."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import losscli
from losscli.catalogue import Entry
from losscli.declare import declared
from tests.catalogue import ENTRIES, named
from tests.command import ENVIRONMENT

PACKAGE = Path(losscli.__file__).parent
HEAVY = {"numpy", "orjson", "rich.table", "pydantic", "losscli.compute.loss", "losscli.compute.arguments"}

# Who may import whom, from the top down: a module may import those of its own line and of the lines below.
LAYERS = [
    ["__main__"],
    ["cli", "python"],
    ["commands"],
    ["reports"],
    ["mistakes"],
    ["compute", "losses", "functions", "libraries"],
    ["documents"],
    ["ops", "doubled", "products", "terms", "catalogue", "meaning", "terminal"],
    ["declare", "errors", "text", "__init__"],
]


def layer(module: str) -> int:
    name = module.split(".")[1] if "." in module else "__init__"
    if module in ("losscli.losses", "losscli.libraries"):  # an order, and nothing else
        name = "__init__"
    return next(i for i, names in enumerate(LAYERS) if name in names)


def modules() -> list[tuple[str, Path]]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = ["losscli", *path.relative_to(PACKAGE).with_suffix("").parts]
        found.append((".".join(p for p in parts if p != "__init__") if len(parts) > 2 else ".".join(parts), path))
    return found


def imported(path: Path, top_only: bool) -> set[str]:
    tree = ast.parse(path.read_text())
    checking = [n for n in ast.walk(tree) if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]
    typing_only = {id(child) for block in checking for child in ast.walk(block)}
    names: set[str] = set()
    for node in tree.body if top_only else ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = node.module == "losscli"
            names |= {f"losscli.{a.name}" if whole else node.module for a in node.names}
    return names


@pytest.mark.parametrize(("module", "path"), modules(), ids=lambda v: v if isinstance(v, str) else "")
def test_imports_go_in_one_direction(module: str, path: Path) -> None:
    if module in ("losscli.__init__", "losscli.__main__"):
        return
    for name in imported(path, top_only=False):
        if name.startswith("losscli.") and name != "losscli.__version__":
            assert layer(name) >= layer(module), f"{module} imports {name}"


def test_only_the_command_line_knows_typer_and_only_the_table_knows_rich() -> None:
    for module, path in modules():
        names = {name.split(".")[0] for name in imported(path, top_only=False)}
        assert ("typer" in names) == (module == "losscli.cli"), module
        assert "rich" not in names or module in ("losscli.reports.table", "losscli.terminal.progress"), module
        assert "click" not in names, module


def loaded(*args: str, **env: str) -> set[str]:
    """The modules that a run of the program has imported at its end."""
    code = (
        "import sys\nfrom losscli import __main__ as program\n"
        "program._leave = lambda code: sys.stderr.write('\\n@' + ' '.join(sys.modules))\n"
        f"sys.argv = {['losscli', *args]!r}\n"
        "program.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=ENVIRONMENT | env,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return set(done.stderr.rpartition("@")[2].split())


def losses_in(names: set[str]) -> set[str]:
    """The losses among the modules, without what several of them share."""
    found = {n for n in names if n.startswith(("losscli.losses.", "losscli.functions.")) and n.count(".") > 2}
    return {n for n in found if "._" not in n}


@pytest.mark.parametrize(
    ("args", "env"),
    [
        (["--version"], {}),
        (["--help"], {}),
        (["list"], {}),
        (["list", "--json"], {}),
        (["ce", "--help"], {}),
        ([], {"_LOSSCLI_COMPLETE": "complete_bash", "COMP_WORDS": "losscli b", "COMP_CWORD": "1"}),
        ([], {"_LOSSCLI_COMPLETE": "complete_bash", "COMP_WORDS": "losscli ce --lab", "COMP_CWORD": "2"}),
        ([], {"_LOSSCLI_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "losscli ce --reduction "}),
    ],
)
def test_help_list_version_and_completion_import_neither_numpy_nor_a_loss(args: list[str], env: dict[str, str]) -> None:
    names = loaded(*args, **env)
    assert "losscli.cli" in names
    assert not names & {"numpy", "orjson", "pydantic", "losscli.compute.loss"}
    assert not losses_in(names)


def test_a_run_imports_one_loss_and_rich_only_for_a_table() -> None:
    call = ["ce", "--logits", "1,2", "--label", "0"]
    value, table = loaded(*call, "-q"), loaded(*call)
    assert losses_in(value) == {"losscli.losses.multiclass.cross_entropy"}
    assert not {n for n in value if n.split(".")[0] in ("rich", "pydantic", "concurrent", "zipfile", "csv")}
    assert "rich.table" in table


@pytest.mark.parametrize(
    ("args", "env"),
    [
        (["--help"], {}),
        (["no-such-loss"], {}),
        ([], {"_LOSSCLI_COMPLETE": "complete_bash", "COMP_WORDS": "losscli b", "COMP_CWORD": "1"}),
    ],
)
def test_help_and_completion_do_not_read_each_file_once_for_every_command(args: list[str], env: dict[str, str]) -> None:
    code = (
        "import sys\nopened = []\n"
        "sys.addaudithook(lambda name, of: opened.append(str(of[0])) if name == 'open' else None)\n"
        "from losscli import __main__ as program\n"
        "program._leave = lambda code: sys.stderr.write('\\n@' + '\\n'.join(opened))\n"
        f"sys.argv = {['losscli', *args]!r}\n"
        "program.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT | env, check=False
    )
    times = Counter(done.stderr.rpartition("@")[2].split("\n"))
    assert 1 <= max(times[str(entry.path)] for entry in ENTRIES) <= 6


def test_completion_offers_commands_options_and_words() -> None:
    def offered(words: str) -> list[str]:
        env = {"_LOSSCLI_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        code = "from losscli.__main__ import main\nmain()"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT | env, check=False
        )
        return done.stdout.split()

    assert {"bce", "bce-logits"} <= set(offered("losscli bc"))
    assert "--label-smoothing" in offered("losscli ce --label")
    assert offered("losscli ce --reduction s") == ["sum"]
    assert "cross-entropy" not in offered("losscli c")  # a second name would only make the list longer


@pytest.mark.parametrize("entry", ENTRIES, ids=named)
def test_the_declaration_read_as_text_is_that_of_the_function(entry: Entry) -> None:
    assert entry.declaration == declared(entry.function())


@pytest.mark.parametrize("entry", ENTRIES, ids=named)
def test_every_option_has_a_line_of_help(entry: Entry) -> None:
    for parameter in entry.declaration.parameters.values():
        assert parameter.marker.help


def test_the_public_names_are_those_of_the_folder() -> None:
    assert {e.path.stem for e in ENTRIES} <= set(dir(losscli))
    with pytest.raises(AttributeError, match="has no attribute 'no_such_loss'"):
        _ = losscli.no_such_loss
