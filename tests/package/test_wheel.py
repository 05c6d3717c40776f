"""The wheel: its contents, its description on the package index, and that its build is reproducible."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

from tests.conftest import ROOT

PACKAGES = ("mistral_models", "mistral_models_raw")


def metadata(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return archive.read(name)


def test_the_wheel_contains_both_packages_and_nothing_else(wheel):
    """Both packages are marked as typed (PEP 561)."""
    files = set(zipfile.ZipFile(wheel).namelist())
    assert {name.partition("/")[0] for name in files if ".dist-info/" not in name} == {*PACKAGES}
    assert {f"{package}/py.typed" for package in PACKAGES} <= files


def test_the_description_on_the_package_index_is_the_readme(wheel):
    """It has no link that works only in a checkout."""
    description = metadata(wheel).decode().partition("\n\n")[2]
    assert description == (ROOT / "README.md").read_text("utf-8")


def test_the_wheel_has_the_licence_and_the_notices(wheel):
    """The generated code is based on templates whose licence requires its text to be included."""
    with zipfile.ZipFile(wheel) as archive:
        licences = {Path(name).name: archive.read(name).decode() for name in archive.namelist() if "/licenses/" in name}
    assert licences.keys() == {"LICENSE", "NOTICE"}
    assert "MIT License" in licences["NOTICE"]


def test_the_package_index_links_to_the_project(wheel):
    """The links are what index pages show beside the description."""
    links = dict(link.split(", ") for link in message_from_bytes(metadata(wheel)).get_all("Project-URL", []))
    assert links.keys() == {"Homepage", "Documentation", "Changelog", "Issues"}
    assert links.pop("Documentation").startswith("https://")
    assert {link.startswith(links["Homepage"]) for link in links.values()} == {True}


def test_building_twice_gives_the_same_bytes(wheel, tmp_path):
    """This holds for a copy of the tree too; its source distribution is complete and the index's checks pass."""
    copy = tmp_path / "elsewhere"
    ignored = [".git", *(line.rstrip("/") for line in (ROOT / ".gitignore").read_text("utf-8").splitlines())]
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*ignored))
    built = tmp_path / "built"
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", built, copy]
    subprocess.run(command, check=True, capture_output=True)
    source, again = sorted(built.iterdir(), key=lambda path: path.suffix)
    assert again.read_bytes() == wheel.read_bytes()
    with tarfile.open(source) as archive:
        archived = {name.partition("/")[2] for name in archive.getnames()}
    assert {str(path.relative_to(copy)) for path in copy.rglob("*") if path.is_file()} <= archived
    programs = Path(sys.executable).parent
    for check in (
        [programs / "twine", "check", "--strict", again, source],
        [programs / "check-wheel-contents", "--toplevel", ",".join(PACKAGES), again],
    ):
        result = subprocess.run(check, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
