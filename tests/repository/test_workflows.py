"""The workflows and update rules in `.github/`: pinned actions, minimal permissions, every supported Python."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def parse(path: Path) -> dict[str, Any]:
    # The BaseLoader keeps `on` a string; other loaders read it as a boolean.
    workflow: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    return workflow


def supported_pythons() -> list[str]:
    """Read the versions from the classifiers."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [found[1] for each in project["classifiers"] if (found := re.fullmatch(r".* :: (3\.\d+)", each))]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(path):
    """A comment beside the commit gives the version."""
    actions = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
    assert actions
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action) for action in actions)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_permissions_are_minimal(path):
    """The default is to read; only jobs that never run for pull requests may write."""
    workflow = parse(path)
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        if "write" in job.get("permissions", {}).values() and "pull_request" in workflow["on"]:
            assert job["if"] == "github.event_name != 'pull_request'"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_steps_neither_keep_credentials_nor_expand_expressions_in_shells(path):
    """A title or a branch name that others choose reaches a shell only as an environment variable."""
    steps = [step for job in parse(path)["jobs"].values() for step in job["steps"]]
    assert steps
    for step in steps:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] == "false"
        assert "${{" not in step.get("run", "")


def test_every_supported_python_is_required():
    """CI runs all checks on each version that the classifiers name, and none of the jobs may fail."""
    jobs = parse(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]
    assert jobs["check"]["strategy"]["matrix"]["python"] == supported_pythons()
    assert not any("continue-on-error" in job for job in jobs.values())


def jobs_that_run(command: str) -> list[list[dict[str, Any]]]:
    """Return the steps of the jobs, of all workflows, in which one step is this command."""
    jobs = [job["steps"] for path in WORKFLOWS for job in parse(path)["jobs"].values()]
    return [steps for steps in jobs if any(step.get("run") == command for step in steps)]


def test_jobs_that_run_all_checks_install_the_shells():
    """With CI=true, the tests of completion fail without fish and zsh."""
    checking = jobs_that_run("make check")
    assert len(checking) == 2
    for steps in checking:
        installed = [step["run"].split()[-2:] for step in steps if "apt-get install" in step.get("run", "")]
        assert installed == [["fish", "zsh"]]


def test_the_build_is_tried_on_every_supported_python():
    """`make build` tries them, and each job that runs it installs them."""
    (pythons,) = re.findall(r"^PYTHONS \?= (.*)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert pythons.split() == [f"python{version}" for version in supported_pythons()]
    building = jobs_that_run("make build")
    assert len(building) == 2
    for steps in building:
        (setup,) = (step["with"] for step in steps if step.get("uses", "").startswith("actions/setup-python@"))
        assert setup["python-version"].split() == supported_pythons()


def test_every_dependency_is_updated():
    """Dependabot watches actions, Python packages and npm packages."""
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text("utf-8"))["updates"]
    assert {(update["package-ecosystem"], update["directory"]) for update in updates} == {
        ("github-actions", "/"),
        ("pip", "/"),
        ("npm", "/tests"),
    }


def test_the_documentation_names_the_issue_that_the_drift_workflow_opens():
    """The workflow finds its issue by the title."""
    (title,) = re.findall(r"TITLE: (.*)", (ROOT / ".github" / "workflows" / "drift.yml").read_text("utf-8"))
    assert f"*{title}*" in " ".join((ROOT / "docs" / "drift.md").read_text("utf-8").split())
