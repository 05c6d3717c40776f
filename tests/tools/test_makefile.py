"""`make`, where Node is missing and where it comes later."""

import shutil
import subprocess

import pytest

from tests.conftest import ROOT

NEEDED = ("cat", "cp", "mkdir", "sh", "touch")
NPM = '#!/bin/sh\necho "$@" >> "${0%/*}/called"\n'


@pytest.fixture
def make(tmp_path):
    """Make something with the programs of a folder only, in an environment that is there already."""
    programs, venv = tmp_path / "programs", tmp_path / "venv"
    programs.mkdir()
    venv.mkdir()
    for name in NEEDED:
        (programs / name).symlink_to(str(shutil.which(name)))
    for stamp in ("pip", "runtime", "dev"):
        (venv / stamp).touch()

    def run(target: str) -> "subprocess.CompletedProcess[str]":
        command = [str(shutil.which("make")), "--silent", target, f"VENV={venv}"]
        return subprocess.run(
            command, cwd=ROOT, env={"PATH": str(programs)}, capture_output=True, text=True, check=False
        )

    return run


def npm(tmp_path) -> None:
    (tmp_path / "programs" / "npm").write_text(NPM)
    (tmp_path / "programs" / "npm").chmod(0o755)


def test_without_npm_nothing_is_stamped(make, tmp_path):
    """What can do without goes on; once npm is there it is called, and once only."""
    stamp = tmp_path / "venv" / "npm" / "ready"
    done = make(str(stamp))
    assert (done.returncode, stamp.exists()) == (0, False)
    assert done.stdout.startswith("npm is not installed")
    npm(tmp_path)
    for _ in range(2):
        assert make(str(stamp)).returncode == 0
        assert stamp.exists()
    assert (tmp_path / "programs" / "called").read_text().count("\n") == 1


@pytest.mark.parametrize("target", ["docs", "docs-serve"])
def test_without_node_the_documentation_says_what_it_needs(make, target):
    """In one line, before anything else is done."""
    done = make(target)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "the documentation needs Node 20" in done.stderr
