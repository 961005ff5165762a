"""README is product: each of its blocks is run or checked, and what it says of a new loss is done in a copy.

What the maps say, losscli/README.md and its like, is checked where it can be: paths, modules and names exist.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from markdown_it import MarkdownIt  # which Rich needs

from losscli.catalogue import Entry
from tests.catalogue import ALL, named
from tests.command import ENVIRONMENT, PROGRAM, output

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
NEW = "Add a loss"  # the section whose blocks are run in a copy
MAPS = ["README.md", "losscli/README.md", "tests/README.md", ".github/CONTRIBUTING.md"]


class Block(NamedTuple):
    """A block of code: its mark, its section, and the path that the text before it names last."""

    language: str
    text: str
    section: str
    path: str


def blocks() -> Iterator[Block]:
    section = path = ""
    tokens = MarkdownIt().parse(README)
    for before, token in zip([tokens[0], *tokens], tokens, strict=False):
        if token.type in ("fence", "code_block"):
            yield Block(token.info, token.content, section, path)
        elif token.type == "inline":
            if before.tag == "h2":
                section = token.content
            path = next((p for p in reversed(re.findall(r"`([^`]+)`", token.content)) if p.endswith(".py")), "")


BLOCKS = list(blocks())


def kind(block: Block) -> str:
    """What a block is, and so what becomes of it."""
    if block.language == "console":
        return "session"
    if block.language == "python":
        return "examples" if ">>>" in block.text else "file" if block.path and block.section == NEW else ""
    return "installation" if block.language == "sh" and "pip install" in block.text else ""


def test_every_block_is_run_or_checked() -> None:
    assert {kind(block) for block in BLOCKS} == {"session", "examples", "file", "installation"}, "see `kind`"


def shell(command: str, cwd: Path, **more: str) -> str:
    env = ENVIRONMENT | {"PATH": f"{Path(PROGRAM).parent}{os.pathsep}{ENVIRONMENT['PATH']}"} | more
    done = subprocess.run(
        ["bash", "-c", command], cwd=cwd, env=env, text=True, check=False, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.stdout


def assert_prints(session: str, cwd: Path, **more: str) -> None:
    """Run the commands of a session; three dots stand for any lines, or at the end of a line for the rest of it."""
    for call in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        lines = call.split("\n")
        while lines[0].endswith("\\"):
            lines[0:2] = [f"{lines[0]}\n{lines[1]}"]
        found, expected = stripped(shell(lines[0], cwd, **more)), stripped("\n".join(lines[1:]))
        if "..." in expected.split("\n"):
            pattern = "".join(
                r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + "\n"
                for line in expected.split("\n")
            )
            assert re.fullmatch(pattern, f"{found}\n"), f"{lines[0]}\n{found}"
            assert found.count("FAILED ") == expected.count("FAILED "), found
        else:
            assert found == expected, lines[0]


def stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.rstrip("\n").split("\n"))


def test_every_command_prints_what_the_readme_says(tmp_path: Path) -> None:
    sessions = [block.text for block in BLOCKS if kind(block) == "session" and block.section != NEW]
    for session in sessions:
        assert_prints(session, tmp_path)
    assert sum(session.count("\n$ ") + 1 for session in sessions) >= 15


def test_the_python_examples_run_and_print_what_they_say() -> None:
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for number, block in enumerate(BLOCKS):
        if kind(block) == "examples":
            example = doctest.DocTestParser().get_doctest(block.text, {}, f"README {number}", "README.md", 0)
            runner.run(example)
    assert runner.summarize(verbose=False).failed == 0
    assert runner.tries > 5


def test_the_installation_is_that_of_pyproject_and_of_the_checks_of_every_change() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    installations = [block.text for block in BLOCKS if kind(block) == "installation"]
    for text in installations:
        assert f"python{project['requires-python'].removeprefix('>=')} -m venv" in text
        assert set(re.findall(r"\.\[(\w+)\]", text)) <= set(project["optional-dependencies"])
    # .ci/run finds the command by this text, and runs it
    assert sum("-e '.[test]'" in line for line in README.splitlines()) == 1
    assert any("-e '.[test]' && .venv/bin/python -m pytest\n" in text for text in installations)
    # and the first thing that an installed losscli does is the first thing that README shows
    first = re.findall(r"&& \.venv/bin/(losscli .*)", installations[0])
    assert [f"$ {line}" for line in first] == BLOCKS[0].text.splitlines()[:1]


def test_a_loss_is_added_by_the_readme_alone(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for folder in ("losscli", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    for file in ("README.md", "pyproject.toml"):
        shutil.copy(ROOT / file, tmp_path)
    in_the_copy = {"PYTHONPATH": str(tmp_path)}  # before what is installed, for the tests and for the program
    files = []
    for block in (block for block in BLOCKS if block.section == NEW):
        if kind(block) == "file":
            files.append(block.path)
            assert not (tmp_path / block.path).exists(), "README adds a loss that there is already"
            (tmp_path / block.path).write_text(block.text)
            check = f"ruff check --no-cache {block.path} && ruff format --no-cache --check {block.path}"
            assert "already formatted" in (found := shell(check, tmp_path)), found
        elif kind(block) == "session":
            _with_table(tmp_path / "README.md", shell("losscli list --format markdown", tmp_path, **in_the_copy))
            assert_prints(block.text, tmp_path, **in_the_copy)
        else:  # up to the library that is not installed here
            last = block.text.splitlines()[-1].replace(".torch/bin/python", sys.executable)
            found = shell(last, tmp_path, **in_the_copy)
            assert re.search(r"No module named '(torch|kornia)'|cases$", found), found
    assert [Path(file).parts[:2] for file in files] == [("losscli", "losses"), ("tests", "losses")]


def _with_table(readme: Path, table: str) -> None:
    """Do by hand what README asks for: the table of losses anew."""
    head = table.splitlines()[0]
    old = re.compile(rf"^{re.escape(head)}\n(\|.*\n)*", re.MULTILINE)
    readme.write_text(old.sub(lambda _: table, readme.read_text(), count=1))


@cache
def _rows() -> list[str]:
    return output("list", "--format", "markdown").splitlines()


@pytest.mark.parametrize("entry", ALL, ids=named)
def test_the_table_of_losses_has_a_row_for_it(entry: Entry) -> None:
    at = next(i for i, row in enumerate(_rows()) if row.startswith(f"| `{entry.name}` |"))
    if _rows()[at] not in README.splitlines():
        told = f"README.md needs this row in its table of losses, below that of {_rows()[at - 1].split(' |')[0][2:]}:"
        pytest.fail(f"{told}\n{_rows()[at]}", pytrace=False)


def test_the_table_of_losses_is_what_the_program_lists() -> None:
    section = README.partition("\n## Losses\n")[2].partition("\n## ")[0]
    assert [line for line in section.splitlines() if line.startswith("|")] == _rows(), (
        "replace it by what `losscli list --format markdown` prints"
    )


def test_exit_codes_are_those_of_the_help() -> None:
    text = " ".join(output("--help", COLUMNS="200").split())
    for code in re.findall(r"^\| (\d+) +\|", README, re.MULTILINE):
        assert re.search(rf"\b{code} ", text), code


def spans(text: str) -> Iterator[str]:
    """What stands as code in a text, outside its blocks."""
    for token in MarkdownIt().enable("table").parse(text):
        yield from (child.content for child in token.children or () if child.type == "code_inline")


@cache
def words_of_the_code() -> set[str]:
    files = [
        file for folder in ("losscli", "tests") for file in (ROOT / folder).rglob("*.py") if file != Path(__file__)
    ]
    return {word for file in files for word in re.findall(r"\w+", file.read_text())}


@pytest.mark.parametrize("page", MAPS)
def test_what_a_map_names_exists(page: str) -> None:
    """Its links, its paths, from its own folder or the top, and its names; NAME and FAMILY stand for any."""
    text, here = (ROOT / page).read_text(), (ROOT / page).parent
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert (here / link).exists(), link
    for span in spans(text):
        if re.fullmatch(r"\.?\w[\w.]*(/[\w.]+)*(/|\.(py|md|jsonl|gz))", span):
            path = re.sub("NAME|FAMILY|cauchy", "*", span).rstrip("/")
            assert any(any(folder.glob(path)) for folder in folders(here)), span
        elif page != "README.md" and (name := re.fullmatch(r"(\w+)(\(.*\))?", span)):
            assert name[1] in words_of_the_code() | {"NAME"}, span


def folders(here: Path) -> list[Path]:
    """Where a path may begin: at the map, at the top, and in README at the families, whose folder the text names."""
    return [here, ROOT, *(ROOT / "losscli" / "losses").iterdir()]
