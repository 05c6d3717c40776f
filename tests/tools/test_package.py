"""The wheel: what it holds, and that it works where nothing else is."""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_both_packages_and_nothing_else(wheel):
    """Both are marked as typed (PEP 561)."""
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {
        "mistral_models", "mistral_models_raw",
    }  # fmt: skip
    assert {"mistral_models/py.typed", "mistral_models_raw/py.typed"} <= names


def test_building_twice_gives_the_same_bytes(wheel, tmp_path):
    """From a copy elsewhere, too; and the tools of the package index have nothing to say."""
    copy = tmp_path / "elsewhere"
    ignored = shutil.ignore_patterns(".*", "build", "dist", "__pycache__")
    shutil.copytree(ROOT, copy, ignore=ignored)
    tools = Path(sys.executable).parent
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path / "dist"), str(copy)]
    subprocess.run(command, check=True, capture_output=True)
    source, again = sorted((tmp_path / "dist").iterdir(), key=lambda path: path.suffix)
    assert again.read_bytes() == wheel.read_bytes()
    top = "mistral_models,mistral_models_raw"
    for check in ([tools / "twine", "check", "--strict", again, source],
                  [tools / "check-wheel-contents", "--toplevel", top, again]):  # fmt: skip
        result = subprocess.run(check, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory) -> Path:
    """An environment that holds the wheel, and what it asks for."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, with_pip=True)
    subprocess.run(
        [folder / "bin" / "python", "-m", "pip", "install", "--quiet", wheel], check=True, capture_output=True
    )
    return folder


def test_the_wheel_works_in_an_empty_environment(environment):
    """It brings the three dependencies that it names, and runs against its own fake service."""
    program = (
        "from mistral_models.testing import FakeMistral\n"
        "with FakeMistral().client() as mistral: print(len(mistral.models.list().data))\n"
    )
    command = [environment / "bin" / "python", "-I", "-W", "error", "-c", program]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr) == ("13\n", "")


def test_without_its_extra_the_program_says_what_to_install(environment):
    """It is there, and ends with status 2."""
    result = subprocess.run([environment / "bin" / "mistral-models"], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "mistral-models[cli]" in result.stderr


@pytest.fixture(scope="module")
def complete(wheel, environment) -> Path:
    """The same environment with the extra, too."""
    command = [environment / "bin" / "python", "-m", "pip", "install", "--quiet", f"{wheel}[cli]"]
    subprocess.run(command, check=True, capture_output=True)
    return environment


def test_its_extra_brings_the_program(complete):
    """Which runs against its own service."""
    command = [complete / "bin" / "mistral-models", "--demo", "list", "--jsonl"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout.count("\n"), result.stderr) == (0, 13, "")


def test_every_public_type_is_known(complete):
    """As pyright sees the installed package; what httpx leaves unknown is httpx's."""
    pyright = Path(sys.executable).parent / "pyright"
    path = f"{complete / 'bin'}{os.pathsep}{os.environ['PATH']}"
    command: list[str | Path] = [pyright, "--verifytypes", "mistral_models", "--ignoreexternal"]
    result = subprocess.run(
        command, cwd=complete, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert "Type completeness score: 100%" in result.stdout, result.stdout
