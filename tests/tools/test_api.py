"""No break of the public API that nobody was told of."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

FILES = {
    "overlay/mistral_models/__init__.py": """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from . import models, operations
    from .client import Client
__all__ = ["Client", "models", "operations"]
""",
    "overlay/mistral_models/client.py": """
from .private import Resource
from .private import WAIT
class Client:
    def __init__(self, wait=1): ...
    @property
    def models(self) -> "Resource": ...
""",
    "overlay/mistral_models/models.py": "from mistral_models_raw.models import Card\n__all__ = ['Card']\n",
    "overlay/mistral_models/operations.py": "def kept(a, b=1): ...\ndef gone(): ...\n",
    "overlay/mistral_models/private.py": """
WAIT = 1
class Resource:
    def list(self): ...
class Spent:
    elapsed = 1
""",
    "overlay/mistral_models/testing/__init__.py": "from .make import make\n__all__ = ['make']\n",
    "overlay/mistral_models/testing/make.py": "def make(): ...\n",
    "generated/mistral_models_raw/__init__.py": "",
    "generated/mistral_models_raw/models/__init__.py": """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from .card import Card
__all__ = ("Card",)
""",
    "generated/mistral_models_raw/models/card.py": """
from ..model_base import ModelBase
class Card(ModelBase):
    length: int = 1
""",
    "generated/mistral_models_raw/model_base.py": "class ModelBase:\n    def to_dict(self): ...\n",
}
OVERLAY = "overlay/mistral_models"
GONE = f"{OVERLAY}/operations.py", "def gone(): ...\n", ""


def git(folder: Path, *arguments: str) -> None:
    names = ["-c", "user.name=n", "-c", "user.email=e"]
    subprocess.run(["git", "-C", str(folder), *names, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    """A library in a repository of its own, released once."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    describe(tmp_path, "")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "--quiet", "-m", "one")
    git(tmp_path, "tag", "v1.0.0")
    return tmp_path


def change(repository: Path, name: str, before: str, after: str) -> None:
    text = (repository / name).read_text()
    assert before in text
    (repository / name).write_text(text.replace(before, after))


def describe(repository: Path, said: str, heading: str = "Unreleased") -> None:
    (repository / "CHANGELOG.md").write_text(f"# Changelog\n\n## {heading}\n\n{said}")


def compare(repository: Path) -> subprocess.CompletedProcess[str]:
    """Ask what is broken."""
    command = [sys.executable, "-m", "tools.api", "--repository", str(repository)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_what_has_not_changed_breaks_nothing(repository):
    """And it is said what it was compared with."""
    done = compare(repository)
    assert (done.returncode, done.stdout) == (0, "compared with v1.0.0: 0 breaks that CHANGELOG.md does not announce\n")


@pytest.mark.parametrize(
    ("name", "before", "after", "broken"),
    [
        (*GONE, ["operations.gone"]),
        (f"{OVERLAY}/operations.py", "a, b=1", "a, c, b=1", ["operations.kept", "operations.kept"]),  # `b` has moved
        (f"{OVERLAY}/__init__.py", ', "operations"]', "]", ["mistral_models.operations"]),
        (f"{OVERLAY}/client.py", "wait=1", "", ["client.Client"]),
        (f"{OVERLAY}/models.py", "['Card']", "[]", ["card.Card"]),
        ("generated/mistral_models_raw/models/card.py", "length", "longest", ["Card.length"]),
        ("generated/mistral_models_raw/model_base.py", "to_dict", "as_dict", ["Card.to_dict"]),
        (f"{OVERLAY}/testing/make.py", "make()", "make(a)", ["make.make"]),
    ],
    ids=["removed", "arguments", "export", "constructor", "re-export", "attribute", "inherited", "beside a module"],
)
def test_a_break_that_nobody_announced_fails(repository, name, before, after, broken):
    """What is gone, and what takes other arguments, wherever it is written; the name to announce it by is given."""
    change(repository, name, before, after)
    done = compare(repository)
    assert done.returncode == 1, done.stdout + done.stderr
    *found, _ = done.stdout.splitlines()
    assert [each.partition("announce it as `")[2].partition("` or ")[0] for each in found] == broken


def test_what_public_names_lead_to_is_compared_too(repository):
    """The class of an attribute is public without being exported."""
    change(repository, f"{OVERLAY}/private.py", "def list(self)", "def list(self, page)")
    done = compare(repository)
    assert (done.returncode, "announce it as `Resource.list`" in done.stdout) == (1, True)


def test_where_it_is_written_is_private(repository):
    """A class that public names lead to may move."""
    change(repository, f"{OVERLAY}/client.py", "from .private import Resource", "from .resource import Resource")
    change(repository, f"{OVERLAY}/private.py", "class Resource:\n    def list(self): ...\n", "")
    (repository / OVERLAY / "resource.py").write_text("class Resource:\n    def list(self): ...\n")
    assert compare(repository).returncode == 0


def test_what_no_public_name_leads_to_is_private(repository):
    """A module that is not exported may change, whatever its names."""
    change(repository, f"{OVERLAY}/private.py", "WAIT = 1\n", "")
    change(repository, f"{OVERLAY}/private.py", "elapsed", "passed")
    change(repository, f"{OVERLAY}/client.py", "from .private import WAIT\n", "")
    done = compare(repository)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


@pytest.mark.parametrize("name", ["gone", "operations.gone"])
@pytest.mark.parametrize("heading", ["Changed", "Removed"])
def test_a_break_that_is_announced_passes(repository, name, heading):
    """By its name in backticks, with or without what it belongs to."""
    change(repository, *GONE)
    describe(repository, f"### {heading}\n\n- `{name}` is no longer there.\n")
    assert compare(repository).returncode == 0


@pytest.mark.parametrize(
    "said",
    [
        "### Added\n\n- Nothing for `gone`.\n",
        "### Removed\n\n- All the good times are gone.\n",
        "### Removed\n\n- `all that is gone`, and `Other.gone`.\n",
    ],
    ids=["elsewhere", "a word", "in other names"],
)
def test_other_words_announce_nothing(repository, said):
    """Under another heading, without backticks, or as a part of something else."""
    change(repository, *GONE)
    describe(repository, said)
    assert compare(repository).returncode == 1


def test_a_release_is_compared_with_the_one_before_it(repository):
    """Its own tag stands already when it is built, and its section of the changelog is no longer `Unreleased`."""
    heading = "Unreleased\n\n## 1.1.0 - 2026-11-24"
    change(repository, *GONE)
    describe(repository, "### Added\n\n- Nothing.\n", heading)
    for command in (["commit", "--quiet", "-a", "-m", "two"], ["tag", "v1.1.0"]):
        git(repository, *command)
    done = compare(repository)
    assert (done.returncode, "compared with v1.0.0: 1 breaks" in done.stdout) == (1, True)
    describe(repository, "### Removed\n\n- `gone`.\n", heading)
    assert compare(repository).returncode == 0


def test_where_git_refuses_nothing_passes_for_good(repository):
    """That there was no release is one thing, that nobody could look is another."""
    (repository / ".git").rename(repository / "git")
    done = compare(repository)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("the API cannot be compared with the last release: fatal: not a git repository")


def test_before_the_first_release_there_is_nothing_to_compare(repository):
    """No tag, no break."""
    git(repository, "tag", "--delete", "v1.0.0")
    change(repository, *GONE)
    done = compare(repository)
    assert (done.returncode, done.stdout[:15]) == (0, "no release yet:")


def test_additions_break_nothing(repository):
    """A new function, a new argument with a default."""
    change(repository, f"{OVERLAY}/operations.py", "b=1", "b=1, c=2")
    change(repository, f"{OVERLAY}/operations.py", "def gone", "def new(): ...\ndef gone")
    assert compare(repository).returncode == 0
