"""The package works on Python versions that are not installed here: Pyodide is CPython compiled to WebAssembly."""

import re
import shutil
import subprocess
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.conftest import ROOT

# Pyodide's own startup uses deprecated names, so warnings become errors only after it.
PROGRAM = """
import sys, warnings

warnings.simplefilter("error")
from mistral_models import errors, models
from mistral_models.testing import FakeMistral

fake = FakeMistral()
listed = models.ModelList.from_dict({"object": "list", "data": fake.models})
with fake.client() as mistral:
    assert [card.id for card in mistral.models.list().data] == [card.id for card in listed.data]
    assert mistral.models.archive(model_id=listed.data[-1].id).archived is True
    try:
        mistral.models.retrieve(model_id="missing")
    except errors.NotFoundError as error:
        assert error.status_code == 404
    else:
        raise AssertionError("a model that does not exist was found")
with fake.client() as mistral:
    assert len((await mistral.models.list_async()).data) == len(listed.data)
print("%d.%d" % sys.version_info[:2], len(listed.data))
"""


def requirements(name: str) -> set[str]:
    """Name the distributions that a distribution requires, directly or indirectly, without extras."""
    found: set[str] = set()
    pending = [name]
    for each in pending:  # the loop appends to it
        for text in distribution(each).requires or []:
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                if requirement.name not in found:
                    pending.append(requirement.name)
                found.add(requirement.name)
    return found


@pytest.fixture(scope="module")
def dependencies(tmp_path_factory) -> Path:
    """A folder with the pure Python code of the dependencies, copied from this environment."""
    folder = tmp_path_factory.mktemp("dependencies")
    for name in requirements("mistral-models"):
        for file in distribution(name).files or []:
            if ".." not in file.parts and "__pycache__" not in file.parts:
                target = folder / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file.locate(), target)
    return folder


@pytest.mark.parametrize("version", ["3.14", "3.15"])
def test_the_library_runs_on_newer_versions_of_python(node_modules, dependencies, version):
    """It decodes a list and calls the fake service in process, with warnings as errors and without a network."""
    command = ["node", Path(__file__).with_name("pyodide.mjs"), node_modules / f"pyodide-{version}",
               ROOT / "overlay", ROOT / "generated", dependencies]  # fmt: skip
    result = subprocess.run(command, input=PROGRAM, capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stderr
    assert re.fullmatch(rf"{version} \d+\n", result.stdout)
