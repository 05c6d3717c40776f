"""`archive`, `unarchive` and `delete`: selection, confirmation, failures and reports."""

import json

import pytest
from mistral_models.testing import disconnect, fine_tuned_model, status

from .runner import serving
from .services import CountingService, FixedList


@pytest.fixture
def service() -> CountingService:
    return CountingService(archived={4, 5})


@pytest.fixture
def cli(service, tmp_path):
    with serving(tmp_path, service) as cli:
        yield cli


def test_ids_are_given_as_arguments(service, cli):
    """Each model is changed once, even if its id is given twice."""
    one, two = service.ids[:2]
    assert cli("archive", one, two, one) == (0, "archived 2 of 2\n", "")
    assert service.calls == {one: 1, two: 1}
    assert cli("unarchive", one).stdout == "unarchived 1 of 1\n"
    assert service.archived() == [two, *service.ids[4:]]
    assert cli("delete", one, "--yes").stdout == "deleted 1 of 1\n"
    assert one not in service.remaining()


def test_ids_are_read_from_standard_input(service, cli):
    """`-` reads one id per line, and ignores empty lines and comments."""
    lines = f"# these\n\n{service.ids[0]}\n  {service.ids[1]}  \n"
    assert cli("archive", "-", service.ids[2], input=lines).stdout == "archived 3 of 3\n"
    assert set(service.calls) == set(service.ids[:3])
    assert cli("archive", "-", input="# none\n").stdout == "archived 0 of 0\n"


BOM = "\ufeff"


@pytest.mark.parametrize(
    "lines",
    [
        "{bom}{0}\n{1}\n",
        "{bom}# a comment\n{0}\n{1}\n",
        "{0}\n{bom}{1}\n",  # two files with marks, concatenated
        "{bom}\n{0}\r\n{1}\r{0}",
    ],
)
def test_byte_order_marks_are_no_part_of_an_id(service, cli, lines):
    """A byte-order mark of the standard input, or of an argument, is dropped; every kind of line break ends an id."""
    text = lines.format(*service.ids, bom=BOM)
    assert cli("archive", "-", input=text).stdout == "archived 2 of 2\n"
    assert cli("unarchive", BOM + service.ids[0]).stdout == "unarchived 1 of 1\n"
    assert set(service.calls) == set(service.ids[:2])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("ft:a\n".encode("utf-16"), "UTF-16"),
        ("ft:a\n".encode("utf-16-le"), "UTF-16"),
        ("ft:a\n".encode("utf-16-be"), "UTF-16"),
        (b'{"id": "ft:a"}\n', "jq -r .id"),
        (b"\n[\n", "jq -r .id"),
        (b'{"a": "' + b"x" * 65536 + b'"}', "jq -r .id"),
        (b"x" * 65536, "too long"),
        (b"good\n" + b"/" * 4000, "too long"),
    ],
)
def test_input_that_is_no_list_of_ids_is_a_usage_error(service, cli, content, message):
    """UTF-16, JSON and endless lines have a message of one line, and nothing is sent."""
    result = cli("archive", "-", input=content)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert message in result.stderr
    assert not service.calls


def test_comments_may_have_any_encoding(service, cli):
    """Bytes that are not UTF-8 do no harm in a comment."""
    assert cli("archive", "-", input=f"{service.ids[0]}\n# ".encode() + b"\xe4\n").stdout == "archived 1 of 1\n"


def test_filters_select_models_that_the_command_changes(service, cli):
    """Filters select fine-tuned models only, and leave out those that are already in the requested state."""
    assert cli("archive", "--match", "*").stdout == "archived 4 of 4\n"
    assert set(service.calls) == set(service.ids[:4])
    assert cli("unarchive", "--match", "model [0-2]").stdout == "unarchived 3 of 3\n"
    assert service.archived() == service.ids[3:]
    assert cli("delete", "--archived", "--yes").stdout == "deleted 3 of 3\n"
    assert service.remaining() == service.ids[:3]


@pytest.mark.parametrize("action", ["archive", "unarchive", "delete"])
@pytest.mark.parametrize(
    "names",
    [["model 0"], ["model 0", "base"], ["base"], ["gone"], ["base", "gone"], ["model 0", "base", "gone"], ["model 5"]],
    ids=" and ".join,
)
def test_a_dry_run_has_the_exit_code_of_the_real_run(service, cli, action, names):
    """A dry run looks up the ids with reads only, and says which ones would fail."""
    ids = [fine_tuned_model(name)["id"] if name.startswith("model") else name for name in names]
    dry_run = cli(action, *ids, "--dry-run", "--json")
    assert not service.calls
    real_run = cli(action, *ids, "--json", *(["--yes"] if action == "delete" else []))
    assert dry_run.exit_code == real_run.exit_code
    expected, actual = json.loads(dry_run.stdout), json.loads(real_run.stdout)
    assert set(expected["ids"]) == set(actual["done"])
    assert {failure["id"] for failure in expected["would_fail"]} == {failure["id"] for failure in actual["failed"]}


def test_a_dry_run_says_why_operations_would_fail(service, cli):
    """The ids that would be changed go to the standard output, the reasons of failures to the standard error."""
    result = cli("delete", "base", "gone", service.ids[0], "--dry-run")
    assert (result.exit_code, result.stdout) == (5, f"{service.ids[0]}\n")
    base, gone, summary = result.stderr.splitlines()
    assert base == "would fail: base: its type is base: only fine-tuned models can be deleted"
    assert gone.startswith("would fail: gone: Model gone not found (404")
    assert summary == "dry run: delete would affect 1 model, 2 would fail; nothing was changed"


def test_a_dry_run_finds_models_that_are_not_listed(tmp_path):
    """The service may know more ids than it lists."""
    with serving(tmp_path, FixedList([])) as cli:
        model_id = fine_tuned_model("support-triage")["id"]
        result = cli("delete", model_id, "gone", "--dry-run")
    assert (result.exit_code, result.stdout) == (5, f"{model_id}\n")


def test_a_dry_run_reports_failed_checks(service, cli):
    """If an id cannot be looked up, the dry run says so, and does not succeed."""
    service.inject(status(503), operation="retrieve", times=None)
    result = cli("delete", "gone", "--dry-run", "--retries", "0")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "would fail: gone: it could not be checked: " in result.stderr


def test_every_match_selects_models(service, cli):
    """`--match` can be repeated: a model is selected if any of the patterns matches."""
    assert cli("delete", "--yes", "--match", "model 0", "--match", "model 3").stdout == "deleted 2 of 2\n"
    assert service.remaining() == [service.ids[1], service.ids[2], *service.ids[4:]]


@pytest.mark.parametrize("action", ["archive", "unarchive", "delete"])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give ids, - to read them from standard input, or filters"),
        (("x", "--match", "*"), "give ids or filters, not both"),
        (("..",), "'..'"),
        (("good", "bad\x1b[31m"), r"bad\x1b[31m"),
        (("--capability", "visoin"), "unknown capability"),
        (("x", "--concurrency", "0"), "Invalid value for '--concurrency'"),
    ],
)
def test_an_unclear_selection_is_a_usage_error(service, cli, action, arguments, message):
    """Without a valid selection the exit code is 2, and nothing is changed."""
    result = cli(action, *arguments, *(["--yes"] if action == "delete" else []))
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert message in result.stderr
    assert not service.calls


def test_a_dry_run_lists_the_ids_and_changes_nothing(service, cli):
    """`--dry-run` prints ids that the command accepts from a pipe."""
    result = cli("delete", "--match", "*", "--dry-run")
    assert result.stdout.splitlines() == service.ids
    assert result.stderr == "dry run: delete would affect 6 models; nothing was changed\n"
    report = json.loads(cli("archive", "--no-archived", "--dry-run", "--json").stdout)
    assert report == {"action": "archive", "dry_run": True, "ids": service.ids[:4], "would_fail": []}
    assert cli("archive", "--match", "nothing", "--dry-run").stdout == ""
    assert not service.calls
    assert cli("delete", "-", "--yes", input=result.stdout).stdout == "deleted 6 of 6\n"


def test_delete_without_a_terminal_needs_yes(service, cli):
    """`delete` needs --yes if the standard input is not a terminal, or provides the ids."""
    for arguments in ([service.ids[0]], ["-"], ["--match", "*"]):
        result = cli("delete", *arguments, input="y\n")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "needs --yes" in result.stderr
    exit_code, displayed = cli.in_terminal(80, "delete", "-", typed="y\n")
    assert (exit_code, "needs --yes" in displayed) == (2, True)
    assert not service.calls


def test_delete_asks_for_confirmation(tmp_path):
    """`delete` lists the ids and asks; no is the default, with exit code 130."""
    service = CountingService(50)
    with serving(tmp_path, service) as cli:
        for typed in ("n\n", "\n"):
            exit_code, displayed = cli.in_terminal(100, "delete", "--match", "*", typed=typed)
            assert exit_code == 130
            assert "nothing was changed" in displayed
        assert not service.calls
        assert service.ids[39] in displayed
        assert service.ids[40] not in displayed
        assert "and 10 more" in displayed
        exit_code, displayed = cli.in_terminal(100, "delete", service.ids[7], typed="y\n")
    assert "delete 1 model permanently?" in displayed
    assert (exit_code, set(service.calls)) == (0, {service.ids[7]})
    assert service.ids[7] not in service.remaining()


def test_a_failure_does_not_stop_the_other_operations(service, cli):
    """A partial success has exit code 5, and the report explains each failure."""
    service.rejected = {service.ids[1]: 409}
    result = cli("archive", *service.ids[:3], "gone")
    assert result.exit_code == 5
    lines = result.stdout.splitlines()
    assert lines[-1] == "archived 2 of 4, 2 failed"
    assert any(line.startswith(f"failed: {service.ids[1]}: out of order (409") for line in lines)
    assert any(line.startswith("failed: gone: Model gone not found (404") for line in lines)
    result = cli("archive", *service.ids[:3], "gone", "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 5
    assert (report["action"], report["interrupted"]) == ("archive", False)
    assert set(report["done"]) == {service.ids[0], service.ids[2]}
    failed = {failure["id"]: failure for failure in report["failed"]}
    assert (failed["gone"]["error"], failed["gone"]["status_code"]) == ("NotFoundError", 404)
    assert (failed[service.ids[1]]["error"], failed[service.ids[1]]["status_code"]) == ("ConflictError", 409)
    assert failed[service.ids[1]]["message"].startswith("out of order (409")


@pytest.mark.parametrize(("status_codes", "exit_code"), [([404, 404], 4), ([404, 409], 1), ([409], 1)])
def test_the_exit_code_of_a_complete_failure_is_that_of_its_errors(service, cli, status_codes, exit_code):
    """If every operation failed in the same way, the exit code is that of the error; otherwise it is 1."""
    service.rejected = dict(zip(service.ids, status_codes, strict=False))
    assert cli("archive", *service.rejected).exit_code == exit_code


def test_the_report_contains_the_notes_of_errors(service, cli):
    """A deletion whose first response was lost, and that then finds no model, may have succeeded."""
    service.inject(disconnect("in body"), operation="delete")
    result = cli("delete", "--yes", "--retries", "1", service.ids[0])
    assert f"failed: {service.ids[0]}" in result.stdout
    service.inject(disconnect("in body"), operation="delete")
    (failure,) = json.loads(cli("delete", "--yes", "--retries", "1", service.ids[1], "--json").stdout)["failed"]
    assert "may have deleted the model" in failure["notes"][0]
    assert "may have deleted the model" in result.stdout


def test_a_rejected_key_stops_the_batch(tmp_path):
    """After an authentication error no further operations are started, and the rest is reported."""
    service = CountingService(100)
    with serving(tmp_path, service) as cli:
        result = cli("archive", "-", "--concurrency", "1", input="\n".join(service.ids), MISTRAL_API_KEY="wrong")
        report = json.loads(cli("archive", *service.ids[:3], "--json", MISTRAL_API_KEY="wrong").stdout)
    assert result.exit_code == 3
    assert report["interrupted"] is False
    assert result.stdout.splitlines()[-1] == "archived 0 of 100, 1 failed, 99 not started"
    assert service.archived() == []


def test_a_progress_bar_is_shown_in_a_terminal(service, cli):
    """A terminal shows the progress of several operations, and the bar disappears at the end."""
    exit_code, displayed = cli.in_terminal(100, "archive", "--match", "*")
    assert exit_code == 0
    assert "4/4" in displayed
    assert displayed.rstrip().endswith("archived 4 of 4")
    assert "/1" not in cli.in_terminal(100, "unarchive", service.ids[0])[1]


def test_losing_the_token_keeps_the_report(tmp_path):
    """If the token file disappears during a batch, the report of what was done precedes the error."""
    token = tmp_path / "token"
    token.write_text("fake-key")

    class DeletingService(CountingService):
        def on_call(self, total: int) -> None:
            token.unlink(missing_ok=True)

    service = DeletingService(3)
    with serving(tmp_path, service) as cli:
        variables = {"MISTRAL_API_KEY": "", "MISTRAL_SA_TOKEN_PATH": str(token)}
        result = cli("archive", *service.ids, "--concurrency", "1", "--json", **variables)
    report = json.loads(result.stdout)
    assert (result.exit_code, report["done"], report["not_started"]) == (3, service.ids[:1], service.ids[2:])
    assert result.stderr.startswith("mistral-models: ")
    assert "MISTRAL_SA_TOKEN_PATH" in result.stderr
    assert result.stderr.count("\n") == 1
