"""What is built is tried with the Pythons that are asked for."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

# Instead of a Python: it makes environments whose programs all succeed.
PYTHON = """#!/bin/sh
test "$2" = venv || exit 0
mkdir -p "$3/bin"
for name in pip python mistral-models; do printf '#!/bin/sh\\n' > "$3/bin/$name"; chmod +x "$3/bin/$name"; done
"""


@pytest.fixture
def installs(tmp_path):
    """Ask for some Pythons, of which one is there; no environment is real."""
    for name in ("mistral_models", "mistral_models.cli"):
        (tmp_path / f"{name}-1.2.3-py3-none-any.whl").touch()
    (tmp_path / "python-here").write_text(PYTHON)
    (tmp_path / "python-here").chmod(0o755)

    def run(ci: str, *pythons: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "CI": ci}
        command = [sys.executable, "-m", "tools.installs", tmp_path, *pythons]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    return run


def test_a_python_that_is_there_is_tried_with_the_newest_and_the_oldest_dependencies(installs):
    """One line for each."""
    done = installs("true", "python-here")
    lines = [f"python-here, {name} dependencies: works" for name in ("newest", "oldest")]
    assert (done.returncode, done.stdout.splitlines()) == (0, lines)


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_a_python_that_is_not_there_is_an_error_where_ci_is_true(installs, ci, status):
    """Elsewhere a line says so; in any case the others are tried."""
    done = installs(ci, "python-nowhere", "python-here")
    assert done.returncode == status
    assert "python-nowhere: not on this machine\n" in done.stdout
    assert done.stdout.count("python-here") == 2


def test_where_no_python_is_there_nothing_was_tried(installs):
    """Which is an error everywhere."""
    assert installs("", "python-nowhere").returncode == 1
