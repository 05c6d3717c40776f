"""The programs in `examples/` do what their descriptions say."""

import json
import re
from datetime import UTC, datetime

import pytest
from mistral_models.models import ModelList
from mistral_models.testing import FakeMistral, base_model, fine_tuned_model, status

from tests.conftest import ROOT
from tools.site import examples

FOLDER = ROOT / "examples"
TRIAGE = "ft:open-mistral-7b:587a6b29:20240514:0accd10e"
SOON = {"retry-after-ms": "1"}


def first_words(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines()]


def test_the_table_lists_every_program():
    """The table of examples/README.md has each program once, with the first sentence of its description."""
    rows = re.findall(r"^\| \[`([^`]+)`\]\(\1\) \| (.*) \|$", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)
    described = {path.name: examples.read(path).title for path in FOLDER.iterdir() if path.suffix in {".py", ".ipynb"}}
    assert len(rows) == len(described)
    assert dict(rows) == described


@pytest.mark.parametrize("example", examples.read_all(), ids=lambda example: example.name)
def test_every_example_is_short_and_needs_no_change(example):
    """It says how to run it, contains no key, address or sleep, and leaves nothing to fill in."""
    stem = example.name.partition(".")[0]
    assert re.search(rf"^    .*\b{stem}\b", example.text, re.MULTILINE)
    code = "\n".join(text for language, text in example.parts if language)
    assert 10 <= len(code.splitlines()) <= 50
    assert not re.search(r"sleep|api_key|server_url|TODO|…|<\w+>", code)
    assert "Mistral(" in code or "FakeMistral" in code


@pytest.fixture(params=[("2025-07-25", 31), ("2026-10-08", 17)], ids=lambda param: param[0])
def published(request) -> tuple[FakeMistral, int]:
    """A service that sends a published list, and the number of models in it."""
    date, count = request.param
    body = json.loads((ROOT / "tests" / "data" / f"list-{date}.json").read_text("utf-8"))
    return FakeMistral(ModelList.from_dict(body)), count


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ((), "mistral-medium-2604"),
        (["ocr"], "mistral-ocr-latest"),
        (["audio_speech"], "voxtral-mini-tts-2603"),
        (["moderation"], "mistral-moderation-2603"),
    ],
)
def test_newest_model_prints_the_newest_model(program, arguments, found):
    """Of the models with the capability, it has a `-latest` name and the latest year and month in an id."""
    assert program("examples/newest_model.py", *arguments).stdout == f"{found}\n"


def test_programs_count_models_and_not_entries(serve, published):
    """They are correct on published lists, in which most models have several entries."""
    fake, count = published
    program = serve(fake)
    names = [model["id"] for model in fake.models]
    newest = {31: "mistral-small-2506", 17: "mistral-medium-2604"}[count]
    assert program("examples/newest_model.py", "vision").stdout == f"{newest}\n"
    assert program("examples/check_ids.py", input="\n".join(names)).stdout == f"{len(names)} checked, 0 gone\n"


def test_newest_model_fails_if_no_model_has_the_capability(program):
    """One line names the capability."""
    result = program("examples/newest_model.py", "telepathy", exit_code=1)
    assert (result.stdout, result.stderr) == ("", "no model has the capability 'telepathy'\n")


def test_archive_old_fine_tunes_archives_only_old_ones(serve):
    """A dry run changes nothing; a failure shows in the exit code."""
    new = fine_tuned_model("new", created=int(datetime.now(UTC).timestamp()) - 80 * 86400)
    fake = FakeMistral([fine_tuned_model("old"), fine_tuned_model("older"), new, base_model("base")])
    program = serve(fake)
    result = program("examples/archive_old_fine_tunes.py", "--dry-run")
    assert [line.split()[-1] for line in result.stdout.splitlines()] == ["old", "older"]
    assert fake.count("archive") == 0
    fake.inject(status(403, {"message": "not yours"}), operation="archive")
    result = program("examples/archive_old_fine_tunes.py", exit_code=1)
    assert sorted(first_words(result.stdout)) == ["archived", "failed:"]
    assert "not yours" in result.stdout
    assert first_words(program("examples/archive_old_fine_tunes.py").stdout) == ["archived"]
    assert {model["name"] for model in fake.models if model.get("archived")} == {"old", "older"}
    assert first_words(program("examples/archive_old_fine_tunes.py", "--days", "70").stdout) == ["archived"]


def test_rename_by_pattern_renames_the_models_that_match(program, fake):
    """A dry run changes nothing; a failure shows in the exit code."""
    arguments = ("examples/rename_by_pattern.py", r"^support-(.*)", r"helpdesk-\1")
    assert program(*arguments, "--dry-run").stdout == "support-triage -> helpdesk-triage\n"
    assert fake.count("update") == 0
    program(*arguments)
    assert {model["name"] for model in fake.models} >= {"helpdesk-triage", "release-notes", "sentiment"}
    fake.inject(status(404), operation="update")
    assert "Not Found" in program(*arguments[:1], "helpdesk", "x", exit_code=1).stderr


def test_test_own_code_passes_with_pytest(program, fake):
    """Its fixture needs no service."""
    program.environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    result = program("-m", "pytest", "-q", "-p", "no:cacheprovider", "examples/test_own_code.py")
    assert "2 passed" in result.stdout
    assert not fake.requests


def test_check_ids_names_the_ids_that_do_not_exist(program, fake):
    """Each is printed once. Any other failure ends the program."""
    ids = [model["id"] for model in fake.models]
    result = program("examples/check_ids.py", input="\n".join(ids * 2))
    assert result.stdout == f"{len(ids)} checked, 0 gone\n"
    result = program("examples/check_ids.py", input="\n".join(["gone", TRIAGE, "", "lost", "gone"]), exit_code=1)
    assert result.stdout.splitlines() == ["3 checked, 2 gone", "gone", "lost"]
    fake.inject(status(401), times=None)
    assert "AuthenticationError" in program("examples/check_ids.py", input=TRIAGE, exit_code=1).stderr


def test_retry_policy_retries_only_if_the_service_is_busy(program, fake):
    """It waits as long as the service asks; any other error ends it at once."""
    fake.inject(status(429, {"message": "busy"}, SOON), times=4)
    result = program("examples/retry_policy.py")
    assert result.stdout.splitlines() == [model["id"] for model in fake.models]
    assert result.stderr.count("list: busy (429") == 4
    fake.inject(status(403))
    assert "PermissionDeniedError" in program("examples/retry_policy.py", exit_code=1).stderr
    assert fake.count("list") == 6


def test_record_responses_writes_a_line_for_each_response(program, fake, tmp_path):
    """It also names the fields that this release does not know."""
    result = program("examples/record_responses.py", tmp_path / "responses.jsonl")
    assert result.stdout.splitlines() == [
        "list: 1 responses with status 200",
        f"retrieve: {len(fake.models)} responses with status 200",
        "new: none",
    ]
    assert len((tmp_path / "responses.jsonl").read_text("utf-8").splitlines()) == len(fake.requests)


@pytest.mark.parametrize(
    "command",
    [
        ["newest_model.py"],
        ["archive_old_fine_tunes.py"],
        ["rename_by_pattern.py", "a", "b"],
        ["retry_policy.py"],
        ["record_responses.py", "responses"],
    ],
    ids=lambda command: command[0],
)
def test_a_model_of_an_unknown_type_breaks_no_program(serve, tmp_path, command):
    """The programs skip it or show it, although its fields have unexpected types."""
    unknown = base_model("odd") | {"type": "agent", "capabilities": None, "created": "once", "name": 1}
    name, *arguments = command
    program = serve(FakeMistral([base_model("base", "vision"), unknown]))
    if name == "record_responses.py":
        arguments = [tmp_path / arguments[0]]
    result = program(f"examples/{name}", *arguments)
    assert "Traceback" not in result.stdout + result.stderr
    if name == "record_responses.py":
        assert "cards of type agent" in result.stdout
