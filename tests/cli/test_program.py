"""The program as a whole: exit statuses, errors in one line, options before and after commands, a quick start."""

import ast
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import mistral_models
import pytest
from mistral_models.testing import FakeMistral, Request, Response, fine_tuned_model

from tests.conftest import ROOT

from .running import ENTRY, Program, serving

SECRET = "secret-that-nobody-sees"
MINE = fine_tuned_model("support-triage")["id"]


class Refusing(FakeMistral):
    """Answers everything with one status."""

    def __init__(self, status: int, body: bytes = b'{"detail": "no"}', models: list | None = None) -> None:
        super().__init__(models, api_key=SECRET)
        self.answer = Response(status, body)

    def handle(self, request: Request) -> Response:
        return self.answer


@pytest.mark.parametrize("command", [("list",), ("show", MINE), ("archive", MINE)])
def test_a_proxy_that_cannot_be_used_is_one_line(served, command):
    """It says what is missing; nothing was sent."""
    proxy = "socks5://user:password@127.0.0.1:9"
    result = served(*command, HTTP_PROXY=proxy, http_proxy=proxy, NO_PROXY="", no_proxy="")
    assert (result.returncode, result.stdout) == (1, "")
    assert "a proxy variable of the environment" in result.stderr
    assert "httpx[socks]" in result.stderr
    assert "password" not in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_token_that_goes_away_loses_no_report(tmp_path):
    """What was done by then is said, and then why it ended."""
    token = tmp_path / "token"
    token.write_text("fake-key")

    class Watching(FakeMistral):
        def handle(self, request: Request) -> Response:
            token.unlink(missing_ok=True)
            return super().handle(request)

    ids = [fine_tuned_model(name)["id"] for name in ("a", "b", "c")]
    with serving(tmp_path, Watching([fine_tuned_model(name) for name in ("a", "b", "c")])) as program:
        result = program(
            "archive", *ids, "--concurrency", "1", "--json", MISTRAL_API_KEY="", MISTRAL_SA_TOKEN_PATH=str(token)
        )
    report = json.loads(result.stdout)
    assert (result.returncode, report["done"], report["not_started"]) == (1, ids[:1], ids[2:])
    assert "MISTRAL_SA_TOKEN_PATH: the token cannot be read" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (Response(401, b'{"detail": "Unauthorized"}'), 3, "Unauthorized (401"),
        (Response(403, b"{}"), 1, "(403 Forbidden"),
        (Response(404, b'{"message": "Model x not found"}'), 4, "Model x not found (404"),
        (Response(422, b'{"detail": [{"loc": ["body"], "msg": "bad", "type": "t"}]}'), 1, "bad (422"),
        (Response(429, b"{}", {"retry-after": "1000"}), 1, "(429"),
        (Response(500, b"<html><title>Oh\x1b[31m</title>"), 1, r"Oh\x1b[31m (500"),
        (Response(200, b"[]"), 1, "expected object"),
        (Response(200, b"{"), 1, "not JSON"),
    ],
)
@pytest.mark.parametrize("command", [("show", "x"), ("update", "x", "--name", "y"), ("archive", "x"), ("list",)])
def test_an_error_of_the_service_is_one_line_and_a_status(tmp_path, command, answer, status, said):
    """No traceback, no key, no escape sequence; bulk commands say it in their summary."""
    fake = Refusing(answer.status)
    fake.answer = answer
    with serving(tmp_path, fake) as program:
        result = program(*command, "--retries", "0")
    # That there is no list says nothing of a model: the address is wrong.
    assert result.returncode == (1 if (command, status) == (("list",), 4) else status)
    if command[0] == "archive":
        told, rest = result.stdout.removesuffix("archived 0 of 1, 1 failed\n"), result.stderr
    else:
        told, rest = result.stderr, result.stdout
    assert said in told
    assert (told.count("\n"), rest) == (1, "")
    assert SECRET not in told


def test_without_a_key_it_says_where_to_put_one(alone):
    """Status 3; a key that cannot be sent is not shown."""
    for command in (["list"], ["show", "x"], ["delete", "x", "--yes"]):
        result = alone(*command)
        assert (result.returncode, result.stdout) == (3, "")
        assert result.stderr == (
            "mistral-models: no API key: set the environment variable MISTRAL_API_KEY, or try --demo\n"
        )
    result = alone("list", MISTRAL_API_KEY=f"{SECRET}\n")
    assert (result.returncode, result.stderr.count("\n")) == (3, 1)
    assert SECRET not in result.stderr
    result = alone("list", MISTRAL_SA_TOKEN_PATH="/nowhere")
    assert (result.returncode, result.stderr.count("\n")) == (3, 1)
    assert "MISTRAL_SA_TOKEN_PATH: the token cannot be read" in result.stderr


def test_no_answer_is_one_line(tmp_path):
    """Status 1."""
    with FakeMistral().serve() as url:
        pass
    result = Program(tmp_path, url, SECRET)("list", "--retries", "0")
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert f"no answer from {url}" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--server-url", "ftp://x", "list"), "server_url must look like"),
        (("--server-url", "ftp://x", "doctor"), "server_url must look like"),
        (("--demo", "--server-url", "http://x", "list"), "--demo has a service of its own"),
        (("show", ".."), "'..' is not the id of a model"),
        (("update", "..", "--name", "x"), "'..' is not the id of a model"),
        (("show",), "Missing argument"),
        (("update", "x"), "nothing to change"),
        (("update", "x", "--name", "a", "--clear-name"), "--name and --clear-name exclude each other"),
        (("update", "x", "--description", "a", "--clear-description"), "--clear-description exclude each other"),
        (("--server-url", "", "list"), "'--server-url': it is empty"),
        (("list", "--provider", "\udcff"), "'--provider': it is not text in UTF-8"),
        (("list", "--model", ""), "'--model': it is empty"),
        (("--demo", "--timeout", "nan", "show", "x"), "'--timeout': nan is no number of seconds"),
        (("--timeout", "inf", "list"), "'--timeout': inf is no number of seconds"),
        (("--timeout", "1e308", "list"), "'--timeout': 1e308 is no number of seconds"),
        (("beauty",), "No such command 'beauty'. (see"),
        (("shwo",), "No such command 'shwo'; did you mean show?"),
        (("timeline", "--months", "0"), "Invalid value for '--months'"),
        (("serve", "--port", "-1"), "Invalid value for '--port'"),
        (("completion", "tcsh"), "'tcsh' is not one of"),
    ],
)
def test_a_wrong_command_line_is_one_line(alone, arguments, said):
    """Status 2, before anything is sent."""
    result = alone(*arguments, MISTRAL_API_KEY=SECRET)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert said in result.stderr


def test_options_stand_before_or_after_the_command(served):
    """And reach the client: one retry, told when it is asked for, and no secret even in the most talkative log."""
    fake = Refusing(503)
    with serving(Path(served.environment["XDG_CACHE_HOME"]), fake) as program:
        for arguments in (("--retries", "1", "-v", "list"), ("list", "--retries", "1", "-v")):
            result = program(*arguments)
            assert result.returncode == 1
            assert result.stderr.count("retrying GET /v1/models") == 1
            assert "2 attempts" in result.stderr
            assert "request 1" not in result.stderr
        told = program("--timeout", "5", "-vv", "list", "--retries", "0").stderr
    assert "request 1: GET" in told
    assert "answer 1: 503" in told
    assert SECRET not in told


def test_a_call_ends_when_its_time_is_up(tmp_path):
    """`--timeout` counts for the whole call."""

    class Slow(FakeMistral):
        def handle(self, request: Request) -> Response:
            time.sleep(3)
            return super().handle(request)

    with serving(tmp_path, Slow()) as program:
        began = time.monotonic()
        result = program("list", "--timeout", "0.2", "--retries", "0")
    assert result.returncode == 1
    assert "time" in result.stderr
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("show", MINE), ("update", MINE, "--name", "x"), ("archive", MINE), ("unarchive", MINE),
     ("delete", MINE, "--yes"), ("timeline",), ("doctor",)],
    ids=lambda arguments: arguments[0],
)  # fmt: skip
def test_every_command_runs_without_a_key(alone, arguments):
    """`--demo` uses an embedded service, before or after the command, whatever the proxies."""
    for line in (("--demo", *arguments), (*arguments, "--demo")):
        result = alone(*line, HTTP_PROXY="http://127.0.0.1:9", ALL_PROXY="http://127.0.0.1:9")
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout


def test_show_tells_all(served):
    """What the document knows, and what else the service sent; `--json` has it all."""
    shown = served("show", "voxtral-mini-latest").stdout
    assert "voxtral-mini-2507" in shown
    assert "131k (131,072 tokens)" in shown
    assert "audio, audio_transcription, audio_transcription_realtime" in shown
    assert "en, fr, de" in shown
    card = json.loads(served("show", "voxtral-mini-2507", "--json").stdout)
    assert card["audio_transcription_capabilities"]["languages"] == ["en", "fr", "de"]
    tuned = served("show", fine_tuned_model("old-experiment")["id"]).stdout
    assert "fine-tuned, archived" in tuned
    assert "root" in tuned
    assert "2026-12-31" in served("show", "open-mistral-7b").stdout
    assert "\x1b[1mopen-mistral-7b" in served.in_terminal(60, "show", "open-mistral-7b")[1]


def test_show_takes_any_payload(tmp_path):
    """An answer of an unknown kind is shown as it came."""
    body = b'{"type": "new", "id": "a", "x": {"y": [1, true], "z": null}, "w": 1.5}'
    with serving(tmp_path, Refusing(200, body)) as program:
        result = program("show", "a")
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout.split("\n", 2)[0].split() == ["id", "a"]
        assert "\n  y           [1, true]\n" in result.stdout
        assert json.loads(program("show", "a", "--json").stdout) == json.loads(body)


def test_show_loses_nothing_that_it_cannot_read(tmp_path):
    """What is not of the form that a line of its own needs is shown as it came."""
    odd = {"id": 5, "type": "base", "capabilities": {}, "deprecation": "never", "created": 10**20, "archived": "yes"}
    with serving(tmp_path, Refusing(200, json.dumps(odd).encode())) as program:
        shown = [line.split(None, 1) for line in program("show", "x").stdout.splitlines()]
    assert {("id", "5"), ("deprecation", "never"), ("created", str(10**20)), ("archived", "yes")} <= set(
        map(tuple, shown)
    )


def test_an_archived_model_without_a_type_is_shown_as_archived(alone):
    """What `update` answers has none."""
    tuned = fine_tuned_model("old-experiment")["id"]
    shown = alone("--demo", "update", tuned, "--name", "x").stdout.splitlines()
    assert ["type", "archived"] in [line.split() for line in shown]


def test_a_warning_is_a_line_of_the_programs_own(alone):
    """Without the place in the code that gave it."""
    result = alone("--server-url", "http://models.invalid", "--retries", "0", "list", MISTRAL_API_KEY=SECRET)
    warned, failed = result.stderr.splitlines()
    assert warned.startswith("mistral-models: http://models.invalid is not encrypted")
    assert failed.startswith("mistral-models: no answer from http://models.invalid")


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_a_reader_who_leaves_early_is_no_failure(alone, option):
    """`mistral-models --help | true`, with `pipefail`."""
    reading, writing = os.pipe()
    os.close(reading)
    process = alone.start(option, stdout=writing)
    os.close(writing)
    _, told = process.communicate(timeout=30)
    assert (process.returncode, told) == (0, "")


def test_update_changes_what_is_named(served):
    """And shows the model afterwards; clearing is null, not an empty text."""
    changed = json.loads(served("update", MINE, "--name", "n", "--description", "d", "--json").stdout)
    assert (changed["name"], changed["description"]) == ("n", "d")
    assert "description" in served("update", MINE, "--clear-name").stdout
    changed = json.loads(served("update", MINE, "--clear-description", "--json").stdout)
    assert (changed["name"], changed["description"]) == (None, None)


def test_serve_serves_until_interrupted(alone):
    """It prints its address first; Ctrl-C is its ordinary end."""
    process = alone.start("serve")
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    served = Program(Path(alone.environment["XDG_CACHE_HOME"]), url, "fake-key")
    assert MINE in served("list").stdout
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 0
    assert f"MISTRAL_API_KEY=fake-key mistral-models --server-url {url} list" in told


def test_a_port_that_is_taken_is_said(alone):
    """One line, status 1."""
    with FakeMistral().serve() as url:
        result = alone("serve", "--port", url.rpartition(":")[2])
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert result.stderr.endswith("in use; choose another with --port\n")


def program_commands(text: str) -> list[str]:
    lines = text.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    commands = [line.split()[0] for line in lines if line[2] != " "]
    assert len(commands) == 10
    return commands


def test_help_lists_commands_and_exit_statuses(alone):
    """As docs/cli.md has them; without a command it is a usage error."""
    result = alone("--help")
    assert result.returncode == 0
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert all(f"\n| `{command}` |" in page for command in program_commands(result.stdout))
    for number in (0, 1, 2, 3, 4, 5, 130):
        assert f"\n  {number:>5}  " in result.stdout
        assert f"\n| {number} |" in page
    bare = alone()
    assert (bare.returncode, bare.stdout) == (2, "")
    assert bare.stderr == result.stdout
    for command in program_commands(result.stdout):
        assert alone(command, "--help").returncode == 0


def test_the_module_runs_too():
    """`python -m mistral_models`."""
    result = subprocess.run(
        [sys.executable, "-m", "mistral_models", "--version"], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout) == (0, f"{mistral_models.__version__}\n")


def python(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


EXTRA = "pip install --upgrade 'mistral-models[cli]'"


def test_without_the_extra_it_says_what_to_install():
    """One line, status 2; another missing module is not mistaken for it."""
    run = "from mistral_models.__main__ import main; sys.exit(main())"
    for missing in ("click", "rich"):
        arguments = "sys.argv = ['x', '--demo', 'list']"
        result = python(f"import sys; sys.modules['{missing}'] = None; {arguments}; {run}")
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr == f"mistral-models: the command line needs more: {EXTRA}\n"
    result = python(f"import sys; sys.modules['mistral_models.cli.program'] = None; {run}")
    assert "ModuleNotFoundError" in result.stderr


def test_a_command_line_of_another_version_is_not_run():
    """Where only one of the two was upgraded; both versions are said, and the cure."""
    result = python(
        "import sys, mistral_models.cli; mistral_models.cli.__version__ = '9.0'; sys.argv = ['x', 'list'];"
        "from mistral_models.__main__ import main; sys.exit(main())"
    )
    versions = f"the library is {mistral_models.__version__}, the command line 9.0"
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"mistral-models: {versions}: {EXTRA}\n"


def test_a_fault_of_the_program_is_not_hidden():
    """It has a traceback, so that it can be reported."""
    result = python(
        "import sys; sys.modules['mistral_models.cli.listing'] = None; sys.argv = ['x', 'list'];"
        "from mistral_models.__main__ import main; main()"
    )
    assert result.returncode == 1
    assert "Traceback" in result.stderr


def test_the_version_loads_nothing_heavy():
    """Neither rich nor what talks to the service."""
    result = python(
        "import sys; sys.argv = ['x', '--version']; from mistral_models.__main__ import main; main();"
        "print(sorted({'rich', 'httpx', 'attr', 'attrs', 'dateutil'} & {*sys.modules}))"
    )
    assert result.stdout == f"{mistral_models.__version__}\n[]\n"


def test_it_starts_about_as_quickly_as_click():
    """At most 1.5 times importing click; in processor time of the quickest of several runs, as other work disturbs."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}

    def seconds(*command: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, env=environment, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    click, ours = [], []
    for _ in range(15):
        click.append(seconds(sys.executable, "-c", "import click"))
        ours.append(seconds(ENTRY, "--version"))
    assert min(ours) <= 1.5 * min(click)


def test_nothing_of_the_library_imports_the_command_line():
    """It is loaded by its entry point and by `python -m` only."""
    folder = Path(mistral_models.__file__).parent
    for path in folder.rglob("*.py"):
        if path.parent.name == "cli" or path.name == "__main__.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                named = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
                assert not any("cli" in name.split(".") for name in named), path
