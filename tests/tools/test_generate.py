"""`make generate`, and the check that generated/ is up to date."""

import re
import shutil
import subprocess
import sys
import tomllib
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
    """A copy of the generator's inputs, its tools and an earlier result."""
    for name in (*INPUTS, "tools", "generated"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    return tmp_path


def run(project: Path, *tool: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *tool]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def test_generated_code_is_up_to_date(compiled):
    """Every file is byte-identical, and none is missing or left over."""
    assert generated.differences(compiled, generate.PACKAGE) == []
    assert (compiled / "py.typed").exists()


def test_generating_again_restores_the_same_bytes(project, compiled):
    """It removes stale files, and also works if files or the whole folder are missing."""
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
def test_an_invalid_document_leaves_the_previous_result(project, compiled, broken, message):
    """The message of the generator is printed."""
    (project / "openapi.yaml").write_text(broken)
    result = run(project, "tools.generate")
    assert result.returncode != 0
    assert message in result.stderr
    assert "left as it was" in result.stderr
    assert generated.differences(compiled, project / "generated" / "mistral_models_raw") == []


def test_a_warning_of_the_generator_is_a_failure(project):
    """The generator only warns about a schema that it leaves out."""
    path = project / "openapi.yaml"
    path.write_text(
        path.read_text().replace('$ref: "#/components/schemas/ModelCard"', '$ref: "#/components/schemas/Gone"')
    )
    result = run(project, "tools.generate")
    assert result.returncode != 0
    assert "Warning" in result.stderr


def test_a_field_with_a_reserved_name_keeps_its_name_in_json(project):
    """Its attribute has another name; decoding and encoding return the same JSON with and without the field."""
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
def test_unsupported_schemas_fail_with_a_reason(project, fields, message):
    """The templates reject what they would decode wrongly."""
    path = project / "openapi.yaml"
    schema = f"    DeleteModelResponse:\n      properties: {{id: {{type: string}}, {fields}}}\n    Rest:\n"
    path.write_text(path.read_text().replace("    DeleteModelResponse:\n", schema))
    result = run(project, "tools.generate")
    assert result.returncode != 0
    assert message in result.stderr


@pytest.mark.parametrize(
    ("damage", "shown"),
    [
        (lambda package: (package / "types.py").write_text("x = 1\n"), "-UNSET: Final = Unset()"),
        (lambda package: (package / "types.py").unlink(), "+(no such file)"),
        (lambda package: (package / "more.py").write_text("x = 1\n"), "+x = 1"),
        (lambda package: (package / "py.typed").unlink(), None),
    ],
)
def test_the_drift_check_reports_every_difference(project, damage, shown):
    """Changed, missing and surplus files are found, including empty ones, and the fix is named."""
    damage(project / "generated" / "mistral_models_raw")
    result = run(project, "tools.drift", "generated")
    assert result.returncode == 1
    assert "make generate" in result.stderr
    assert shown is None or shown in result.stdout


def test_the_generator_and_the_formatter_are_pinned_exactly():
    """The overlay uses the private `_get_kwargs` of the generated modules, which another version may rename."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    assert groups["generate"] == ["openapi-python-client==0.29.1", groups["generate"][1]]
    assert re.fullmatch(r"ruff==\d+\.\d+\.\d+", groups["generate"][1])
    assert groups["generate"][1] in groups["lint"]


def test_every_template_says_what_it_changes():
    """Its first comment is for the developer who updates the generator."""
    templates = sorted((ROOT / "templates").iterdir())
    assert templates
    assert all(path.read_text().startswith("{# ") for path in templates)
