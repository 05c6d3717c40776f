"""A version may be published if its tag, the code and the changelog agree."""

import subprocess
import sys

import pytest
from mistral_models import __version__

from tests.conftest import ROOT
from tools.release import problems

LOG = (
    "# Changelog\n\n## Unreleased\n\n## 1.2.3 - 2026-11-22\n\n### Added\n\n- All.\n\n## 1.2.2 - 2026-01-01\n\n- Less.\n"
)


def test_a_release_that_the_changelog_describes_may_be_published():
    """There are no problems if tag, version and changelog name the same release."""
    assert problems("v1.2.3", "1.2.3", LOG) == []


@pytest.mark.parametrize(
    ("tag", "version", "changelog", "reason"),
    [
        ("v1.2.4", "1.2.3", LOG, "the tag is v1.2.4, the version 1.2.3"),
        ("1.2.3", "1.2.3", LOG, "the tag is 1.2.3"),
        ("v1.2.4", "1.2.4", LOG, "has no heading '## 1.2.4 - YYYY-MM-DD'"),
        ("v1.2.3", "1.2.3", LOG.replace(" - 2026-11-22", ""), "has no heading"),
        ("v1.2.3", "1.2.3", LOG.replace("### Added\n\n- All.\n\n", ""), "has no entries for 1.2.3"),
        ("v1.2.3", "1.2.3", LOG.replace("Unreleased\n", "Unreleased\n\n- More.\n"), "has unreleased entries"),
    ],
)
def test_each_disagreement_is_a_problem(tag, version, changelog, reason):
    """One sentence explains each problem."""
    (found,) = problems(tag, version, changelog)
    assert reason in found


@pytest.fixture
def release(tmp_path):
    """Return a function that runs `tools.release` with a changelog that describes the version of the code."""
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(LOG.replace("1.2.3", __version__))

    def run(*arguments: str) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "tools.release", "--changelog", changelog, *arguments]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return result.returncode, result.stdout, result.stderr

    return run


def test_the_release_notes_are_the_section_of_the_changelog(release):
    """They are printed without the heading, and only with `--notes`."""
    assert release(f"v{__version__}", "--notes") == (0, "### Added\n\n- All.\n", "")
    assert release(f"v{__version__}") == (0, "", "")


def test_a_release_with_problems_has_no_notes(release):
    """The problems go to standard error, so they cannot end up in the notes."""
    exit_code, notes, reasons = release("v9.9.9", "--notes")
    assert (exit_code, notes, reasons.count("\n")) == (1, "", 1)
