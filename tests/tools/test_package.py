"""The wheels: what they hold, and that they work where nothing else is."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from mistral_models.testing import catalogue

from tests.conftest import ROOT

COMMAND_LINE = ROOT / "overlay" / "mistral_models.cli"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory) -> tuple[Path, Path]:
    """Of the library and of the command line."""
    folder = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, COMMAND_LINE]
    subprocess.run(command, check=True)
    (library,), (program,) = folder.glob("mistral_models-*.whl"), folder.glob("mistral_models.cli-*.whl")
    return library, program


def packages(wheel: Path) -> set[str]:
    names = zipfile.ZipFile(wheel).namelist()
    return {name.partition("/")[0] for name in names if ".dist-info/" not in name}


def test_the_wheel_holds_both_packages_and_nothing_else(wheels):
    """Both are marked as typed (PEP 561); the command line is apart."""
    assert packages(wheels[0]) == {"mistral_models", "mistral_models_raw"}
    assert {"mistral_models/py.typed", "mistral_models_raw/py.typed"} <= {*zipfile.ZipFile(wheels[0]).namelist()}
    assert packages(wheels[1]) == {"mistral_models.cli"}


def test_the_wheel_is_small(wheels):
    """Under 100 kB. What has grown it should stand in a distribution of its own, or once."""
    assert wheels[0].stat().st_size < 100_000


def test_what_the_package_index_shows_needs_nothing_of_a_checkout(wheels):
    """No picture, link or command that is not there; the installation, the first example and the differences are."""
    with zipfile.ZipFile(wheels[0]) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith("METADATA"))
        shown = wheel.read(name).decode().partition("\n\n")[2]
    assert not re.findall(r"\]\((?!http)|<img|^make |docs/", shown, re.MULTILINE)
    for there in (
        "pip install mistral-models\n",
        "mistral.models.list()",
        "## Coming from `mistralai`",
    ):
        assert there in shown


def test_building_twice_gives_the_same_bytes(wheels, tmp_path):
    """From a copy elsewhere, too; its sources are all there, and the tools of the package index have nothing to say."""
    copy = tmp_path / "elsewhere"
    ignored = shutil.ignore_patterns(".*", "build", "dist", "__pycache__")
    shutil.copytree(ROOT, copy, ignore=ignored)
    tools = Path(sys.executable).parent
    for wheel, project in zip(wheels, (copy, copy / COMMAND_LINE.relative_to(ROOT)), strict=True):
        made = tmp_path / wheel.stem
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", made, project]
        subprocess.run(command, check=True, capture_output=True)
        source, again = sorted(made.iterdir(), key=lambda path: path.suffix)
        assert again.read_bytes() == wheel.read_bytes()
        with tarfile.open(source) as archive:
            there = {name.partition("/")[2] for name in archive.getnames()}
        assert {str(path.relative_to(project)) for path in project.rglob("*") if path.is_file()} <= there
        for check in ([tools / "twine", "check", "--strict", again, source],
                      [tools / "check-wheel-contents", "--toplevel", ",".join(packages(again)), again]):  # fmt: skip
            result = subprocess.run(check, capture_output=True, text=True, check=False)
            assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="module")
def environment(wheels, tmp_path_factory) -> Path:
    """An environment that holds the library, and what it asks for."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", wheels[0]], check=True)
    return folder


def test_the_wheel_works_in_an_empty_environment(environment):
    """It brings the three dependencies that it names, and runs against its own fake service."""
    program = (
        "from mistral_models.testing import FakeMistral\n"
        "with FakeMistral().client() as mistral: print(len(mistral.models.list().data))\n"
    )
    command = [environment / "bin" / "python", "-I", "-W", "error", "-c", program]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr) == (f"{len(catalogue())}\n", "")


def test_without_its_extra_the_program_says_what_to_install(environment):
    """It is there, and ends with status 2."""
    result = subprocess.run([environment / "bin" / "mistral-models"], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "mistral-models[cli]" in result.stderr


@pytest.fixture(scope="module")
def complete(wheels, environment) -> Path:
    """The same environment with the extra, too."""
    command = [environment / "bin" / "python", "-m", "pip", "install", "--quiet", f"{wheels[0]}[cli]", wheels[1]]
    subprocess.run(command, check=True)
    return environment


def test_its_extra_brings_the_program(complete):
    """Which runs against its own service."""
    command = [complete / "bin" / "mistral-models", "--demo", "list", "--jsonl"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout.count("\n"), result.stderr) == (0, len(catalogue()), "")


def test_every_public_type_is_known(complete):
    """As pyright sees the installed package; what httpx leaves unknown is httpx's."""
    pyright = Path(sys.executable).parent / "pyright"
    path = f"{complete / 'bin'}{os.pathsep}{os.environ['PATH']}"
    command: list[str | Path] = [pyright, "--verifytypes", "mistral_models", "--ignoreexternal"]
    result = subprocess.run(
        command, cwd=complete, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert "Type completeness score: 100%" in result.stdout, result.stdout
