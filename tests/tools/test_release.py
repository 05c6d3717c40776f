"""What may be published: a tag, a version and a changelog that agree."""

import subprocess
import sys

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


@pytest.fixture
def asked(tmp_path):
    """Ask about a tag, with a changelog that describes the version of the code."""
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(LOG.replace("1.2.3", __version__))

    def ask(*arguments: str) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "tools.release", "--changelog", changelog, *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    return ask


def test_the_notes_of_a_release_are_its_section_of_the_changelog(asked):
    """Without its heading, which the page has; nobody who does not ask gets them."""
    assert asked(f"v{__version__}", "--notes") == (0, "### Added\n\n- All.\n", "")
    assert asked(f"v{__version__}") == (0, "", "")


def test_what_may_not_be_published_has_no_notes(asked):
    """The reasons are no notes: they go elsewhere."""
    status, notes, reasons = asked("v9.9.9", "--notes")
    assert (status, notes, reasons.count("\n")) == (1, "", 1)
