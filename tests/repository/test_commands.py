"""Every command that README.md, CONTRIBUTING.md, the documentation and the workflows mention exists."""

import re
import shlex
import shutil
import tomllib
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
from mistral_models.cli.program import NAME, program

from tests.conftest import ROOT
from tests.examples.markdown import PAGES, code_blocks
from tools.drift.__main__ import main as drift

# Pages that must have commands, so that a failure to find any does not pass.
WITH_COMMANDS = {
    "CONTRIBUTING.md",
    "README.md",
    "docs/cli.md",
    "docs/deprecations.md",
    "docs/drift.md",
    "docs/index.md",
    "docs/recording.md",
    "docs/testing.md",
}
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
TOOLS = {"opentelemetry-sdk", "opentelemetry-instrumentation-httpx"}
"""Other packages that a page installs."""
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]


def commands(path: Path) -> list[list[str]]:
    """Return the commands in the code blocks of a page, and those of make and of the program in its text."""
    lines = [
        line for language in ("sh", "console") for block in code_blocks(path, language) for line in block.splitlines()
    ]
    for block in code_blocks(path, "yaml"):
        lines += re.findall(rf"^[ -]*(?:run: )?((?:{NAME}|pip) .*?)(?: \|\| status=\$\?)?$", block, re.MULTILINE)
    lines += re.findall(rf"`((?:{NAME}|make) [^`]+)`", path.read_text("utf-8"))
    found = []
    for line in lines:
        plain = re.sub(r'"?\$\(|\)"?', " ; ", line.removeprefix("$ "))
        words = shlex.shlex(plain, posix=True, punctuation_chars=";|&<>")
        words.whitespace_split = True
        command: list[str] = []
        follows_redirection = False
        for word in [*words, ";"]:
            if set(word) <= set(";|&"):
                found.append(command)
                command = []
            elif not follows_redirection and word not in {"<", ">"}:
                command.append(word)
            follows_redirection = word in {"<", ">"}
    return [command for command in found if command]


def check(command: list[str]) -> None:
    """Fail if something that a command names does not exist."""
    name, *arguments = command
    match Path(name).name:
        case "make":
            assert {word for word in arguments if "=" not in word} <= TARGETS
        case "pip":
            for word in arguments[1:]:
                package, _, extras = word.rstrip("]").partition("[")
                assert package in {NAME, "."} | TOOLS
                assert {extra for extra in extras.split(",") if extra} <= EXTRAS.keys()
        case "mistral-models":
            context = click.Context(program)
            chosen = next(found for word in arguments if (found := program.get_command(context, word)))
            chosen.make_context(chosen.name, [word for word in arguments if word != chosen.name])
        case "python":
            assert arguments[0] == "-m"
            assert find_spec(arguments[1])
            if arguments[1] == "tools.drift":
                with pytest.raises(SystemExit, match=r"^0$"):
                    drift([*arguments[2:], "--help"])
        case "export":
            documented = (ROOT / "docs" / "configuration.md").read_text("utf-8")
            assert all(f"`{variable}`" in documented for variable, _, _ in (word.partition("=") for word in arguments))
        case other:
            assert other in {"cd", "eval", "source", "git"} or shutil.which(other) or other == "jq"


def check_all(path: Path) -> int:
    """Check the commands of a page and return how many there are."""
    found = commands(path)
    for command in found:
        check(command)
    return len(found)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_commands_of_a_page_exist(path):
    """So do their options: make targets, extras, subcommands and modules."""
    found = check_all(path)
    assert found or str(path.relative_to(ROOT)) not in WITH_COMMANDS


@pytest.mark.parametrize("path", [ROOT / ".ci" / "run", *sorted((ROOT / ".github" / "workflows").glob("*.yml"))])
def test_the_make_targets_of_ci_exist(path):
    """CI runs only targets that are in the Makefile."""
    targets = re.findall(r"\bmake ([a-z-]+)", re.sub(r"^\s*#.*", "", path.read_text("utf-8"), flags=re.MULTILINE))
    assert set(targets) <= TARGETS


def test_a_command_that_does_not_exist_is_found(tmp_path):
    """The check fails for each kind of command."""
    page = tmp_path / "page.md"
    for command in ("make tea", "pip install 'mistral-models[tea]'", "mistral-models list --tea", "python -m tea",
                    "export TEA=1", "brew-tea", "make demo | brew-tea"):  # fmt: skip
        page.write_text(f"```sh\n{command}  # hot\n```\n", "utf-8")
        with pytest.raises((AssertionError, click.UsageError)):
            check_all(page)
