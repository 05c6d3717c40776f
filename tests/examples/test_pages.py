"""What README.md and the documentation show is so."""

import ast
import re
import shlex
import shutil
import tomllib
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
from mistral_models.cli.program import NAME, program
from mistral_models.testing import FakeMistral
from sybil import Document
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser

from tests.conftest import ROOT
from tools.drift.__main__ import main as drift

# What the blocks of each page send, all of them in their order in one program, and some of what they print.
PAGES = {
    "README.md": ("list", "codestral-2508 base"),
    "docs/archiving.md": ("archive unarchive list delete", "True ft:open-mistral-7b"),
    "docs/async.md": ("list retrieve", "('mistral-small-2603', 'mistral-medium-latest')\n50\n50 50\n"),
    "docs/errors.md": ("retrieve delete update", "no such model: Model no-such-model not found"),
    "docs/index.md": ("list retrieve update", "triage-v2\nModel no-such-model not found (404 Not Found"),
    "docs/listing.md": ("list retrieve", "21 models from 50 entries"),
    "docs/many.md": ("archive list update unarchive", "archived: ft:codestral-2508:587a6b29:20240514:3200ef7b"),
    "docs/moving.md": ("list retrieve", "50\nmistral-small-2603\n404 Model no-such-model not found"),
    "docs/network.md": ("", "Mistral(server_url='https://fr.example.com/mistral')"),
    "docs/recording.md": ("list retrieve", "Counter({('list', 200): 1, ('retrieve', 200): 1})"),
    "docs/renaming.md": ("update", "ClassifierFineTunedModel ['negative', 'neutral', 'positive']"),
    "docs/retries.md": ("list", "50\n50\n200 1 "),
}
# They are run below, and by tests/testing/test_documentation.py.
ELSEWHERE = {"docs/testing.md", "docs/cluster.md"}
TEXTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "examples" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
# Those with commands.
TYPED = {"README.md", "docs/cli.md", "docs/drift.md", "docs/index.md", "docs/recording.md", "docs/testing.md"}
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]


def blocks(path: Path, language: str, text: str | None = None) -> Document:
    document = Document(path.read_text("utf-8") if text is None else text, str(path))
    for region in CodeBlockParser(language, PythonEvaluator())(document):
        document.add(region)
    return document


def test_every_page_with_a_program_is_run():
    """In this module or in another, by name."""
    found = {str(path.relative_to(ROOT)) for path in TEXTS if list(blocks(path, "python"))}
    assert found == PAGES.keys() | ELSEWHERE


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("page", PAGES)
def test_the_programs_of_a_page_run(page, fake, capsys):
    """One after the other as they stand there, against the fake service in place of the real one."""
    sent, printed = PAGES[page]
    path = ROOT / page
    # The reader fills in the key.
    for example in blocks(path, "python", path.read_text("utf-8").replace('"…"', f'"{fake.api_key}"')):
        example.evaluate()
    assert printed in capsys.readouterr().out
    assert list(dict.fromkeys(request.operation for request in fake.requests)) == sent.split()


def test_the_test_on_the_page_about_testing_passes():
    """The one that needs code of the reader's, here: what archives all that is fine-tuned."""

    def archive_all(mistral):
        for card in mistral.models.list().data:
            if card.type == "fine-tuned":
                mistral.models.archive(model_id=card.id)

    (shown,) = (one for one in blocks(ROOT / "docs" / "testing.md", "python") if "(fake_mistral)" in one.parsed)
    shown.namespace["archive_all"] = archive_all
    shown.evaluate()
    fake = FakeMistral()
    shown.namespace["test_archive_all"](fake)
    assert fake.count("archive") == 4


def test_the_program_on_the_page_about_clusters_runs(program, fake, tmp_path):
    """All of it as it stands, as a script: four processes of workers archive what is fine-tuned."""
    script = tmp_path / "page.py"
    script.write_text("\n".join(one.parsed for one in blocks(ROOT / "docs" / "cluster.md", "python")), "utf-8")
    done = program(script)
    tuned = [model["id"] for model in fake.models if model["type"] == "fine-tuned"]
    assert ast.literal_eval(done.stdout) == dict.fromkeys(tuned, "archived")
    assert fake.count("archive") == len(tuned) > 0


def test_no_docstring_holds_a_program():
    """Programs are on the pages and in `examples/`, where they are run; one in a docstring would not be."""
    sources = {path.name: path.read_text("utf-8") for path in (ROOT / "overlay").rglob("*.py")}
    assert "client.py" in sources
    assert not [name for name, source in sources.items() if re.search(r"^\s*(>>>|```)", source, re.MULTILINE)]


def commands(path: Path) -> list[list[str]]:
    """What a page says to type: in blocks, and the program's own name in the text."""
    shown = [
        line for language in ("sh", "console") for one in blocks(path, language) for line in one.parsed.splitlines()
    ]
    shown += re.findall(rf"`({NAME} [^`]+)`", path.read_text("utf-8"))
    found = []
    for line in shown:
        plain = re.sub(r'"?\$\(|\)"?', " ; ", line.removeprefix("$ "))
        words = shlex.shlex(plain, posix=True, punctuation_chars=";|&<>")
        words.whitespace_split = True
        command: list[str] = []
        for word in [*words, ";"]:
            if set(word) <= set(";|&"):
                found.append(command)
                command = []
            else:
                command.append(word)
    return [command for command in found if command]


def check(command: list[str]) -> None:
    """Fail if what a command names does not exist."""
    name, *arguments = command
    match Path(name).name:
        case "make":
            assert {word for word in arguments if "=" not in word} <= TARGETS
        case "pip":
            for word in arguments[1:]:
                package, _, extras = word.rstrip("]").partition("[")
                assert package == NAME
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
            assert arguments[0].partition("=")[0] == "MISTRAL_API_KEY"
        case other:
            assert other in {"cd", "eval", "source"} or shutil.which(other) or other == "jq"


def check_all(path: Path) -> int:
    """Check what a page says to type; returns how many commands that is."""
    found = commands(path)
    for command in found:
        check(command)
    return len(found)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_commands_of_a_page_exist(path):
    """With their options: targets of make, extras, commands of the program, modules."""
    found = check_all(path)
    assert found or str(path.relative_to(ROOT)) not in TYPED


def test_a_command_that_does_not_exist_is_found(tmp_path):
    """By each of the kinds."""
    page = tmp_path / "page.md"
    for command in ("make tea", "pip install 'mistral-models[tea]'", "mistral-models list --tea", "python -m tea",
                    "export TEA=1", "brew-tea", "make demo | brew-tea"):  # fmt: skip
        page.write_text(f"```sh\n{command}  # hot\n```\n", "utf-8")
        with pytest.raises((AssertionError, click.UsageError)):
            check_all(page)
