"""A project in a folder of its own, which is the working directory."""

import json
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cli.runner import Cli, Result
from tests.cli.services import DATA

LISTED = str(DATA / "list-2026-10-08.json")
"""What the service listed in October 2026."""


class Audit(NamedTuple):
    """The outcome of `audit --json`."""

    exit_code: int
    report: dict[str, Any]
    stderr: str

    @property
    def findings(self) -> list[dict[str, Any]]:
        return self.report["findings"]

    @property
    def names(self) -> list[tuple[str, str, str]]:
        """File, name and status of each finding."""
        return [(each["file"], each["name"], each["status"]) for each in self.findings]

    @property
    def levels(self) -> dict[str, str]:
        """The level of the last finding in each file."""
        return {each["file"]: each["level"] for each in self.findings}


class Project:
    """A folder with files, and the command line in it."""

    def __init__(self, folder: Path, cli: Cli) -> None:
        self.folder = folder
        self.cli = cli

    def write(self, name: str, content: str | bytes) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def run(self, *arguments: str, **options: Any) -> Result:
        """Run `audit` with the list of October 2026, and the date of that list."""
        return self.cli("audit", "--catalogue", LISTED, "--as-of", "2026-10-08", *arguments, **options)

    def audit(self, *arguments: str, **options: Any) -> Audit:
        """The same with `--json`."""
        result = self.run("--json", *arguments, **options)
        assert result.stdout, result.stderr
        return Audit(result.exit_code, json.loads(result.stdout), result.stderr)

    def git(self, *arguments: str) -> None:
        identity = ("-c", "user.name=test", "-c", "user.email=test@example.com")
        subprocess.run(["git", *identity, *arguments], cwd=self.folder, check=True, capture_output=True)

    def commit(self) -> None:
        """Make the folder a repository, and commit everything."""
        self.git("init", "--quiet")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "all")


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Project(folder, Cli(tmp_path / "home"))
