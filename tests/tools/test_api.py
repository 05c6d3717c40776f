"""Breaking changes of the public API must be announced in the changelog."""

import pkgutil
import subprocess
import sys
from pathlib import Path

import mistral_models
import pytest
from mistral_models import testing

from tests.conftest import ROOT
from tools.api import PUBLIC_MODULES

FILES = {
    "overlay/mistral_models/__init__.py": """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from . import models, operations
    from ._client import Client
__all__ = ["Client", "models", "operations"]
""",
    "overlay/mistral_models/_client.py": """
from ._private import Resource
from ._private import WAIT
class Client:
    def __init__(self, wait=1): ...
    @property
    def models(self) -> "Resource": ...
""",
    "overlay/mistral_models/models.py": "from mistral_models_raw.models import Card\n__all__ = ['Card']\n",
    "overlay/mistral_models/operations.py": "def kept(a, b=1): ...\ndef gone(): ...\n",
    "overlay/mistral_models/_private.py": """
WAIT = 1
class Resource:
    def list(self): ...
class Internal:
    elapsed = 1
""",
    "overlay/mistral_models/testing/__init__.py": "from ._factory import make\n__all__ = ['make']\n",
    "overlay/mistral_models/testing/_factory.py": "def make(): ...\n",
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
    write_changelog(tmp_path, "")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "--quiet", "-m", "one")
    git(tmp_path, "tag", "v1.0.0")
    return tmp_path


def change(repository: Path, name: str, before: str, after: str) -> None:
    text = (repository / name).read_text()
    assert before in text
    (repository / name).write_text(text.replace(before, after))


def write_changelog(repository: Path, entries: str, heading: str = "Unreleased") -> None:
    (repository / "CHANGELOG.md").write_text(f"# Changelog\n\n## {heading}\n\n{entries}")


def compare(repository: Path) -> subprocess.CompletedProcess[str]:
    """Run the comparison as `make architecture` does."""
    command = [sys.executable, "-m", "tools.api", "--repository", str(repository)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_an_unchanged_api_passes(repository):
    """The output names the release that it was compared with."""
    result = compare(repository)
    assert (result.returncode, result.stdout) == (
        0,
        "compared with v1.0.0: 0 breaking changes that CHANGELOG.md does not announce\n",
    )


@pytest.mark.parametrize(
    ("name", "before", "after", "expected"),
    [
        (*GONE, ["operations.gone"]),
        (
            f"{OVERLAY}/operations.py",
            "a, b=1",
            "a, c, b=1",
            ["operations.kept", "operations.kept"],
        ),  # the position of `b` changes
        (f"{OVERLAY}/__init__.py", '["Client", ', "[", ["_client.Client", "_private.Resource"]),
        (f"{OVERLAY}/_client.py", "wait=1", "", ["_client.Client"]),
        (f"{OVERLAY}/models.py", "['Card']", "[]", ["card.Card"]),
        ("generated/mistral_models_raw/models/card.py", "length", "longest", ["Card.length"]),
        ("generated/mistral_models_raw/model_base.py", "to_dict", "as_dict", ["Card.to_dict"]),
        (f"{OVERLAY}/testing/_factory.py", "make()", "make(a)", ["_factory.make"]),
    ],
    ids=[
        "removed",
        "arguments",
        "export",
        "constructor",
        "re-export",
        "attribute",
        "inherited",
        "module that the package does not export",
    ],
)
def test_an_unannounced_breaking_change_fails(repository, name, before, after, expected):
    """Removals and changed arguments are found wherever they are defined, with the name to announce them by."""
    change(repository, name, before, after)
    result = compare(repository)
    assert result.returncode == 1, result.stdout + result.stderr
    *found, _ = result.stdout.splitlines()
    assert [each.partition("announce it as `")[2].partition("` or ")[0] for each in found] == expected


def test_the_classes_of_public_attributes_are_compared(repository):
    """The class of a public attribute is public even if no module exports it."""
    change(repository, f"{OVERLAY}/_private.py", "def list(self)", "def list(self, page)")
    result = compare(repository)
    assert (result.returncode, "announce it as `Resource.list`" in result.stdout) == (1, True)


def test_a_class_that_is_not_exported_may_move(repository):
    """The module that defines a class is private."""
    change(repository, f"{OVERLAY}/_client.py", "from ._private import Resource", "from ._resource import Resource")
    change(repository, f"{OVERLAY}/_private.py", "class Resource:\n    def list(self): ...\n", "")
    (repository / OVERLAY / "_resource.py").write_text("class Resource:\n    def list(self): ...\n")
    assert compare(repository).returncode == 0


def test_private_modules_may_change(repository):
    """Names that no public name refers to are not compared."""
    change(repository, f"{OVERLAY}/_private.py", "WAIT = 1\n", "")
    change(repository, f"{OVERLAY}/_private.py", "elapsed", "duration")
    change(repository, f"{OVERLAY}/_client.py", "from ._private import WAIT\n", "")
    result = compare(repository)
    assert (result.returncode, result.stderr) == (0, ""), result.stdout


@pytest.mark.parametrize("name", ["gone", "operations.gone"])
@pytest.mark.parametrize("heading", ["Changed", "Removed"])
def test_an_announced_breaking_change_passes(repository, name, heading):
    """The changelog announces it by its qualified or plain name in backticks."""
    change(repository, *GONE)
    write_changelog(repository, f"### {heading}\n\n- `{name}` is no longer there.\n")
    assert compare(repository).returncode == 0


@pytest.mark.parametrize(
    "entries",
    [
        "### Added\n\n- Nothing for `gone`.\n",
        "### Removed\n\n- All the good times are gone.\n",
        "### Removed\n\n- `all that is gone`, and `Other.gone`.\n",
    ],
    ids=["another heading", "no backticks", "inside another name"],
)
def test_other_entries_announce_nothing(repository, entries):
    """A name under another heading, without backticks, or inside another name does not count."""
    change(repository, *GONE)
    write_changelog(repository, entries)
    assert compare(repository).returncode == 1


def test_a_release_is_compared_with_the_one_before_it(repository):
    """When a release is built, its own tag exists already and its section of the changelog has its version."""
    heading = "Unreleased\n\n## 1.1.0 - 2026-11-24"
    change(repository, *GONE)
    write_changelog(repository, "### Added\n\n- Nothing.\n", heading)
    for command in (["commit", "--quiet", "-a", "-m", "two"], ["tag", "v1.1.0"]):
        git(repository, *command)
    result = compare(repository)
    assert (result.returncode, "compared with v1.0.0: 1 breaking changes" in result.stdout) == (1, True)
    write_changelog(repository, "### Removed\n\n- `gone`.\n", heading)
    assert compare(repository).returncode == 0


def test_a_failure_of_git_is_an_error(repository):
    """A repository that cannot be read is not mistaken for one without releases."""
    (repository / ".git").rename(repository / "git")
    result = compare(repository)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("the API cannot be compared with the last release: fatal: not a git repository")


def test_before_the_first_release_there_is_nothing_to_compare(repository):
    """A repository without tags passes."""
    git(repository, "tag", "--delete", "v1.0.0")
    change(repository, *GONE)
    result = compare(repository)
    assert (result.returncode, result.stdout[:15]) == (0, "no release yet:")


def test_additions_pass(repository):
    """A new function and a new argument with a default are compatible."""
    change(repository, f"{OVERLAY}/operations.py", "b=1", "b=1, c=2")
    change(repository, f"{OVERLAY}/operations.py", "def gone", "def new(): ...\ndef gone")
    assert compare(repository).returncode == 0


def test_every_module_that_is_not_public_begins_with_an_underscore():
    """Only the listed modules, the command line and the pytest plugin have public names."""
    modules = {module.name for module in pkgutil.iter_modules(mistral_models.__path__)}
    submodules = {module.name for module in pkgutil.iter_modules(testing.__path__)}
    assert {name for name in modules if not name.startswith("_")} <= {*PUBLIC_MODULES, "cli"}
    assert {name for name in submodules if not name.startswith("_")} == {"fixtures"}
