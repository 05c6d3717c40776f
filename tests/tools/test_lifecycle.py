"""`python -m tools.lifecycle`: the records that are bundled with `mistral-models audit`."""

import datetime as dt
import json

import pytest
from mistral_models.cli.audit.sources import load_bundle

from tests.conftest import ROOT
from tools.lifecycle import TARGET, main, stale

LISTED = str(ROOT / "tests" / "data" / "list-2026-10-08.json")


def write(folder, name: str, content: object) -> str:
    file = folder / name
    file.write_text(json.dumps(content), encoding="utf-8")
    return str(file)


def record(**changes) -> dict:
    entry = {"ids": ["codestral-2405"], "retired": "June 16, 2025", "replacement": "Codestral", **changes}
    known = {"ids": ["codestral-2508", "mistral-medium-3-5"], "retired": None}
    return {"source": "the vendor's pages, 2026-08-21", "documented": [entry, known, {"ids": []}]}


def test_records_and_lists_are_combined(tmp_path):
    """Dates are normalized, titles become ids, each list has its date, and the lists of other days are kept."""
    target = tmp_path / "record.json"
    vendor = write(tmp_path, "vendor.json", record())
    assert main([vendor, "--list", LISTED, "--file", str(target)]) == 0
    assert main([vendor, "--list", LISTED.replace("2026-10-08", "2025-07-25"), "--file", str(target)]) == 0
    content = json.loads(target.read_text(encoding="utf-8"))
    assert content["records"][0]["date"] == "2026-08-21"
    assert content["records"][0]["models"][0] == {
        "ids": ["codestral-2405"],
        "retired": "2025-06-16",
        "replacement": "codestral-2508",
    }
    assert [(each["date"], len(each["models"])) for each in content["lists"]] == [
        ("2025-07-25", 31),
        ("2026-10-08", 17),
    ]


def test_a_title_that_spells_an_id_needs_no_entry(tmp_path):
    """Mistral Medium 3.5 is `mistral-medium-3-5`."""
    target = tmp_path / "record.json"
    vendor = write(tmp_path, "vendor.json", record(replacement="Mistral Medium 3.5"))
    assert main([vendor, "--list", LISTED, "--file", str(target)]) == 0
    assert json.loads(target.read_text())["records"][0]["models"][0]["replacement"] == "mistral-medium-3-5"


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"retired": "soon"}, "'soon' is not a date"), ({"replacement": "Mistral Huge 9"}, "Add it to TITLES")],
)
def test_what_cannot_be_understood_changes_nothing(tmp_path, capsys, changes, message):
    """The exit code is 2, and the message says what to do."""
    target = tmp_path / "record.json"
    assert main([write(tmp_path, "vendor.json", record(**changes)), "--file", str(target)]) == 2
    assert message in capsys.readouterr().err
    assert not target.exists()


@pytest.mark.parametrize("content", ["{", "{}", '"text"', '{"source": "x", "documented": [{"id": "m"}]}'])
def test_a_file_that_is_no_record_is_reported(tmp_path, capsys, content):
    """The exit code is 2, and the message is one line that names the file."""
    file = tmp_path / "vendor.json"
    file.write_text(content)
    assert main([str(file), "--file", str(tmp_path / "record.json")]) == 2
    message = capsys.readouterr().err
    assert message.startswith(f"tools.lifecycle: {file}: ")
    assert message.count("\n") == 1


def test_a_record_without_a_date_is_named(tmp_path, capsys):
    """The message has the source of the record, because there can be several."""
    vendor = write(tmp_path, "vendor.json", record() | {"source": "the vendor's pages"})
    assert main([vendor, "--file", str(tmp_path / "record.json")]) == 2
    assert """the record of "the vendor's pages" has no date""" in capsys.readouterr().err


@pytest.mark.parametrize("content", [[], "text", {"object": "list"}], ids=str)
def test_a_file_that_is_no_list_of_base_models_is_reported(tmp_path, capsys, content):
    """Without a base model, the date of a list is unknown."""
    vendor = write(tmp_path, "vendor.json", record())
    listed = write(tmp_path, "list.json", content)
    assert main([vendor, "--list", listed, "--file", str(tmp_path / "record.json")]) == 2
    assert capsys.readouterr().err.startswith(f"tools.lifecycle: {listed}: ")


def test_a_missing_file_cannot_be_checked(tmp_path, capsys):
    """It is an unusable input, and neither stale nor up to date."""
    missing = tmp_path / "record.json"
    assert main(["--check", "--file", str(missing)]) == 2
    assert capsys.readouterr().err.startswith(f"tools.lifecycle: {missing}: ")


def test_stale_records_are_named(tmp_path, capsys):
    """The vendor's record and the newest list count, each with its age in days."""
    content = json.loads(TARGET.read_text(encoding="utf-8"))
    day = dt.date.fromisoformat(content["records"][0]["date"])
    assert stale(content, day + dt.timedelta(days=30)) == []
    (message, *_) = stale(content, day + dt.timedelta(days=31))
    assert "31 days old" in message
    content["records"][0]["date"] = content["lists"][-1]["date"] = "2020-01-01"
    old = write(tmp_path, "old.json", content)
    assert main(["--check", "--file", old]) == 1
    assert capsys.readouterr().out.count("refresh it with") == 2


def test_the_records_of_the_package_are_complete():
    """Every replacement is a known name, and every record and list has its source and date."""
    bundle = load_bundle()
    known = {name for record in bundle.records for ids, _ in record.retirements for name in ids}
    for entry in bundle.records:
        assert entry.source.text
        assert entry.source.date
        for _, retirement in entry.retirements:
            assert retirement.replacement is None or retirement.replacement in known
    assert [each.source.date for each in bundle.lists] == sorted(
        each.source.date for each in bundle.lists if each.source.date
    )
    assert set(bundle.titles.values()) <= known
