"""What all commands share: exit codes, one-line errors, options before and after the command, and help."""

import io
import re
from contextlib import redirect_stdout

import click
import pytest
from mistral_models.cli import run
from mistral_models.cli.program import COMMANDS, program
from mistral_models.testing import FakeMistral, Request, Response, fine_tuned_model, latency

from tests.conftest import ROOT

from .runner import Cli, serving
from .services import FixedResponse

SECRET = "secret-that-nobody-sees"
MINE = fine_tuned_model("support-triage")["id"]


@pytest.mark.parametrize(
    ("response", "exit_code", "message"),
    [
        (Response(401, b'{"detail": "Unauthorized"}'), 3, "Unauthorized (401"),
        (Response(403, b"{}"), 1, "(403 Forbidden"),
        (Response(404, b'{"message": "Model x not found"}'), 4, "Model x not found (404"),
        (Response(422, b'{"detail": [{"loc": ["body"], "msg": "bad", "type": "t"}]}'), 1, "bad (422"),
        (Response(429, b"{}", {"retry-after": "1000"}), 1, "(429"),
        (Response(500, b"<html><title>Oh\x1b[31m</title>"), 1, r"Oh\x1b[31m (500"),
        (Response(200, b"[]"), 1, "object"),
        (Response(200, b"{"), 1, "JSON"),
    ],
)
@pytest.mark.parametrize("command", [("show", "x"), ("update", "x", "--name", "y"), ("archive", "x"), ("list",)])
def test_an_error_response_is_one_line_and_an_exit_code(tmp_path, command, response, exit_code, message):
    """Errors have no traceback, no key and no control characters; bulk commands report them in their summary."""
    with serving(tmp_path, FixedResponse(response, SECRET)) as cli:
        result = cli(*command, "--retries", "0")
    # A 404 for the list does not mean that a model is missing, but that the URL is wrong.
    assert result.exit_code == (1 if (command, exit_code) == (("list",), 4) else exit_code)
    if command[0] == "archive":
        written, other = result.stdout.removesuffix("archived 0 of 1, 1 failed\n"), result.stderr
    else:
        written, other = result.stderr, result.stdout
    assert message in written
    assert (written.count("\n"), other) == (1, "")
    assert SECRET not in written


@pytest.mark.parametrize("command", [("list",), ("show", MINE), ("archive", MINE)])
def test_an_unusable_proxy_is_one_line(connected_cli, command):
    """A proxy that needs a missing package is reported without its password, and nothing is sent."""
    proxy = "socks5://user:password@127.0.0.1:9"
    result = connected_cli(*command, HTTP_PROXY=proxy, http_proxy=proxy)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "httpx[socks]" in result.stderr
    assert "password" not in result.stderr


COMMANDS_THAT_SEND = pytest.mark.parametrize(
    "command",
    [("list",), ("show", MINE), ("update", MINE, "--name", "x"), ("archive", MINE), ("unarchive", MINE),
     ("archive", "--match", "*"), ("delete", MINE, "--yes"), ("delete", MINE, "--dry-run"), ("timeline",), ("audit",)],
    ids=" ".join,
)  # fmt: skip
"""Every command that sends requests; `doctor` reports most problems in its own way."""


@COMMANDS_THAT_SEND
@pytest.mark.parametrize(
    "proxy", ["socks://user:password@127.0.0.1:9/", "ftp://127.0.0.1:9", "direct://", "'http://127.0.0.1:9'"]
)
def test_a_proxy_variable_that_is_invalid_is_one_line(connected_cli, command, proxy):
    """Desktops set addresses that httpx does not know; every command reports them without a traceback."""
    result = connected_cli(*command, ALL_PROXY=proxy, all_proxy=proxy)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "proxy" in result.stderr.lower()
    assert "password" not in result.stderr


@pytest.mark.parametrize("command", [("list",), ("archive", "x"), ("delete", "x", "--dry-run"), ("doctor",)])
@pytest.mark.parametrize("url", ["http://192.168.1.300:8000", "http://xn--a", "http://[v1.a]"])
def test_an_address_that_cannot_exist_is_one_line(tmp_path, command, url):
    """An address that no request can have is a usage error in every command."""
    result = Cli(tmp_path, url, SECRET)(*command)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert f"server_url '{url}'" in result.stderr


@COMMANDS_THAT_SEND
def test_a_url_that_ends_in_v1_is_explained(connected_cli, command):
    """The paths begin with /v1 already; the message does not only say that there is no such model."""
    connected_cli.options[1] += "/v1"
    result = connected_cli(*command)
    assert result.exit_code in {1, 4}
    assert "must not end in /v1" in result.stdout + result.stderr


@pytest.mark.parametrize("command", [("list",), ("show", "x"), ("delete", "x", "--yes")])
def test_a_missing_key_is_reported(cli, command):
    """Without a key the exit code is 3, and the message says where to put one."""
    message = "mistral-models: no API key: set the environment variable MISTRAL_API_KEY, or try --demo\n"
    assert cli(*command) == (3, "", message)


@pytest.mark.parametrize(
    ("variable", "value"), [("MISTRAL_API_KEY", f"{SECRET}\n"), ("MISTRAL_SA_TOKEN_PATH", "/nowhere")]
)
def test_an_unusable_key_is_reported(cli, variable, value):
    """A key that cannot be sent or read has exit code 3, and is not shown."""
    result = cli("list", **{variable: value})
    assert (result.exit_code, result.stderr.count("\n")) == (3, 1)
    assert SECRET not in result.stderr
    assert "Traceback" not in result.stderr


def test_a_refused_connection_is_one_line(tmp_path):
    """If the service cannot be reached, the exit code is 1 and the message names the URL."""
    with FakeMistral().serve() as url:
        pass
    result = Cli(tmp_path, url, SECRET)("list", "--retries", "0")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert url in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--server-url", "ftp://x", "list"), "ftp://x"),
        (("--server-url", "ftp://x", "doctor"), "ftp://x"),
        (("--demo", "--server-url", "http://x", "list"), "--demo uses a fake service"),
        (("show", ".."), "'..'"),
        (("update", "..", "--name", "x"), "'..'"),
        (("show",), "Missing argument"),
        (("update", "x"), "nothing to change"),
        (("update", "x", "--name", "a", "--clear-name"), "--name and --clear-name cannot be combined"),
        (("update", "x", "--description", "a", "--clear-description"), "--clear-description cannot be combined"),
        (("--header", SECRET, "list"), "--header 'Name: value'"),
        (("--header", f"x y: {SECRET}", "list"), "'x y' is not a header name"),
        (("--header", f": {SECRET}", "list"), "'' is not a header name"),
        (("--demo", "--header", f"x: {SECRET}\n", "list", "--header", "X: y"), "'x' has two values"),
        (("--demo", "--header", f"x: {SECRET}\x7f", "list"), "the value of 'x'"),
        (("--header", f"Content-Length: {SECRET}", "doctor"), "'content-length'"),
        (("--server-url", "", "list"), "'--server-url': the value is empty"),
        (("list", "--provider", "\udcff"), "'--provider': the value is not valid UTF-8"),
        (("list", "--model", ""), "'--model': the value is empty"),
        (("--demo", "--timeout", "nan", "show", "x"), "'--timeout': nan is not a finite number of seconds"),
        (("--timeout", "inf", "list"), "'--timeout': inf is not a finite number of seconds"),
        (("--timeout", "1e308", "list"), "'--timeout': 1e308 is not a finite number of seconds"),
        (("beauty",), "No such command 'beauty' (see"),
        (("shwo",), "No such command 'shwo'; did you mean show?"),
        (("timeline", "--months", "0"), "Invalid value for '--months'"),
        (("serve", "--port", "-1"), "Invalid value for '--port'"),
        (("completion", "tcsh"), "'tcsh' is not one of"),
    ],
)
def test_a_usage_error_is_one_line(cli, arguments, message):
    """A wrong command line has exit code 2, and nothing is sent."""
    result = cli(*arguments, MISTRAL_API_KEY=SECRET)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert message in result.stderr
    assert SECRET not in result.stderr


def options_of(command: str) -> list[click.Option]:
    """The options of a command, and those before the command if its name is empty."""
    found = program.get_command(click.Context(program), command) if command else program
    assert found is not None
    return [parameter for parameter in found.params if isinstance(parameter, click.Option) and not parameter.is_eager]


def arguments_of(option: click.Option) -> list[str]:
    """A valid use of an option."""
    if option.is_flag or option.count:
        return [option.opts[0]]
    values = {"--server-url": "http://127.0.0.1:9", "--created-after": "2026-01-31", "--created-before": "2026-01-31"}
    return [option.opts[0], values.get(option.opts[0], "Name: value" if option.opts[0] == "--header" else "1")]


EVERY_OPTION = [
    pytest.param(command, option, id=f"{command} {option.opts[0]}".strip())
    for command in ("", *COMMANDS)
    for option in options_of(command)
]


@pytest.mark.parametrize(("command", "option"), EVERY_OPTION)
def test_an_option_accumulates_or_cannot_be_repeated(cli, command, option):
    """A second value of an option never silently replaces the first one, in any command."""
    twice = arguments_of(option) * 2
    result = cli(*([command, *twice] if command else [*twice, "list"]))
    is_rejected = "was given more than once" in result.stderr
    assert is_rejected == (not option.multiple and not option.count)
    if is_rejected:
        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
        assert option.opts[0] in result.stderr


@pytest.mark.parametrize("option", options_of(""), ids=lambda option: option.opts[0])
def test_an_option_is_not_given_before_and_after_the_command(cli, option):
    """The two positions of an option are one option: values accumulate, or are an error."""
    given = arguments_of(option)
    result = cli(*given, "list", *given)
    assert ("was given more than once" in result.stderr) == (not option.multiple and not option.count)


def test_the_levels_of_the_log_add_up(tmp_path):
    """`-v` before and after the command is the same as `-vv`."""
    with serving(tmp_path) as cli:
        assert "request 1: GET" in cli("-v", "list", "-v").stderr
        assert "request 1: GET" not in cli("-v", "list").stderr


@pytest.mark.parametrize("arguments", [("--retries", "1", "-v", "list"), ("list", "--retries", "1", "-v")])
def test_options_are_accepted_before_and_after_the_command(tmp_path, arguments):
    """In both positions `--retries` is applied, and `-v` logs the retry."""
    service = FixedResponse(Response(503, b"{}"))
    with serving(tmp_path, service) as cli:
        result = cli(*arguments)
    assert result.exit_code == 1
    assert result.stderr.count("retrying GET /v1/models") == 1
    assert "2 attempts" in result.stderr


def test_the_log_does_not_contain_the_key(tmp_path):
    """`-vv` logs requests and responses, without the key."""
    with serving(tmp_path, FixedResponse(Response(503, b"{}"), SECRET)) as cli:
        log = cli("--timeout", "5", "-vv", "list", "--retries", "0").stderr
    assert re.search(r"^mistral-models: request .*GET", log, re.MULTILINE)
    assert re.search(r"^mistral-models: .* 1: 503", log, re.MULTILINE)
    assert SECRET not in log


class RecordingService(FakeMistral):
    """Records the requests that it receives."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[Request] = []

    def handle(self, request: Request) -> Response:
        self.received.append(request)
        return super().handle(request)


@pytest.mark.parametrize(
    "command",
    [("list",), ("show", MINE), ("update", MINE, "--name", "x"), ("archive", MINE), ("delete", MINE, "gone", "--yes"),
     ("delete", "gone", "--dry-run"), ("timeline",), ("doctor",)],
    ids=" ".join,
)  # fmt: skip
def test_headers_are_added_to_every_request(tmp_path, command):
    """`--header` can be repeated, before and after the command; the log shows the names, but not the values."""
    service = RecordingService()
    with serving(tmp_path, service) as cli:
        result = cli("--header", f"X-Gateway:{SECRET}", "-vv", *command, "--header", "user-agent:  me: 2 ")
    assert "Traceback" not in result.stderr
    assert service.received
    for request in service.received:
        headers = {name.lower(): value for name, value in request.headers.items()}
        assert (headers["x-gateway"], headers["user-agent"]) == (SECRET, "me: 2")
        assert headers["authorization"] == f"Bearer {service.api_key}"
    assert "'x-gateway': '***'" in result.stderr
    assert SECRET not in result.stderr + result.stdout


def test_an_authorization_header_replaces_the_key(tmp_path):
    """With `--header 'Authorization: …'` no key is needed, and the one of the environment is not sent."""
    service = RecordingService()
    header = ("--header", f"Authorization: Bearer {service.api_key}")
    with serving(tmp_path, service) as cli:
        assert cli("list", *header, MISTRAL_API_KEY="").exit_code == 0
        assert cli("list", *header, MISTRAL_API_KEY="another").exit_code == 0
        assert "--header Authorization replaces it" in cli("doctor", *header, MISTRAL_API_KEY="").stdout


def test_timeout_limits_the_whole_call(tmp_path):
    """`--timeout` ends a call whose response does not arrive."""
    service = FakeMistral()
    service.inject(latency(30), times=None)
    with serving(tmp_path, service) as cli:
        result = cli("list", "--timeout", "0.2", "--retries", "0")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert "time" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("show", MINE), ("update", MINE, "--name", "x"), ("archive", MINE), ("unarchive", MINE),
     ("delete", MINE, "--yes"), ("timeline",), ("doctor",)],
    ids=lambda arguments: arguments[0],
)  # fmt: skip
def test_every_command_has_a_demo(cli, arguments):
    """With `--demo`, in both positions, no key is needed and proxies are ignored."""
    for line in (("--demo", *arguments), (*arguments, "--demo")):
        result = cli(*line, HTTP_PROXY="http://127.0.0.1:9", ALL_PROXY="http://127.0.0.1:9")
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout


def test_the_output_can_be_captured_by_a_program():
    """`run` writes to any text stream, also to one without an encoding."""
    with redirect_stdout(io.StringIO()) as output:
        assert run(["--demo", "show", MINE]) == 0
    assert MINE in output.getvalue()


def test_a_used_port_is_reported(cli):
    """`serve` reports in one line that its port is in use."""
    with FakeMistral().serve() as url:
        result = cli("serve", "--port", url.rpartition(":")[2])
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert result.stderr.endswith("in use; choose another with --port\n")


def test_help_and_documentation_list_the_same_commands_and_exit_codes(cli):
    """`--help` and docs/cli.md list all commands and exit codes."""
    result = cli("--help")
    assert result.exit_code == 0
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    commands = re.findall(r"^  ([a-z]+)  ", result.stdout.partition("Commands:")[2], re.MULTILINE)
    assert commands == re.findall(r"^\| `([a-z]+)` \| `", page.partition("\n## ")[0], re.MULTILINE)
    exit_codes = re.findall(r"^ +(\d+)  ", result.stdout.partition("Exit codes:")[2], re.MULTILINE)
    assert exit_codes == re.findall(r"^\| (\d+) \|", page, re.MULTILINE) == ["0", "1", "2", "3", "4", "5", "6", "130"]


def test_without_a_command_the_help_is_printed(cli):
    """A missing command is a usage error: the help goes to the standard error, with exit code 2."""
    assert cli() == (2, "", cli("--help").stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_list_of_commands_shows_the_first_sentence_of_each_help(cli, command):
    """`--help` says of a command what its own help begins with."""
    (line,) = (line for line in cli("--help").stdout.splitlines() if line.startswith(f"  {command} "))
    text = " ".join(cli(command, "--help").stdout.partition("\n\n")[2].split())
    assert text.startswith(line.split(maxsplit=1)[1])
