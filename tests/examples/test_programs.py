"""The programs in `examples/` do what they say."""

import contextlib
import json
import re
import subprocess
import sys
from datetime import UTC, datetime

import httpx
import pytest
from mistral_models.catalogue import Catalogue
from mistral_models.models import ModelList
from mistral_models.testing import FakeMistral, base_model, fine_tuned_model, status

from tests.conftest import ROOT
from tools.site import examples

FOLDER = ROOT / "examples"
TRIAGE = "ft:open-mistral-7b:587a6b29:20240514:0accd10e"
SOON = {"retry-after-ms": "1"}


def names(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines()]


def test_the_table_lists_the_folder():
    """Each program once, with the first sentence of its own description, and nothing else."""
    rows = re.findall(r"^\| \[`([^`]+)`\]\(\1\) \| (.*) \|$", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)
    there = {path.name: examples.read(path).title for path in FOLDER.iterdir() if path.suffix in {".py", ".ipynb"}}
    assert len(rows) == len(there)
    assert dict(rows) == there


@pytest.mark.parametrize("example", examples.found(), ids=lambda example: example.name)
def test_every_example_is_short_and_needs_no_change(example):
    """It says how to run it, names neither a key nor an address, does not sleep, and leaves nothing to be filled in."""
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


@pytest.fixture
def shared_name() -> FakeMistral:
    """A service that lists two models with one id, as in March 2026; the second one is about to be retired."""
    return FakeMistral([
        base_model("voxtral-mini-latest", "completion_chat", name="voxtral-mini-2507"),
        base_model(
            "voxtral-mini-latest", "audio", name="voxtral-mini-transcribe", deprecation="2027-01-31T12:00:00Z"
        ),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ((), "mistral-medium-2604"),
        (["ocr"], "mistral-ocr-latest"),
        (["audio_speech"], "voxtral-mini-tts-2603"),
        (["moderation"], "mistral-moderation-2603"),
    ],
)
def test_the_newest_model_is_printed(program, arguments, found):
    """Of the models with the capability it has a name ending in `-latest` and the latest year and month in an id."""
    assert program("examples/newest_model.py", *arguments).stdout == f"{found}\n"


def test_programs_count_models_and_not_entries(serve, published, tmp_path):
    """Programs are correct on published lists, in which most models have several entries."""
    fake, count = published
    program = serve(fake)
    names = [model["id"] for model in fake.models]
    newest = {31: "mistral-small-2506", 17: "mistral-medium-2604"}[count]
    assert program("examples/newest_model.py", "vision").stdout == f"{newest}\n"
    assert f"INFO nightly_report: {count} models" in program("examples/nightly_report.py", tmp_path / "state").stderr
    assert program("examples/retiring_models.py", *names).stdout.startswith(f"none of {len(names)} is retired")
    assert program("examples/check_ids.py", input="\n".join(names)).stdout == f"{len(names)} checked, 0 gone\n"


def test_two_models_with_one_name_are_both_checked(serve, shared_name, tmp_path):
    """Programs consider each of the models that share a name, although the ids are the same."""
    program, state = serve(shared_name), tmp_path / "state"
    command = ("examples/retiring_models.py", "voxtral-mini-latest", "--today", "2027-01-01")
    assert program(*command, status=1).stdout == "voxtral-mini-latest: retired on 2027-01-31, use another model\n"
    assert "INFO nightly_report: 2 models" in program("examples/nightly_report.py", state).stderr
    assert sorted(json.loads(state.read_text("utf-8")).values(), key=str) == ["2027-01-31", None]


def test_where_no_model_is_able_nothing_is_printed(program):
    """One line says what was looked for."""
    done = program("examples/newest_model.py", "telepathy", status=1)
    assert (done.stdout, done.stderr) == ("", "no model has the capability 'telepathy'\n")


def test_models_in_use_that_are_about_to_be_retired_are_named(program, fake):
    """The output names the model as it is used and its replacement, and models that do not exist."""
    used = ("mistral-ocr-3", "codestral-latest", "gone")
    (retirement,) = {model["deprecation"][:10] for model in fake.models if model["deprecation"]}
    done = program("examples/retiring_models.py", *used, status=1)
    assert done.stdout.splitlines() == [
        f"mistral-ocr-3: retired on {retirement}, use mistral-ocr-latest",
        "gone: there is no such model",
    ]
    done = program("examples/retiring_models.py", *used[:2], "--days", "30")
    assert done.stdout == "none of 2 is retired within 30 days\n"


def test_only_old_fine_tunes_are_archived(serve):
    """A dry run changes nothing; a refusal shows in the exit status."""
    new = fine_tuned_model("new", created=int(datetime.now(UTC).timestamp()) - 80 * 86400)
    fake = FakeMistral([fine_tuned_model("old"), fine_tuned_model("older"), new, base_model("base")])
    program = serve(fake)
    done = program("examples/archive_old_fine_tunes.py", "--dry-run")
    assert [line.split()[-1] for line in done.stdout.splitlines()] == ["old", "older"]
    assert fake.count("archive") == 0
    fake.inject(status(403, {"message": "not yours"}), operation="archive")
    done = program("examples/archive_old_fine_tunes.py", status=1)
    assert sorted(names(done.stdout)) == ["archived", "failed:"]
    assert "not yours" in done.stdout
    assert names(program("examples/archive_old_fine_tunes.py").stdout) == ["archived"]
    assert {model["name"] for model in fake.models if model.get("archived")} == {"old", "older"}
    assert names(program("examples/archive_old_fine_tunes.py", "--days", "70").stdout) == ["archived"]


def test_fine_tunes_are_renamed_by_a_pattern(program, fake):
    """Those that match, and only when it is not a dry run."""
    arguments = ("examples/rename_by_pattern.py", r"^support-(.*)", r"helpdesk-\1")
    assert program(*arguments, "--dry-run").stdout == "support-triage -> helpdesk-triage\n"
    assert fake.count("update") == 0
    program(*arguments)
    assert {model["name"] for model in fake.models} >= {"helpdesk-triage", "release-notes", "sentiment"}
    fake.inject(status(404), operation="update")
    assert "Not Found" in program(*arguments[:1], "helpdesk", "x", status=1).stderr


def test_the_web_service_lists_models(program, fake):
    """With a filter, over one connection; what fails behind it is a 502 with the service's words."""
    command = [sys.executable, "-m", "uvicorn", "--app-dir", "examples", "web_service:app", "--port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, env=program.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process, contextlib.ExitStack() as stack:  # fmt: skip
        stack.callback(process.terminate)
        assert process.stderr
        url = next(found[0] for line in process.stderr if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
        with httpx.Client(base_url=url, trust_env=False) as client:
            assert len(client.get("/models").json()) == len(fake.models)
            seeing = client.get("/models", params={"capability": "vision"}).json()
            fake.inject(status(403, {"message": "not for you"}))
            refused = client.get("/models")
    assert [card["id"] for card in seeing] == [model["id"] for model in fake.models if model["capabilities"]["vision"]]
    assert (refused.status_code, refused.json()["detail"][:11]) == (502, "not for you")


def test_the_nightly_job_logs_changes(program, fake, tmp_path):
    """It logs changes since its last run; a failure is logged, does not change the file, and shows in the exit code."""
    state = tmp_path / "models.json"
    command = ("examples/nightly_report.py", state)
    count = len(Catalogue(ModelList.from_dict({"data": fake.models})))
    assert re.fullmatch(rf"\S+ \S+ INFO nightly_report: {count} models\n", program(*command).stderr)
    models = json.loads(state.read_text("utf-8"))
    del models["mistral-small-2603"]
    state.write_text(json.dumps(models | {"gone": None, "codestral-2508": "2027-01-01"}), "utf-8")
    fake.inject(status(503, headers=SOON))
    logged = program(*command).stderr
    for line in (
        "INFO nightly_report: new: mistral-small-2603",
        "WARNING nightly_report: gone: gone",
        "WARNING nightly_report: codestral-2508 is retired on None",
        "INFO mistral_models: ",
    ):
        assert line in logged
    fake.inject(status(401, {"detail": "Unauthorized"}))
    assert "CRITICAL nightly_report: no report: Unauthorized (401" in program(*command, status=1).stderr
    assert len(json.loads(state.read_text("utf-8"))) == count


def test_a_cluster_archives_what_matches(serve):
    """In batches on worker processes, each model once."""
    fake = FakeMistral([fine_tuned_model(f"model {number}") for number in range(120)] + [base_model("base")])
    done = serve(fake)("examples/archive_on_a_cluster.py", "ft:open-mistral-7b:*")
    assert sorted(done.stdout.split()) == sorted([m["id"] for m in fake.models[:120]] + ["archived"] * 120)
    assert all(model["archived"] for model in fake.models[:120])


def test_the_tests_of_own_code_pass(program, fake):
    """With pytest, the fixture, and no service at all."""
    program.environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    done = program("-m", "pytest", "-q", "-p", "no:cacheprovider", "examples/test_own_code.py")
    assert "2 passed" in done.stdout
    assert not fake.requests


def test_ids_of_a_long_list_are_checked(program, fake):
    """Those that do not exist are printed once; another failure is not taken for that."""
    ids = [model["id"] for model in fake.models]
    done = program("examples/check_ids.py", input="\n".join(ids * 2))
    assert done.stdout == f"{len(ids)} checked, 0 gone\n"
    done = program("examples/check_ids.py", input="\n".join(["gone", TRIAGE, "", "lost", "gone"]), status=1)
    assert done.stdout.splitlines() == ["3 checked, 2 gone", "gone", "lost"]
    fake.inject(status(401), times=None)
    assert "AuthenticationError" in program("examples/check_ids.py", input=TRIAGE, status=1).stderr


def test_the_policy_is_patient_with_a_busy_service_only(program, fake):
    """It waits as long as the service asks; a mistake ends it at once."""
    fake.inject(status(429, {"message": "busy"}, SOON), times=4)
    done = program("examples/retry_policy.py")
    assert done.stdout.splitlines() == [model["id"] for model in fake.models]
    assert done.stderr.count("list: busy (429") == 4
    fake.inject(status(403))
    assert "PermissionDeniedError" in program("examples/retry_policy.py", status=1).stderr
    assert fake.count("list") == 6


def test_answers_are_recorded(program, fake, tmp_path):
    """A line for each; and the fields that the release does not know are named."""
    done = program("examples/record_answers.py", tmp_path / "answers.jsonl")
    assert done.stdout.splitlines() == [
        "list: 1 answers of status 200",
        f"retrieve: {len(fake.models)} answers of status 200",
        "new: none",
    ]
    assert len((tmp_path / "answers.jsonl").read_text("utf-8").splitlines()) == len(fake.requests)


@pytest.mark.parametrize(
    "command",
    [
        ["newest_model.py"],
        ["retiring_models.py", "base"],
        ["archive_old_fine_tunes.py"],
        ["rename_by_pattern.py", "a", "b"],
        ["nightly_report.py", "state"],
        ["retry_policy.py"],
        ["record_answers.py", "answers"],
    ],
    ids=lambda command: command[0],
)
def test_a_model_of_an_unknown_kind_breaks_no_program(serve, tmp_path, command):
    """It is passed over, or shown, though it has nothing of what models have."""
    odd = base_model("odd") | {"type": "agent", "capabilities": None, "created": "once", "name": 1}
    name, *arguments = command
    program = serve(FakeMistral([base_model("base", "vision"), odd]))
    if name in {"nightly_report.py", "record_answers.py"}:
        arguments = [tmp_path / arguments[0]]
    done = program(f"examples/{name}", *arguments)
    assert "Traceback" not in done.stdout + done.stderr
    if name == "record_answers.py":
        assert "cards of type agent" in done.stdout


def test_the_notebook_runs(program, fake, tmp_path):
    """From its first cell to its last, with a kernel of its own; it is kept without outputs."""
    kept = json.loads((FOLDER / "explore_models.ipynb").read_text("utf-8"))
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in kept["cells"])
    run = (
        "import nbclient, nbformat, sys; book = nbformat.read(sys.argv[1], 4);"
        "nbclient.NotebookClient(book, timeout=60).execute(); nbformat.write(book, sys.argv[2])"
    )
    program("-W", "default", "-c", run, FOLDER / "explore_models.ipynb", tmp_path / "run.ipynb")
    cells = json.loads((tmp_path / "run.ipynb").read_text("utf-8"))["cells"]
    first, card, able, last = (
        {kind: "".join(text) for kind, text in cell["outputs"][0]["data"].items()}
        for cell in cells
        if cell["cell_type"] == "code"
    )
    assert first["text/plain"] == "Counter({'base': 17, 'fine-tuned': 4})"
    assert "mistral-small-2603" in card["text/html"]
    assert "('completion_chat', 11)" in able["text/plain"]
    assert last["text/plain"] == "17"
    assert fake.count() == 3
