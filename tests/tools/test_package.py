"""The wheel: what it holds, and that it works where nothing else is."""

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


def test_the_wheel_works_in_an_empty_environment(wheel, tmp_path):
    """It brings the three dependencies that it names, and runs against its own fake service."""
    venv.create(tmp_path / "empty", with_pip=True)
    python = tmp_path / "empty" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(wheel)], check=True, capture_output=True)
    program = (
        "from mistral_models.testing import FakeMistral\n"
        "with FakeMistral().client() as mistral: print(len(mistral.models.list().data))\n"
    )
    result = subprocess.run([python, "-I", "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr) == ("13\n", "")
