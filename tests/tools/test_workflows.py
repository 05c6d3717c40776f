"""What runs on the project's own CI: nothing that can change under it, and no more rights than needed."""

import re
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def workflow(path: Any) -> dict[str, Any]:
    # BaseLoader: `on` is a word here.
    return yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_digest(path):
    """With the version beside it, for people."""
    used = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
    assert used
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in used)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_only_what_never_runs_for_a_pull_request_may_write(path):
    """Forks have no token that could."""
    found = workflow(path)
    assert found["permissions"] == {"contents": "read"}
    for job in found["jobs"].values():
        if "write" in job.get("permissions", {}).values():
            assert job["if"] == "github.event_name != 'pull_request'"
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] == "false"
            # What others can choose reaches a shell through the environment only.
            assert "${{" not in step.get("run", "")


def test_the_issue_that_the_documentation_names_is_the_one_that_is_opened():
    """By its title it is found again the next night."""
    (title,) = re.findall(r"TITLE: (.*)", (ROOT / ".github" / "workflows" / "drift.yml").read_text(encoding="utf-8"))
    assert f"*{title}*" in " ".join((ROOT / "docs" / "drift.md").read_text(encoding="utf-8").split())


def steps(word: str) -> list[list[dict[str, Any]]]:
    """The steps of the jobs that run a command."""
    jobs = [job["steps"] for path in WORKFLOWS for job in workflow(path)["jobs"].values()]
    return [found for found in jobs if any(word in step.get("run", "") for step in found)]


def test_what_is_built_is_tried_with_every_python():
    """Those of the Makefile are set up; no job asks for fewer."""
    (pythons,) = re.findall(r"^PYTHONS \?= (.*)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    jobs = steps("make build")
    assert len(jobs) == 2
    for job in jobs:
        (there,) = (step["with"]["python-version"] for step in job if "actions/setup-python@" in step.get("uses", ""))
        assert [f"python{version}" for version in there.split()] == pythons.split()
        assert [step["run"] for step in job if "make build" in step.get("run", "")] == ["make build"]


def test_the_page_of_a_release_has_what_the_changelog_says_and_is_made_once():
    """A run after it leaves it as it is, as the head of the workflow says."""
    (build,) = steps("tools.release")
    assert any(step.get("run", "").endswith('tools.release "$GITHUB_REF_NAME" --notes > notes.md') for step in build)
    (page,) = steps("gh release create")
    (kept,) = (step["with"] for step in build if step.get("with", {}).get("path") == "notes.md")
    assert kept["name"] in [step.get("with", {}).get("name") for step in page]
    (made,) = (step["run"] for step in page if "run" in step)
    assert made.startswith('gh release view "$GITHUB_REF_NAME" ||')
    assert "--notes-file notes.md" in made
