"""README is product: every command in it is run, in order, in one folder, and its output compared."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from losscli.catalogue import commands
from tests.command import ENVIRONMENT, PROGRAM, output

README = (Path(__file__).parent.parent / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def shell(command: str, cwd: Path) -> str:
    env = ENVIRONMENT | {"PATH": f"{Path(PROGRAM).parent}{os.pathsep}{ENVIRONMENT['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=cwd, env=env, text=True, check=False, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.stdout


def test_every_command_prints_what_the_readme_says(tmp_path: Path) -> None:
    count = 0
    for block in blocks("console"):
        for call in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = call.split("\n")
            while lines[0].endswith("\\"):
                lines[0:2] = [f"{lines[0]}\n{lines[1]}"]
            found = [line.rstrip() for line in shell(lines[0], tmp_path).rstrip("\n").split("\n")]
            assert found == [line.rstrip() for line in "\n".join(lines[1:]).rstrip("\n").split("\n")], lines[0]
            count += 1
    assert count >= 15


def test_the_python_examples_run_and_print_what_they_say(tmp_path: Path) -> None:
    import doctest

    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for number, block in enumerate(blocks("python")):
        if ">>>" in block:
            example = doctest.DocTestParser().get_doctest(block, {}, f"README {number}", "README.md", 0)
            runner.run(example)
    assert runner.summarize(verbose=False).failed == 0
    assert runner.tries > 5


def test_the_table_of_losses_is_what_the_program_lists() -> None:
    assert output("list", "--format", "markdown") in README
    for entry in commands():
        assert f"`{entry.name}`" in README


def test_exit_codes_are_those_of_the_help() -> None:
    text = " ".join(output("--help", COLUMNS="200").split())
    for code in re.findall(r"^\| (\d+) +\|", README, re.MULTILINE):
        assert re.search(rf"\b{code} ", text), code
