"""The workflows in docs/deprecations.md do what the page says: their scripts run against the fake service."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from mistral_models.testing import base_model

from tests.cli.runner import ENTRY_POINT
from tests.conftest import ROOT

from .markdown import code_blocks

PAGE = ROOT / "docs" / "deprecations.md"
WORKFLOWS = {block.splitlines()[0].removeprefix("# "): yaml.safe_load(block) for block in code_blocks(PAGE, "yaml")}
"""The configuration files on the page, by their names."""
GH = """#!/bin/sh
echo "$*" >> gh.log
if [ "$2" = list ]; then cat issue-number; fi
"""
MAIL = """#!/bin/sh
cat > mail.txt
"""


class Runner:
    """Runs scripts as continuous integration does, in a repository; `pip`, `gh` and `mail` are replaced."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder / "repository"
        programs = folder / "programs"
        for each in (self.folder, programs):
            each.mkdir()
        for name, script in {"pip": "#!/bin/sh\n", "gh": GH, "mail": MAIL}.items():
            (programs / name).write_text(script)
            (programs / name).chmod(0o755)
        path = os.pathsep.join([str(programs), str(Path(ENTRY_POINT).parent), environment["PATH"]])
        self.environment = environment | {"PATH": path}
        self.write("issue-number", "")
        subprocess.run(["git", "init", "--quiet", self.folder], check=True)

    def write(self, name: str, content: str) -> None:
        (self.folder / name).write_text(content, encoding="utf-8")

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def __call__(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-e", "-c", script], cwd=self.folder, env=self.environment | variables,
            capture_output=True, encoding="utf-8", check=False, timeout=120,
        )  # fmt: skip

    def run_steps(self, steps: list[dict[str, Any]]) -> list[subprocess.CompletedProcess[str]]:
        """Run the steps of a job of GitHub Actions until one fails."""
        results = []
        for step in steps:
            if "run" in step:
                variables = {name: text for name, text in step.get("env", {}).items() if "${{" not in text}
                results.append(self(step["run"], **variables))
                if results[-1].returncode:
                    break
        return results


@pytest.fixture
def runner(program, tmp_path) -> Runner:
    return Runner(tmp_path, program.environment)


def steps(name: str, job: str) -> list[dict[str, Any]]:
    return WORKFLOWS[f".github/workflows/{name}.yml"]["jobs"][job]["steps"]


def test_the_job_for_pull_requests_writes_sarif_and_fails(runner):
    """A retired name is in the file for code scanning, and in an annotation."""
    runner.write("app.py", 'model = "mistral-large-2407"\n')
    *_, sarif, annotate = runner.run_steps(steps("models", "audit"))
    assert (sarif.returncode, annotate.returncode) == (0, 6)
    (result,) = json.loads(runner.read("models.sarif"))["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("MM001", "error")
    assert annotate.stdout.startswith("::error file=app.py,line=1,")


def test_the_job_of_gitlab_fails_with_the_exit_code_that_is_allowed(runner):
    """A retired name is a warning, another failure stops the pipeline."""
    job = WORKFLOWS[".gitlab-ci.yml"]["models"]
    script = "\n".join(job["script"])
    runner.write("app.py", 'model = "mistral-large-2407"\n')
    assert runner(script).returncode == job["allow_failure"]["exit_codes"]
    runner.write("app.py", "")
    assert runner(script).returncode == 0


def test_the_hooks_on_the_page_exist():
    """So do those that pre-commit offers."""
    (repository,) = WORKFLOWS[".pre-commit-config.yaml"]["repos"]
    offered = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert [hook["id"] for hook in repository["hooks"]] == [hook["id"] for hook in offered]


def test_the_scheduled_job_opens_one_issue_and_updates_it(runner):
    """Without a difference it does nothing; a later run finds the issue by its title."""
    runner("mistral-models list --json > models.json")
    job = steps("deprecations", "diff")
    assert [result.returncode for result in runner.run_steps(job)] == [0, 0, 0]
    assert not (runner.folder / "gh.log").exists()
    runner.write("models.json", json.dumps([*json.loads(runner.read("models.json")), base_model("mistral-old")]))
    assert [result.returncode for result in runner.run_steps(job)] == [0, 0, 0]
    assert "| `mistral-old` | gone |" in runner.read("changes.md")
    runner.write("issue-number", "17\n")
    runner.run_steps(job)
    called = [line.split(" --")[0] for line in runner.read("gh.log").splitlines()]
    assert called == ["issue list", "issue create", "issue list", "issue edit 17"]


def test_the_script_for_cron_mails_differences_and_errors(runner):
    """It mails nothing as long as nothing differs."""
    (script,) = (block for block in code_blocks(PAGE, "text") if block.startswith("#!/bin/sh"))
    script = script.replace("/srv/", "")
    runner("mistral-models list --json > models.json")
    runner(script)
    assert not (runner.folder / "mail.txt").exists()
    runner.write("models.json", json.dumps([*json.loads(runner.read("models.json")), base_model("mistral-old")]))
    runner(script)
    assert "mistral-old" in runner.read("mail.txt")
    runner.write("models.json", "{}")
    runner(script)
    assert "is not a list of models" in runner.read("mail.txt")


def test_the_scheduled_job_fails_before_a_model_in_use_retires(runner):
    """The last step gives two months of notice; a broken comparison is no success either."""
    runner("mistral-models list --json > models.json")
    runner.write("app.py", 'model = "mistral-ocr-2512"\n')
    job = steps("deprecations", "diff")
    assert [result.returncode for result in runner.run_steps(job)] == [0, 0, 6]
    runner.write("models.json", "{}")
    assert runner.run_steps(job)[-1].returncode == 2
