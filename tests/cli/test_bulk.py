"""`archive`, `unarchive` and `delete`: which models, what is asked, what fails, and what an interruption leaves."""

import json
import shlex
import signal
import subprocess
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest
from mistral_models.testing import FakeMistral, Request, Response, base_model, disconnect, fine_tuned_model

from .running import serving


class Observed(FakeMistral):
    """Counts what is asked for each id; refuses the ids it is told to."""

    def __init__(self, number: int = 6, refused: dict[str, int] | None = None, **archived: bool) -> None:
        self.ids = [fine_tuned_model(f"model {n}")["id"] for n in range(number)]
        models = [fine_tuned_model(f"model {n}", archived=archived.get(f"model_{n}", False)) for n in range(number)]
        super().__init__([base_model("base"), *models])
        self.refused = refused or {}
        self.calls: Counter[str] = Counter()
        self.counting = threading.Lock()

    def handle(self, request: Request) -> Response:
        if request.method == "GET":
            return super().handle(request)
        name = unquote(request.target.split("/models/")[1].removesuffix("/archive"))
        with self.counting:
            self.calls[name] += 1
            self.counted(self.calls.total())
        if name in self.refused:
            return Response(self.refused[name], b'{"message": "out of order"}')
        return super().handle(request)

    def counted(self, total: int) -> None:
        """Called with every number of calls, one after the other."""

    def archived(self) -> list[str]:
        return [name for name, model in self._models.items() if model.get("archived")]

    def left(self) -> list[str]:
        return [name for name in self.ids if name in self._models]


@pytest.fixture
def fake() -> Observed:
    return Observed(model_4=True, model_5=True)


@pytest.fixture
def program(fake, tmp_path):
    with serving(tmp_path, fake) as program:
        yield program


def test_ids_are_arguments(fake, program):
    """Each is done once, however often it is named."""
    one, two = fake.ids[:2]
    result = program("archive", one, two, one)
    assert (result.returncode, result.stdout, result.stderr) == (0, "archived 2 of 2\n", "")
    assert fake.calls == {one: 1, two: 1}
    assert program("unarchive", one).stdout == "unarchived 1 of 1\n"
    assert fake.archived() == [two, *fake.ids[4:]]
    assert program("delete", one, "--yes").stdout == "deleted 1 of 1\n"
    assert one not in fake.left()


def test_ids_come_from_the_standard_input(fake, program):
    """One a line; empty lines and comments are none."""
    given = f"# these\n\n{fake.ids[0]}\n  {fake.ids[1]}  \n"
    assert program("archive", "-", fake.ids[2], input=given).stdout == "archived 3 of 3\n"
    assert set(fake.calls) == set(fake.ids[:3])
    assert program("archive", "-", input="# none\n").stdout == "archived 0 of 0\n"


def test_closed_streams_are_no_obstacle(fake, program):
    """As some schedulers start programs: the work is done, and nobody can be asked."""

    def run(*arguments: str) -> int:
        line = shlex.join(program.command(*arguments))
        command = ["sh", "-c", f"{line} <&- >&- 2>&-"]
        return subprocess.run(command, env=program.environment, check=False, timeout=60).returncode

    assert run("archive", fake.ids[0]) == 0
    assert fake.archived() == [fake.ids[0], *fake.ids[4:]]
    assert run("archive", "-") == 0
    assert run("delete", fake.ids[0]) == 2
    assert fake.calls.total() == 1


def test_input_that_is_not_text_is_no_id(fake, program):
    """It is refused as any other wrong id, before anything is sent."""
    process = program.start("archive", "-", stdin=subprocess.PIPE, text=False)
    shown, told = process.communicate(f"{fake.ids[0]}\n".encode() + b"\xff\xfe\n")
    assert (process.returncode, shown, told.count(b"\n")) == (2, b"", 1)
    assert b"is not the id of a model" in told
    assert not fake.calls


def test_filters_choose_what_there_is_to_do(fake, program):
    """Fine-tuned models only, and those that are not so already."""
    assert program("archive", "--match", "*").stdout == "archived 4 of 4\n"
    assert set(fake.calls) == set(fake.ids[:4])
    assert program("unarchive", "--match", "model [0-2]").stdout == "unarchived 3 of 3\n"
    assert fake.archived() == fake.ids[3:]
    assert program("delete", "--archived", "--yes").stdout == "deleted 3 of 3\n"
    assert fake.left() == fake.ids[:3]


@pytest.mark.parametrize("action", ["archive", "unarchive", "delete"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing says which models"),
        (("x", "--match", "*"), "give ids or filters, not both"),
        (("..",), "is not the id of a model"),
        (("good", "bad\x1b[31m"), r"bad\x1b[31m"),
        (("--capability", "visoin"), "no model has the capability"),
        (("x", "--concurrency", "0"), "Invalid value for '--concurrency'"),
    ],
)
def test_what_is_not_clear_is_not_done(fake, program, action, arguments, said):
    """Status 2, and nothing is sent: nobody deletes everything by accident."""
    result = program(action, *arguments, *(["--yes"] if action == "delete" else []))
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert said in result.stderr
    assert not fake.calls


def test_a_rehearsal_lists_the_ids_and_sends_nothing(fake, program):
    """They can be piped into the real thing."""
    result = program("delete", "--match", "*", "--dry-run")
    assert result.stdout.splitlines() == fake.ids
    assert result.stderr == "delete would concern 6 models; nothing was done\n"
    said = json.loads(program("archive", "--no-archived", "--dry-run", "--json").stdout)
    assert said == {"action": "archive", "dry_run": True, "ids": fake.ids[:4]}
    assert program("archive", "--match", "nothing", "--dry-run").stdout == ""
    assert not fake.calls
    assert program("delete", "-", "--yes", input=result.stdout).stdout == "deleted 6 of 6\n"


def test_nobody_to_ask_is_a_refusal(fake, program):
    """`delete` needs --yes where the standard input is no terminal, or is read for ids."""
    for arguments in ([fake.ids[0]], ["-"], ["--match", "*"]):
        result = program("delete", *arguments, input="y\n")
        assert (result.returncode, result.stdout) == (2, "")
        assert "needs --yes" in result.stderr
    status, shown = program.in_terminal(80, "delete", "-", typed="y\n")
    assert (status, "needs --yes" in shown) == (2, True)
    assert not fake.calls


def test_deletion_asks_and_shows_what_goes(tmp_path):
    """No is the default, and status 130."""
    fake = Observed(50)
    with serving(tmp_path, fake) as program:
        for typed in ("n\n", "\n"):
            status, shown = program.in_terminal(100, "delete", "--match", "*", typed=typed)
            assert status == 130
            assert "nothing was done" in shown
        assert not fake.calls
        assert fake.ids[39] in shown
        assert fake.ids[40] not in shown
        assert "and 10 more" in shown
        status, shown = program.in_terminal(100, "delete", fake.ids[7], typed="y\n")
    assert "delete 1 model for good?" in shown
    assert (status, set(fake.calls)) == (0, {fake.ids[7]})
    assert fake.ids[7] not in fake.left()


def test_a_failure_does_not_stop_the_rest(fake, program):
    """Status 5; the summary says what failed and why, for people and for programs."""
    fake.refused = {fake.ids[1]: 409}
    result = program("archive", *fake.ids[:3], "gone")
    assert result.returncode == 5
    lines = result.stdout.splitlines()
    assert lines[-1] == "archived 2 of 4, 2 failed"
    assert any(line.startswith(f"failed: {fake.ids[1]}: out of order (409") for line in lines)
    assert any(line.startswith("failed: gone: Model gone not found (404") for line in lines)
    result = program("archive", *fake.ids[:3], "gone", "--json")
    report = json.loads(result.stdout)
    assert result.returncode == 5
    assert (report["action"], set(report["done"]), report["interrupted"]) == (
        "archive", {fake.ids[0], fake.ids[2]}, False,
    )  # fmt: skip
    failed = {failure["id"]: failure for failure in report["failed"]}
    assert (failed["gone"]["error"], failed["gone"]["status_code"]) == ("NotFoundError", 404)
    assert (failed[fake.ids[1]]["error"], failed[fake.ids[1]]["status_code"]) == ("ConflictError", 409)
    assert failed[fake.ids[1]]["message"].startswith("out of order (409")


@pytest.mark.parametrize(("refusals", "status"), [([404, 404], 4), ([404, 409], 1), ([409], 1)])
def test_if_nothing_was_done_the_status_says_why(fake, program, refusals, status):
    """What all failures have in common, if anything."""
    fake.refused = dict(zip(fake.ids, refusals, strict=False))
    assert program("archive", *fake.refused).returncode == status


def test_what_may_have_been_done_is_said(fake, program):
    """Not only that it failed: the notes of an error are for people, too."""
    fake.inject(disconnect("in body"), operation="delete")
    result = program("delete", "--yes", "--retries", "1", fake.models[-1]["id"])
    assert "failed: " in result.stdout
    assert "the model may have been deleted by it" in result.stdout
    fake.inject(disconnect("in body"), operation="delete")
    report = json.loads(program("delete", "--yes", "--retries", "1", fake.models[-1]["id"], "--json").stdout)
    assert "the model may have been deleted by it" in report["failed"][0]["notes"][0]


def test_a_key_that_is_not_accepted_stops_it(tmp_path):
    """The others would be refused alike; they are listed."""
    fake = Observed(100)
    with serving(tmp_path, fake) as program:
        result = program("archive", "-", "--concurrency", "1", input="\n".join(fake.ids), MISTRAL_API_KEY="wrong")
        report = json.loads(program("archive", *fake.ids[:3], "--json", MISTRAL_API_KEY="wrong").stdout)
    assert result.returncode == 3
    assert report["interrupted"] is False
    assert result.stdout.splitlines()[-1] == "archived 0 of 100, 1 failed, 99 not started"
    assert fake.archived() == []


def test_a_bar_shows_how_far_it_is(fake, program):
    """In a terminal, for more than one; it is gone in the end."""
    status, shown = program.in_terminal(100, "archive", "--match", "*")
    assert status == 0
    assert "4/4" in shown
    assert shown.rstrip().endswith("archived 4 of 4")
    assert "/1" not in program.in_terminal(100, "unarchive", fake.ids[0])[1]


class Held(Observed):
    """Answers to changes wait until they are released."""

    def __init__(self, number: int, awaited: int) -> None:
        super().__init__(number)
        self.meeting = threading.Semaphore(0)
        self.awaited = awaited
        self.release = threading.Event()

    def handle(self, request: Request) -> Response:
        if request.method != "GET":
            self.meeting.release()
            self.release.wait(30)
        return super().handle(request)

    def wait_for_all(self) -> None:
        for _ in range(self.awaited):
            assert self.meeting.acquire(timeout=30)


def test_an_interruption_finishes_what_is_under_way(tmp_path):
    """Starts no more; says what is done and what is not."""
    fake = Held(30, awaited=4)
    with serving(tmp_path, fake) as program:
        process = program.start("archive", *fake.ids, "--concurrency", "4", "--json")
        fake.wait_for_all()
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert process.stderr.readline() == "\n"
        assert process.stderr.readline().startswith("waiting for those under way")
        fake.release.set()
        shown, told = process.communicate(timeout=30)
    assert (process.returncode, told) == (130, "")
    report = json.loads(shown)
    assert report["interrupted"]
    assert set(report["done"]) == set(fake.archived()) == set(fake.ids[:4])
    assert report["not_started"] == fake.ids[4:]
    assert (report["failed"], report["not_known"]) == ([], [])


def test_a_second_interruption_gives_up(tmp_path):
    """What is under way is said to be not known."""
    fake = Held(30, awaited=4)
    with serving(tmp_path, fake) as program:
        process = program.start("archive", *fake.ids, "--concurrency", "4")
        fake.wait_for_all()
        assert process.stderr is not None
        process.send_signal(signal.SIGINT)
        process.stderr.readline()
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        shown, _ = process.communicate(timeout=30)
        fake.release.set()
    assert process.returncode == 130
    lines = shown.splitlines()
    assert lines[-1] == "archived 0 of 30, 4 not known, 26 not started"
    assert [line.removeprefix("not known: ") for line in lines if line.startswith("not known")] == fake.ids[:4]


def test_an_interruption_of_anything_else_is_status_130(tmp_path):
    """One line says so."""

    class Stuck(FakeMistral):
        def __init__(self) -> None:
            super().__init__()
            self.asked, self.release = threading.Event(), threading.Event()

        def handle(self, request: Request) -> Response:
            self.asked.set()
            self.release.wait(30)
            return super().handle(request)

    fake = Stuck()
    with serving(tmp_path, fake) as program:
        process = program.start("list")
        assert fake.asked.wait(30)
        process.send_signal(signal.SIGINT)
        shown, told = process.communicate(timeout=30)
        fake.release.set()
    assert (process.returncode, shown, told.strip()) == (130, "", "mistral-models: interrupted")


def test_a_reader_who_leaves_does_not_change_the_status(fake, program):
    """What failed has failed, even if nobody reads of it."""
    fake.refused = {fake.ids[1]: 409}
    process = program.start("archive", *fake.ids[:2])
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(30) == 5


class Measured(Observed):
    """Notes how much memory the program holds while it works."""

    pid: int | None = None

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.refused = dict.fromkeys(self.ids[::20], 500)
        self.resident: dict[int, int] = {}

    def counted(self, total: int) -> None:
        if self.pid and total in {len(self.ids) // 4, len(self.ids) - 10}:
            status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
            self.resident[total] = int(status.partition("VmRSS:")[2].split()[0])


@pytest.mark.linux("reads /proc")
def test_two_thousand_are_archived_once_each(tmp_path):
    """With 5 % failures: a correct summary, steady memory, and nothing done twice."""
    fake = Measured(2000)
    assert len(set(fake.ids)) == 2000
    with serving(tmp_path, fake) as program:
        process = program.start("archive", "--match", "*", "--retries", "0", "--json")
        fake.pid = process.pid
        shown, told = process.communicate(timeout=120)
    assert (process.returncode, told) == (5, "")
    report = json.loads(shown)
    assert {failure["id"] for failure in report["failed"]} == set(fake.refused)
    assert all(failure["status_code"] == 500 for failure in report["failed"])
    assert set(report["done"]) == set(fake.ids) - set(fake.refused)
    assert (len(report["failed"]), len(report["done"])) == (100, 1900)
    assert (report["not_started"], report["not_known"]) == ([], [])
    assert set(fake.archived()) == set(report["done"])
    assert fake.calls == dict.fromkeys(fake.ids, 1)
    early, late = fake.resident.values()
    assert late - early < 8 * 1024, "KiB"
