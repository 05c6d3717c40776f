"""`make generate`, and the check that the committed code is its result."""

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tools import generate
from tools.drift import generated

INPUTS = ("openapi.yaml", "generator-config.yml", "templates")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("compiled") / "mistral_models_raw"
    generate.generate(target)
    return target


@pytest.fixture
def project(tmp_path) -> Path:
    """Return a copy of everything that the generator reads, with the tools and the generated code."""
    for name in (*INPUTS, "tools", "generated"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    return tmp_path


def run(project: Path, *tool: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *tool]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def test_the_generated_code_is_up_to_date(compiled):
    """The committed code is, byte for byte, what the generator makes of the document and the templates."""
    assert generated.differences(compiled, generate.PACKAGE) == []
    assert (compiled / "py.typed").exists()


def test_generating_replaces_whatever_is_there(project, compiled):
    """A deleted, changed or additional file of the generated package does not survive."""
    package = project / "generated" / "mistral_models_raw"
    (package / "models" / "stale.py").write_text("x = 1\n")
    (package / "types.py").unlink()
    assert run(project, "tools.generate").returncode == 0
    assert generated.differences(compiled, package) == []
    shutil.rmtree(project / "generated")
    assert run(project, "tools.generate").returncode == 0
    assert generated.differences(compiled, package) == []
    assert [path.name for path in (project / "generated").iterdir()] == ["mistral_models_raw"]


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("openapi: [", "Invalid YAML"),
        ("openapi: 3.1.0\ninfo: {title: x, version: '1'}\n", "Failed to parse OpenAPI document"),
    ],
)
def test_an_invalid_document_leaves_the_generated_code_unchanged(project, compiled, broken, message):
    """The generator's own message is shown, and the previous code stays."""
    (project / "openapi.yaml").write_text(broken)
    result = run(project, "tools.generate")
    assert result.returncode != 0
    assert message in result.stderr
    assert "left unchanged" in result.stderr
    assert generated.differences(compiled, project / "generated" / "mistral_models_raw") == []


def test_a_warning_of_the_generator_is_a_failure(project):
    """A schema that the generator would skip with a warning makes the generation fail."""
    path = project / "openapi.yaml"
    path.write_text(
        path.read_text().replace('$ref: "#/components/schemas/ModelCard"', '$ref: "#/components/schemas/Gone"')
    )
    result = run(project, "tools.generate")
    assert result.returncode != 0
    assert "Warning" in result.stderr


def test_a_field_whose_name_python_reserves_keeps_its_name_in_json(project):
    """Such a field has an attribute of another name, and its own name in `to_dict()`."""
    path = project / "openapi.yaml"
    deleted = "        deleted:\n          type: boolean\n          default: true\n"
    more = "".join(
        f"        {name}: {{type: string}}\n" for name in ("class", "int", "_hidden", "since-when", "to_dict")
    )
    document = path.read_text()
    assert deleted in document
    path.write_text(document.replace(deleted, deleted + more))
    result = run(project, "tools.generate")
    assert result.returncode == 0, result.stderr
    program = """
import sys
sys.path.insert(0, "generated")
from mistral_models_raw import models
for more in {}, {"class": "a", "int": "b", "_hidden": "c", "since-when": "d", "to_dict": "e", "other": 3}:
    payload = {"id": "x", "object": "model", "deleted": True, **more}
    assert models.DeleteModelResponse.from_dict(payload).to_dict() == payload
"""
    result = subprocess.run([sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("to_dict: {type: string}, to_dict_: {type: string}", "unsupported_names"),
        ("grid: {type: array, items: {type: array, items: {type: string}}}", "unsupported_array_of_arrays"),
    ],
)
def test_an_unsupported_schema_fails_and_is_named(project, fields, message):
    """The message names what the templates do not support."""
    path = project / "openapi.yaml"
    schema = f"    DeleteModelResponse:\n      properties: {{id: {{type: string}}, {fields}}}\n    Rest:\n"
    path.write_text(path.read_text().replace("    DeleteModelResponse:\n", schema))
    result = run(project, "tools.generate")
    assert result.returncode != 0
    assert message in result.stderr


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda package: (package / "types.py").write_text("x = 1\n"), "-UNSET: Final = Unset()"),
        (lambda package: (package / "types.py").unlink(), "+(no such file)"),
        (lambda package: (package / "more.py").write_text("x = 1\n"), "+x = 1"),
        (lambda package: (package / "py.typed").unlink(), None),
    ],
)
def test_outdated_generated_code_is_reported(project, change, expected):
    """Changed, missing and additional files, empty ones too, are reported with the command that corrects them."""
    change(project / "generated" / "mistral_models_raw")
    result = run(project, "tools.drift", "generated")
    assert result.returncode == 1
    assert "make generate" in result.stderr
    assert expected is None or expected in result.stdout


def test_the_generator_and_the_formatter_are_pinned():
    """Their exact versions are pinned: another one may generate other code, such as no `_get_kwargs`."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    assert groups["generate"] == ["openapi-python-client==0.29.1", groups["generate"][1]]
    assert re.fullmatch(r"ruff==\d+\.\d+\.\d+", groups["generate"][1])
    assert groups["generate"][1] in groups["lint"]


def test_every_template_names_the_version_it_is_a_fork_of():
    """The comment at the head of a template names the stock template and the pinned version of the generator."""
    templates = sorted((ROOT / "templates").glob("*.jinja"))
    stock = {path.name for path in files("openapi_python_client").joinpath("templates").iterdir()}
    assert templates
    for path in templates:
        head = " ".join(path.read_text().partition("#}")[0].split())
        assert f"openapi-python-client {version('openapi-python-client')}" in head
        assert head.startswith(f"{{# Fork of {path.name} of ") == (path.name in stock)
