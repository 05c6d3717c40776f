"""Which modules are imported when."""

import json
import subprocess
import sys
from typing import Any

import pytest
from mistral_models_raw.deferred import Deferred, load

from tests.conftest import ROOT

DECODE = """
import json, sys
sys.path.insert(0, "generated")
from mistral_models_raw.api.models import archive, delete, list_, retrieve, unarchive, update
from mistral_models_raw.errors import DecodeError

before = set(sys.modules)
for endpoint in archive, delete, list_, retrieve, unarchive, update:
    for payload in json.loads(sys.argv[1]):
        try:
            endpoint.decode(payload).to_dict()
        except DecodeError as error:
            str(error)
print(json.dumps([sorted(before), sorted(set(sys.modules) - before)]))
"""

CARD = {"id": "m", "type": "base", "capabilities": {"vision": True, "new": 1}, "deprecation": "2027-03-31T12:00:00Z"}


def modules(*payloads: Any) -> tuple[set[str], set[str]]:
    """Return the modules that are imported with all endpoints, and those that decoding adds."""
    command = [sys.executable, "-c", DECODE, json.dumps(payloads)]
    before, added = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    return set(before), set(added)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        {},
        {"data": 3},
        {"data": [CARD, {**CARD, "type": "new"}, {**CARD, "aliases": [3]}, 5]},
        {**CARD, "deprecation": "soon"},
        {"id": "m", "model_type": "completion"},
        {"id": 1, "object": 2},
    ],
)
def test_decoding_imports_no_module_of_this_package(payload):
    """Decoding any payload imports no module of this package beyond those imported with the endpoints."""
    _, added = modules(payload)
    assert not {name for name in added if name.startswith("mistral_models_raw")}


def test_dateutil_is_imported_for_datetimes_that_python_cannot_parse():
    """dateutil is not imported with the endpoints, and only for datetimes that `fromisoformat` does not accept."""
    before, added = modules({"data": [CARD]})
    assert "dateutil" not in before | added
    _, added = modules({"data": [{**CARD, "deprecation": "2027-03-30T24:00:00Z"}]})
    assert "dateutil.parser" in added


def test_tables_are_imported_only_to_show_them():
    """Decoding and encoding do not import the module that makes tables."""
    before, added = modules({"data": [CARD]})
    assert "mistral_models_raw.model_base" in before
    assert "mistral_models_raw.display" not in before | added


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Return the name of a module that is not imported yet."""
    (tmp_path / "importable.py").write_text("class Error(Exception): ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "importable"
    sys.modules.pop("importable", None)


def test_a_deferred_module_is_imported_when_an_attribute_is_read(module):
    """A deferred module is imported when an attribute is read, and has the attributes of the module."""
    deferred = Deferred(module)
    assert module not in sys.modules
    assert deferred.Error is sys.modules[module].Error
    with pytest.raises(AttributeError, match="missing"):
        _ = deferred.missing


def test_a_deferred_module_stays_the_same_when_sys_modules_changes(module):
    """A deferred module keeps its module when the entry in `sys.modules` is deleted."""
    deferred = Deferred(module)
    error = deferred.Error
    del sys.modules[module]
    assert deferred.Error is error
    assert module not in sys.modules


def test_load_imports_deferred_modules_at_once(module):
    """`load` imports deferred modules and accepts other modules."""
    load(sys, Deferred(module), json)
    assert module in sys.modules


def test_a_failed_import_is_tried_again():
    """A module that cannot be imported raises the error of the import at each use."""
    deferred = Deferred("no_module_of_this_name")
    for _ in range(2):
        with pytest.raises(ModuleNotFoundError, match="no_module_of_this_name"):
            load(deferred)
