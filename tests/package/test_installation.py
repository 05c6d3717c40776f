"""The package works after each way to install it."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from mistral_models.testing import catalogue

from tests.conftest import ROOT
from tools.installation import isolated_environment

PROGRAM = (
    "from mistral_models.testing import FakeMistral\n"
    "with FakeMistral().client() as mistral: print(len(mistral.models.list().data))\n"
)


def run(*command: object, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, **options)


@pytest.fixture(scope="module")
def library(wheel, tmp_path_factory) -> Path:
    """An environment with the wheel and its required dependencies."""
    folder = tmp_path_factory.mktemp("library")
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "pip", "install", "--quiet", wheel], check=True)
    return folder


def test_the_library_works_with_its_three_dependencies(library):
    """A program runs against the fake service, with warnings as errors."""
    result = run(library / "bin" / "python", "-I", "-W", "error", "-c", PROGRAM)
    assert (result.stdout, result.stderr) == (f"{len(catalogue())}\n", "")


def test_without_the_extra_the_command_names_the_extra(library):
    """One line says what to install, and the exit code is 2."""
    result = run(library / "bin" / "mistral-models")
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "mistral-models[cli]" in result.stderr


def install_from_clone(installer: str, folder: Path) -> Path:
    """Install the package with the extra `cli` into a new environment, and return the folder of its programs."""
    venv.create(folder, with_pip=installer == "pip")
    programs = folder / "bin"
    if installer == "pip":
        command = [programs / "pip", "install", "--quiet", ".[cli]"]
    else:
        uv = Path(sys.executable).parent / "uv"
        command = [uv, "pip", "install", "--quiet", "--python", programs / "python", ".[cli]"]
    result = run(*command, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    return programs


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_the_extra_installs_a_working_command_from_a_clone(installer, tmp_path):
    """`pip install '.[cli]'` and `uv pip install '.[cli]'` need nothing else."""
    programs = install_from_clone(installer, tmp_path / "environment")
    result = run(programs / "mistral-models", "--demo", "list", "--jsonl")
    assert (result.returncode, result.stdout.count("\n"), result.stderr) == (0, len(catalogue()), "")


@pytest.mark.parametrize(
    "commands",
    [
        pytest.param(["init --bare .", "add {options} mistral-models[cli]", "run mistral-models {demo}"], id="uv add"),
        pytest.param(["tool run {options} --from mistral-models[cli] mistral-models {demo}"], id="uvx"),
    ],
)
def test_uv_installs_the_wheel_of_an_index(commands, wheel, tmp_path):
    """The commands of the documentation work with a folder of wheels in place of the package index."""
    for command in commands:
        arguments = command.format(options=f"--find-links {wheel.parent}", demo="--demo list --jsonl").split()
        result = run(Path(sys.executable).parent / "uv", *arguments, cwd=tmp_path, env=isolated_environment())
        assert result.returncode == 0, result.stderr
    assert result.stdout.count("\n") == len(catalogue())


def test_pyright_knows_every_public_type(tmp_path):
    """Type completeness is 100% for the installed package; types that httpx leaves unknown do not count."""
    programs = install_from_clone("uv", tmp_path / "environment")
    pyright = Path(sys.executable).parent / "pyright"
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    result = run(pyright, "--verifytypes", "mistral_models", "--ignoreexternal", cwd=tmp_path, env=environment)
    assert "Type completeness score: 100%" in result.stdout, result.stdout


def test_make_build_tries_each_python_with_the_newest_and_the_oldest_dependencies(wheel):
    """In CI a Python that is not installed is an error, after the others have been tried."""
    command = [sys.executable, "-m", "tools.installation", wheel.parent, "python-missing", sys.executable]
    result = run(*command, cwd=ROOT, env={**os.environ, "CI": "true"})
    assert (result.returncode, result.stdout.splitlines()) == (
        1,
        [
            "python-missing: not on this machine",
            f"{sys.executable}, newest dependencies: works",
            f"{sys.executable}, oldest dependencies: works",
        ],
    )
