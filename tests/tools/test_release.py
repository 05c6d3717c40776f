"""What may be published: a tag, a version and a changelog that agree, and no break that nobody was told of."""

import subprocess
import sys
from typing import Any

import pytest
from mistral_models import __version__

from tests.conftest import ROOT
from tools.release import apart, problems, versions

LOG = (
    "# Changelog\n\n## Unreleased\n\n## 1.2.3 - 2026-11-22\n\n### Added\n\n- All.\n\n## 1.2.2 - 2026-01-01\n\n- Less.\n"
)


def test_a_release_that_is_described_may_be_published():
    """Tag, version and changelog name the same."""
    assert problems("v1.2.3", "1.2.3", LOG) == []


@pytest.mark.parametrize(
    ("tag", "version", "changelog", "reason"),
    [
        ("v1.2.4", "1.2.3", LOG, "the tag is v1.2.4, the version 1.2.3"),
        ("1.2.3", "1.2.3", LOG, "the tag is 1.2.3"),
        ("v1.2.4", "1.2.4", LOG, "has no heading '## 1.2.4 - YYYY-MM-DD'"),
        ("v1.2.3", "1.2.3", LOG.replace(" - 2026-11-22", ""), "has no heading"),
        ("v1.2.3", "1.2.3", LOG.replace("### Added\n\n- All.\n\n", ""), "says nothing about 1.2.3"),
        ("v1.2.3", "1.2.3", LOG.replace("Unreleased\n", "Unreleased\n\n- More.\n"), "has unreleased entries"),
    ],
)
def test_what_does_not_agree_is_named(tag, version, changelog, reason):
    """One sentence for each reason."""
    (found,) = problems(tag, version, changelog)
    assert reason in found


def test_the_library_and_its_command_line_have_one_version_and_ask_for_it():
    """In the tree as it is; what has another is named."""
    assert apart(__version__, versions()) == []
    found = apart("9.0.0", versions())
    assert len(found) == 3
    assert all(f" {__version__}, the version is 9.0.0" in each for each in found)


BEFORE = "def kept(a, b=1): ...\ndef gone(): ...\n"


def git(folder, *arguments: str) -> None:
    names = ["-c", "user.name=n", "-c", "user.email=e"]
    subprocess.run(["git", "-C", str(folder), *names, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    """A package in a repository of its own, released once."""
    package = tmp_path / "overlay" / "mistral_models"
    package.mkdir(parents=True)
    (tmp_path / "generated").mkdir()
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n")
    (package / "__init__.py").write_text(BEFORE)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "--quiet", "-m", "one")
    git(tmp_path, "tag", "v1.0.0")
    return tmp_path


def compare(repository, code: str, changelog: str = "", heading: str = "Unreleased") -> Any:
    """Change the code, and ask what that breaks."""
    (repository / "overlay" / "mistral_models" / "__init__.py").write_text(code)
    (repository / "CHANGELOG.md").write_text(f"# Changelog\n\n## {heading}\n\n{changelog}")
    command = [sys.executable, "-m", "tools.api", "--repository", str(repository)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_break_that_nobody_announced_fails(repository):
    """What is gone, and what takes other arguments, by name."""
    done = compare(repository, "def kept(a, c, b=1): ...\n")
    assert done.returncode == 1
    assert "gone" in done.stdout
    assert "kept" in done.stdout
    assert "compared with v1.0.0: 3 breaks" in done.stdout  # `b` has moved as well


def test_a_break_that_is_announced_passes(repository):
    """By its name, under Changed or Removed; elsewhere it does not count."""
    assert compare(repository, "def kept(a, b=1): ...\n", "### Removed\n\n- `gone` is gone.\n").returncode == 0
    assert compare(repository, "def kept(a, b=1): ...\n", "### Added\n\n- Nothing for `gone`.\n").returncode == 1


def test_a_release_is_compared_with_the_one_before_it(repository):
    """Its own tag stands already when it is built, and its section of the changelog is no longer `Unreleased`."""
    heading = "Unreleased\n\n## 1.1.0 - 2026-11-24"
    compare(repository, "def kept(a, b=1): ...\n")
    for command in (["commit", "--quiet", "-a", "-m", "two"], ["tag", "v1.1.0"]):
        git(repository, *command)
    done = compare(repository, "def kept(a, b=1): ...\n", "### Added\n\n- Nothing.\n", heading)
    assert (done.returncode, "compared with v1.0.0: 1 breaks" in done.stdout) == (1, True)
    assert compare(repository, "def kept(a, b=1): ...\n", "### Removed\n\n- `gone`.\n", heading).returncode == 0


def test_where_git_refuses_nothing_passes_for_good(repository):
    """That there was no release is one thing, that nobody could look is another."""
    (repository / ".git").rename(repository / "git")
    done = compare(repository, BEFORE)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("the API cannot be compared with the last release: fatal: not a git repository")


def test_before_the_first_release_there_is_nothing_to_compare(repository):
    """No tag, no break."""
    git(repository, "tag", "--delete", "v1.0.0")
    done = compare(repository, "")
    assert (done.returncode, done.stdout[:15]) == (0, "no release yet:")


def test_additions_break_nothing(repository):
    """A new function, a new argument with a default."""
    assert compare(repository, BEFORE.replace("b=1", "b=1, c=2") + "def new(): ...\n").returncode == 0
