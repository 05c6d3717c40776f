"""Behaviour that needs a process of its own: signals, broken pipes, start-up, and the installed entry points."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from pathlib import Path

import mistral_models
import pytest
from mistral_models.cli.program import COMMANDS
from mistral_models.testing import FakeMistral, Request, Response, base_model, fine_tuned_model

from .runner import Cli, serving
from .services import BlockingService, CountingService

MINE = fine_tuned_model("support-triage")["id"]


def python(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the interpreter of the tests."""
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **variables},
    )


def test_the_module_is_a_program():
    """`python -m mistral_models` runs the command line."""
    result = python("-m", "mistral_models", "--version")
    assert (result.returncode, result.stdout) == (0, f"{mistral_models.__version__}\n")


WITHOUT = """
import sys
from importlib.machinery import PathFinder

class Incomplete(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name == sys.argv[1] else super().find_spec(name, path, target)

sys.meta_path = [Incomplete if finder is PathFinder else finder for finder in sys.meta_path]
from mistral_models.__main__ import main
sys.exit(main())
"""


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_without_the_extra_the_program_says_what_to_install(missing):
    """If click or rich is not installed, one line says how to install it."""
    result = python("-c", WITHOUT, missing)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "pip install 'mistral-models[cli]'" in result.stderr


@pytest.mark.parametrize("broken", ["mistral_models.cli.program", "mistral_models.cli.list"])
def test_a_broken_installation_has_a_traceback(broken):
    """A module of this package that cannot be imported is not reported as a missing extra."""
    result = python(
        "-c",
        f"import sys; sys.modules[{broken!r}] = None; sys.argv[1:] = ['list'];"
        "from mistral_models.__main__ import main; sys.exit(main())",
    )
    assert result.returncode == 1
    assert "Traceback" in result.stderr
    assert broken in result.stderr
    assert "pip install" not in result.stderr


IMPORTED = """
import sys
before = {*sys.modules}  # of the measurement of coverage, if there is one
from mistral_models.cli import run
try:
    run(sys.argv[2:])
except SystemExit:
    pass
loaded = {module for module in sys.modules.keys() - before if sys.modules[module]}
names = {name for module in loaded for name in (module, module.partition(".")[0])}
print(sorted(names & {*sys.argv[1].split()}))
"""
LIBRARY = "asyncio attr dateutil hashlib http.server httpx json logging mistral_models_raw pathlib pygments rich ssl"
COMMANDS_OF_OTHERS = " ".join(
    f"mistral_models.cli.{name}" for name in ("audit", "bulk", "diff", "doctor", "list", "timeline")
)
COMPLETION = {"_MISTRAL_MODELS_COMPLETE": "zsh_complete", "COMP_WORDS": "mistral-models show ", "COMP_CWORD": "2"}


@pytest.mark.parametrize(
    ("arguments", "unneeded", "variables"),
    [
        (["--version"], f"{LIBRARY} {COMMANDS_OF_OTHERS}", {}),
        (["--help"], f"{LIBRARY} {COMMANDS_OF_OTHERS}", {}),
        (["show", "--help"], f"{LIBRARY} {COMMANDS_OF_OTHERS}", {}),
        ([], f"{LIBRARY} {COMMANDS_OF_OTHERS}", COMPLETION),
        (["--demo", "list"], "http.server mistral_models.cli.doctor pygments", {}),
        (["--demo", "list", "--json"], "http.server pygments rich", {}),
    ],
    ids=["version", "help", "help of a command", "completion", "list", "list as JSON"],
)
def test_a_command_imports_only_what_it_needs(tmp_path, arguments, unneeded, variables):
    """The version, help texts and completion load nothing that sends requests, and no command another one's modules."""
    result = python("-c", IMPORTED, unneeded, *arguments, XDG_CACHE_HOME=str(tmp_path), **variables)
    assert (result.stderr, result.stdout.splitlines()[-1]) == ("", "[]")


HELP = """
import sys
from mistral_models.cli import run
from mistral_models.cli.program import COMMANDS
for command in ("", *COMMANDS):
    run([*command.split(), "--help"])
"""


def test_optimized_bytecode_has_every_help_text():
    """`python -OO` removes docstrings, but no help text."""
    optimized, plain = python("-OO", "-c", HELP), python("-c", HELP)
    assert (optimized.returncode, optimized.stderr) == (0, "")
    assert optimized.stdout == plain.stdout
    texts = re.findall(r"^Usage: .*\n\n  (\w.*)$", optimized.stdout, re.MULTILINE)
    assert len(texts) == len(COMMANDS) + 1
    assert "List models." in texts


def test_a_warning_is_one_line(tmp_path):
    """A warning of the library is printed without its place in the code."""
    cli = Cli(tmp_path, "http://models.invalid", "key")
    process = cli.start("--retries", "0", "list")
    _, stderr = process.communicate(timeout=60)
    warning, error = stderr.splitlines()
    assert warning.startswith("mistral-models: http://models.invalid is not encrypted")
    assert error.startswith("mistral-models: ")


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("show", MINE), ("update", MINE, "--name", "x"), ("archive", MINE), ("delete", MINE, "--yes"),
     ("timeline",), ("doctor",), ("completion", "bash"), ("--help",)],
    ids=lambda arguments: arguments[0],
)  # fmt: skip
def test_commands_work_where_warnings_are_errors(tmp_path, arguments):
    """PYTHONWARNINGS=error changes the outcome of no command."""
    with serving(tmp_path) as cli:
        cli.variables["PYTHONWARNINGS"] = "error"
        process = cli.start(*arguments)
        _, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (0, "")


def test_a_warning_is_no_error_where_warnings_are_errors(tmp_path):
    """With PYTHONWARNINGS=error the warning about an unencrypted address is printed, and the command goes on."""
    cli = Cli(tmp_path, "http://printer.invalid", "key")
    cli.variables["PYTHONWARNINGS"] = "error"
    process = cli.start("--retries", "0", "list")
    _, stderr = process.communicate(timeout=60)
    warning, error = stderr.splitlines()
    assert process.returncode == 1
    assert warning.startswith("mistral-models: http://printer.invalid is not encrypted")
    assert error.startswith("mistral-models: no response from http://printer.invalid")


@pytest.mark.linux("has /dev/full")
@pytest.mark.parametrize(("arguments", "exit_code"), [(("show", "gone"), 4), (("list", "--sort", "beauty"), 2)])
def test_an_error_message_that_cannot_be_written_does_not_change_the_exit_code(tmp_path, arguments, exit_code):
    """The exit code tells the outcome even if the disk behind the standard error is full."""
    with serving(tmp_path) as cli, Path("/dev/full").open("w", encoding="ascii") as full:
        process = cli.start(*arguments, stderr=full)
        stdout, _ = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (exit_code, "")


def test_closed_standard_streams_are_supported(tmp_path):
    """With closed standard streams, as under some schedulers, commands work, and `delete` cannot ask."""
    service = CountingService()

    def run(*arguments: str) -> int:
        command = ["sh", "-c", f"{shlex.join(cli.command(*arguments))} <&- >&- 2>&-"]
        return subprocess.run(command, env=cli.environment(), check=False, timeout=60).returncode

    with serving(tmp_path, service) as cli:
        assert run("archive", service.ids[0]) == 0
        assert service.archived() == [service.ids[0]]
        assert run("delete", service.ids[0]) == 2
    assert service.calls.total() == 1


def test_input_that_is_not_text_is_a_usage_error(tmp_path):
    """Invalid UTF-8 on the standard input is reported like any other invalid id, and nothing is sent."""
    service = CountingService()
    with serving(tmp_path, service) as cli:
        process = cli.start("archive", "-", stdin=subprocess.PIPE, text=False)
        stdout, stderr = process.communicate(f"{service.ids[0]}\n".encode() + b"\xff\xfe\n", timeout=60)
    assert (process.returncode, stdout, stderr.count(b"\n")) == (2, b"", 1)
    assert not service.calls


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_a_pipe_without_a_reader_is_not_an_error(cli, option):
    """`mistral-models --help | true` succeeds."""
    reading, writing = os.pipe()
    os.close(reading)
    process = cli.start(option, stdout=writing)
    os.close(writing)
    _, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (0, "")


def test_a_reader_that_stops_early_is_not_an_error(tmp_path):
    """`mistral-models list --json | head -1` succeeds."""
    with serving(tmp_path, [base_model(f"model-{number}") for number in range(500)]) as cli:
        process = cli.start("list", "--json")
        assert process.stdout.readline() == "[\n"
        process.stdout.close()
        assert process.stderr.read() == ""
        process.stderr.close()
        assert process.wait(60) == 0


def test_a_closed_pipe_does_not_change_the_exit_code(tmp_path):
    """The exit code tells a partial success even if nobody reads the report."""
    service = CountingService()
    service.rejected = {service.ids[1]: 409}
    with serving(tmp_path, service) as cli:
        process = cli.start("archive", *service.ids[:2])
        process.stdout.close()
        assert process.stderr.read() == ""
        process.stderr.close()
        assert process.wait(60) == 5


def test_an_interrupt_waits_for_operations_in_flight(tmp_path):
    """Ctrl-C starts no further operations, and the report lists what was done and what was not started."""
    service = BlockingService(30, awaited=4)
    with serving(tmp_path, service) as cli:
        process = cli.start("archive", *service.ids, "--concurrency", "4", "--json")
        service.wait_for_requests()
        process.send_signal(signal.SIGINT)
        assert process.stderr.readline() == "\n"
        assert process.stderr.readline().startswith("waiting for operations in flight")
        service.release.set()
        stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (130, "")
    report = json.loads(stdout)
    assert report["interrupted"]
    assert set(report["done"]) == set(service.archived()) == set(service.ids[:4])
    assert report["not_started"] == service.ids[4:]
    assert (report["failed"], report["not_known"]) == ([], [])


def test_a_second_interrupt_abandons_operations_in_flight(tmp_path):
    """After a second Ctrl-C the outcome of the operations in flight is reported as unknown."""
    service = BlockingService(30, awaited=4)
    with serving(tmp_path, service) as cli:
        process = cli.start("archive", *service.ids, "--concurrency", "4")
        service.wait_for_requests()
        process.send_signal(signal.SIGINT)
        process.stderr.readline()
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        stdout, _ = process.communicate(timeout=60)
        service.release.set()
    assert process.returncode == 130
    lines = stdout.splitlines()
    assert lines[-1] == "archived 0 of 30, 4 unknown, 26 not started"
    assert [line.removeprefix("unknown: ") for line in lines if line.startswith("unknown")] == service.ids[:4]


def test_an_interrupt_of_a_single_request_ends_the_program(tmp_path):
    """Ctrl-C during any other command has exit code 130 and a message of one line."""

    class BlockingList(FakeMistral):
        def __init__(self) -> None:
            super().__init__()
            self.arrived, self.release = threading.Event(), threading.Event()

        def handle(self, request: Request) -> Response:
            self.arrived.set()
            self.release.wait(30)
            return super().handle(request)

    service = BlockingList()
    with serving(tmp_path, service) as cli:
        process = cli.start("list")
        assert service.arrived.wait(30)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
        service.release.set()
    assert (process.returncode, stdout, stderr.strip()) == (130, "", "mistral-models: interrupted")


def test_serve_runs_until_interrupted(cli, tmp_path):
    """`serve` prints its URL and how to use it, and ends successfully after Ctrl-C."""
    process = cli.start("serve")
    url = process.stdout.readline().strip()
    assert MINE in Cli(tmp_path, url, "fake-key")("list").stdout
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0
    assert f"MISTRAL_API_KEY=fake-key mistral-models --server-url {url} list" in stderr


class MemoryObserver(CountingService):
    """Rejects 5 % of the requests, and records the memory of a process early and late in the batch."""

    pid: int | None = None

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.rejected = dict.fromkeys(self.ids[::20], 500)
        self.resident: dict[int, int] = {}

    def on_call(self, total: int) -> None:
        if self.pid and total in {len(self.ids) // 4, len(self.ids) - 10}:
            status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
            self.resident[total] = int(status.partition("VmRSS:")[2].split()[0])


@pytest.mark.linux("reads /proc")
def test_a_large_batch_needs_little_memory(tmp_path):
    """A batch of 1,000 models with failures is reported correctly, sends each request once, and does not grow."""
    service = MemoryObserver(1000)
    with serving(tmp_path, service) as cli:
        process = cli.start("archive", "--match", "*", "--retries", "0", "--json")
        service.pid = process.pid
        stdout, stderr = process.communicate(timeout=120)
    assert (process.returncode, stderr) == (5, "")
    report = json.loads(stdout)
    assert {failure["id"] for failure in report["failed"]} == set(service.rejected)
    assert all(failure["status_code"] == 500 for failure in report["failed"])
    assert set(report["done"]) == set(service.ids) - set(service.rejected) == set(service.archived())
    assert (len(report["failed"]), len(report["done"])) == (50, 950)
    assert (report["not_started"], report["not_known"]) == ([], [])
    assert service.calls == dict.fromkeys(service.ids, 1)
    early, late = service.resident.values()
    assert late - early < 8 * 1024, "KiB"
