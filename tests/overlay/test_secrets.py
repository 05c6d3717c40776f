"""The API key does not appear in errors, tracebacks, logs, warnings or reprs."""

import asyncio
import gc
import io
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import traceback
import warnings
from collections.abc import Iterator, Mapping

import httpx
import pytest
from mistral_models import Mistral, errors, operations
from rich.console import Console
from rich.traceback import Traceback

from tests.frames import is_of_package

from .calls import raw_server, reply

KEY = "sk-0123456789abcdef"


def local_variables(error: BaseException) -> list[str]:
    """Return the local variables of this package's frames, as debuggers, test runners and Sentry print them."""
    package_frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if is_of_package(frame)]
    assert package_frames
    return [text for frame in package_frames for value in frame.f_locals.values() for text in printed(value)]


def printed(value: object) -> Iterator[str]:
    """Yield the `repr` of a value, and of everything in it: Sentry prints the items of containers of any class."""
    yield repr(value)
    if isinstance(value, Mapping):
        value = [*value.values()]
    if isinstance(value, list | tuple | set):
        for item in value:
            yield from printed(item)


def visible_text(error: BaseException) -> str:
    """Return what people and programs can see of an error: text, causes, notes, fields, and local variables."""
    trace = "".join(traceback.format_exception(error))
    return "\n".join(
        [
            trace,
            repr(error),
            str(error),
            repr(vars(error)),
            repr(error.args),
            *local_variables(error),
            rich_traceback(error),
        ]
    )


def rich_traceback(error: BaseException) -> str:
    """Return the traceback that rich prints with all local variables, from the first frame of this package on."""
    trace = error.__traceback__
    while trace and not is_of_package(trace.tb_frame):
        trace = trace.tb_next
    assert trace
    console = Console(width=10_000, file=io.StringIO(), record=True)
    console.print(Traceback.from_exception(type(error), error, trace, show_locals=True, locals_max_string=300))
    return console.export_text()


@pytest.mark.httpx2
@pytest.mark.parametrize(
    "key", [f"{KEY}\n", f" {KEY}", f"{KEY} ", f"{KEY[:5]} {KEY[5:]}", f"{KEY}é", f"{KEY}\x00", KEY.encode()]
)
@pytest.mark.parametrize("as_function", [False, True])
def test_a_key_that_cannot_be_sent_is_rejected_without_being_shown(api, key, as_function):
    """Such keys have line breaks, spaces or characters that no header can contain, or are not text."""
    api_key = (lambda: key) if as_function else key
    with pytest.raises((ValueError, TypeError), match="the API key") as caught:
        api.call(api.client([], api_key=api_key), "list")
    assert KEY not in str(caught.value)
    assert not any(KEY in value for value in local_variables(caught.value))


@pytest.mark.httpx2
@pytest.mark.parametrize(
    "outcome",
    [
        lambda: reply(401, {"detail": "Unauthorized"}),
        lambda: reply(401, {"detail": f"there is no key {KEY}, {KEY}"}),
        lambda: reply(403, f"<title>{KEY}</title>".encode()),
        lambda: reply(500, b""),
        lambda: reply(302, location="https://elsewhere"),
        lambda: reply(200, b"{"),
        lambda: httpx.ConnectError("connection refused"),
        lambda: httpx.ReadTimeout("slow"),
    ],
)
def test_no_error_shows_the_key(api, outcome):
    """It is not in the text, fields, causes or pickle of an error, nor in local variables of this package."""
    mistral = api.client([outcome()], api_key=KEY, retry_config=0)
    with pytest.raises(errors.MistralError) as caught:
        api.call(mistral, "list")
    assert KEY not in visible_text(caught.value)
    assert KEY.encode() not in pickle.dumps(caught.value)
    cause = caught.value.__cause__
    if isinstance(cause, httpx.RequestError):
        assert "authorization" not in cause.request.headers
        assert KEY.encode() not in pickle.dumps(cause)
    if isinstance(caught.value, errors.SDKError):
        assert "authorization" not in caught.value.raw_response.request.headers


@pytest.mark.parametrize(
    "response",
    [
        None,
        b"HTTP/1.1 2",
        b"HTTP/1.1 200 OK\r\nset-cookie: secret-cookie\r\ncontent-length: 9\r\n\r\n{",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nno size\r\n",
        b"HTTP/1.1 503 Busy\r\nset-cookie: secret-cookie\r\ncontent-length: 0\r\n\r\n",
    ],
)
def test_a_failing_connection_shows_neither_key_nor_cookies(api, response, caplog):
    """Over a real socket, this includes the frames and logs of httpx and httpcore."""
    with raw_server(response) as (url, _), caplog.at_level(logging.DEBUG):
        mistral = Mistral(KEY, server_url=url, retry_config=0)
        with pytest.raises(errors.MistralError) as caught:
            api.call_all(mistral, ("list", {"http_headers": {"Cookie": "name=request-cookie"}}))
    assert KEY not in visible_text(caught.value)
    assert "secret-cookie" not in rich_traceback(caught.value)
    assert KEY not in caplog.text
    assert "request-cookie" not in caplog.text


@pytest.mark.httpx2
@pytest.mark.parametrize("call_headers", [None, {"x-team": "search"}, {"x-team": "line\nbreak"}])
def test_no_traceback_shows_the_headers_of_a_client(api, call_headers):
    """It does not matter that Sentry prints the items of dictionaries and tuples, whatever their `repr` is."""
    mistral = api.client([reply(503)], http_headers={"Authorization": f"Bearer {KEY}"}, retry_config=0)
    with pytest.raises((errors.MistralError, ValueError)) as caught:
        api.call(mistral, "list", http_headers=call_headers)
    assert KEY not in visible_text(caught.value)


@pytest.mark.httpx2
@pytest.mark.parametrize("variable", ["MISTRAL_SERVER_URL", "MISTRAL_SA_TOKEN_PATH"])
def test_no_traceback_shows_the_environment(api, monkeypatch, variable):
    """An invalid variable is named; the others are not among the local variables."""
    monkeypatch.setenv("MISTRAL_API_KEY", KEY)
    monkeypatch.setenv(variable, "no such value")
    with pytest.raises(ValueError, match=variable) as caught:
        api.call(api.client([], api_key=None), "list")
    assert KEY not in visible_text(caught.value)


@pytest.mark.httpx2
@pytest.mark.parametrize("link", ["__cause__", "__context__"])
def test_no_chained_exception_shows_the_key(api, link):
    """The frames of an exception had the request, whether it is the `__cause__` or the `__context__`."""

    def send(headers: dict[str, str]) -> None:
        assert headers["authorization"] == f"Bearer {KEY}"
        raise ConnectionResetError("reset")

    def respond(request: httpx.Request) -> httpx.Response:
        try:
            send(dict(request.headers))
        except ConnectionResetError as error:
            first = error
        failure = httpx.ReadError("reset")
        setattr(failure, link, first)
        raise failure

    with pytest.raises(errors.APIConnectionError) as caught:
        api.call(api.client(respond, api_key=KEY, retry_config=0), "list")
    assert getattr(caught.value.__cause__, link)
    assert KEY not in rich_traceback(caught.value)


@pytest.fixture
def silent_server() -> Iterator[str]:
    """Return the URL of a server that accepts connections and sends nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_partly_sent_request_does_not_show_the_key(api, silent_server):
    """While a request is sent, its headers are in local variables of httpcore."""
    headers = {f"x-{number}": "x" * 1_000_000 for number in range(16)}
    mistral = Mistral(KEY, server_url=silent_server, retry_config=0)
    with pytest.raises(errors.APITimeoutError) as caught:
        api.call_all(mistral, ("list", {"timeout_ms": 300, "http_headers": headers}))
    del headers
    assert KEY not in rich_traceback(caught.value)


@pytest.mark.posix("sends itself SIGALRM")
def test_an_interrupted_call_does_not_show_the_key(silent_server):
    """`KeyboardInterrupt` is raised within httpx, and leaves the call without the frames of httpx."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGALRM, interrupt)
    with Mistral(KEY, server_url=silent_server) as mistral:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(KeyboardInterrupt) as caught:
            mistral.models.list()
    signal.signal(signal.SIGALRM, previous)
    assert KEY not in rich_traceback(caught.value)


def test_a_cancelled_call_does_not_show_the_key(silent_server):
    """The cancellation is the cause of the `TimeoutError` that `asyncio.timeout` raises."""

    async def main() -> None:
        async with Mistral(KEY, server_url=silent_server) as mistral, asyncio.timeout(0.1):
            await mistral.models.list_async()

    with pytest.raises(TimeoutError) as caught:
        asyncio.run(main())
    assert caught.value.__cause__
    assert KEY not in rich_traceback(caught.value.__cause__)


def test_pytest_prints_the_variables_of_a_failure_without_the_key(tmp_path):
    """With `--showlocals`, pytest prints the local variables of every frame of all chained exceptions."""
    (tmp_path / "test_it.py").write_text(
        "import os\n"
        "from mistral_models import Mistral\n"
        "def test_it():\n"
        "    with Mistral(server_url='http://127.0.0.1:9', retry_config=0) as mistral:\n"
        "        mistral.models.list()\n"
    )
    command = [sys.executable, "-m", "pytest", "-l", "-vv", "--tb=long", "-p", "no:cacheprovider", str(tmp_path)]
    completed = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "MISTRAL_API_KEY": KEY},
        cwd=tmp_path,
    )
    assert "APIConnectionError" in completed.stdout
    assert "server_url" in completed.stdout
    assert KEY not in completed.stdout + completed.stderr


def test_an_unencrypted_url_causes_one_warning():
    """Others on the network could read the key; URLs of this machine cause no warning."""
    transport = httpx.MockTransport(lambda _: reply(200, {"data": []}))
    with httpx.Client(transport=transport) as client:
        mistral = Mistral(KEY, server_url="http://models.example/v1", client=client)
        with pytest.warns(UserWarning, match=r"^http://models\.example/v1 is not encrypted") as caught:
            mistral.models.list()
        assert caught[0].filename == __file__  # the caller's line
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            mistral.models.list()
            for url in ("https://h", "http://localhost:1", "http://a.localhost", "http://127.1.2.3:80", "http://[::1]"):
                mistral.models.list(server_url=url)
        for url in ("http://notlocalhost", "http://localhost.example", "http://127.example", "http://[::2]"):
            with pytest.warns(UserWarning, match="is not encrypted"):
                mistral.models.list(server_url=url)


@pytest.mark.parametrize(("proxy", "is_warned"), [("http://proxy.invalid:3128", True), ("http://127.0.0.1:9", False)])
def test_a_proxy_that_gets_the_key_unencrypted_causes_a_warning(api, monkeypatch, proxy, is_warned):
    """Even the address of this machine is reached through the proxy, unless NO_PROXY says otherwise."""
    monkeypatch.setenv("HTTP_PROXY", proxy)
    mistral = Mistral(KEY, server_url=f"http://{api.name}.localhost:9", retry_config=0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pytest.raises(errors.APIConnectionError):
            api.call_all(mistral, ("list", {}))
    messages = [str(warning.message) for warning in caught if warning.category is UserWarning]
    assert bool(messages) == is_warned
    assert all(f"goes through the proxy {proxy}: anyone" in message for message in messages)


@pytest.mark.parametrize("variable", [None, "HTTP_PROXY"])
def test_passwords_of_a_netrc_file_are_not_sent(api, monkeypatch, tmp_path, variable):
    """Neither the service nor a proxy gets them, although httpx would read the file for clients of its own."""
    for name in (".netrc", "_netrc"):
        (tmp_path / name).write_text("default login user password netrc-password\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    response = b"HTTP/1.1 200 OK\r\ncontent-length: 11\r\nconnection: close\r\n\r\n" + b'{"data":[]}'
    with raw_server(response) as (url, requests):
        if variable:
            monkeypatch.setenv(variable, url)
        api.call_all(Mistral(KEY, server_url="http://service.localhost" if variable else url), ("list", {}))
    head = requests[0].lower()
    assert head.count(b"authorization:") == 1
    assert f"authorization: bearer {KEY}\r\n".encode() in head


class HookError(Exception):
    """Raised by a function that the caller passes."""


def fail(*_: object) -> None:
    raise HookError


class FailingLogger:
    """A logger whose handler fails."""

    debug = staticmethod(fail)


@pytest.mark.httpx2
@pytest.mark.parametrize("options", [{"on_attempt": fail}, {"retry_config": fail}, {"debug_logger": FailingLogger()}])
def test_the_traceback_of_a_failing_hook_does_not_show_the_key(api, options):
    """Hooks are called from frames of this package, whose variables some tools show."""
    mistral = api.client([reply(503)], api_key=KEY, **options)
    with pytest.raises(HookError) as caught:
        api.call(mistral, "list")
    assert KEY not in visible_text(caught.value)


@pytest.mark.parametrize("digits", ["9" * 5000, "-" + "9" * 5000, "1e999"])
def test_cookies_with_huge_numbers_do_not_fail_a_call(api, digits):
    """Cookies are not parsed: calls succeed with warnings as errors, as in `python -W error`."""
    cookies = "".join(f"set-cookie: c{n}=v; max-age={digits}; expires={digits}; version={digits}\r\n" for n in range(5))
    response = f"HTTP/1.1 200 OK\r\n{cookies}content-length: 11\r\n\r\n".encode() + b'{"data":[]}'
    with warnings.catch_warnings(), raw_server(response, response) as (url, _):
        warnings.simplefilter("error")
        first, second = api.call_all(Mistral(KEY, server_url=url, retry_config=1), ("list", {}), ("list", {}))
    assert first.data == second.data == []


def loaded_names(pickled: bytes) -> set[str]:
    """Unpickle, and return the names of all functions and classes that this looks up."""
    names = set()

    class Unpickler(pickle.Unpickler):
        def find_class(self, module_name: str, global_name: str, /) -> object:
            names.add(f"{module_name}.{global_name}")
            return super().find_class(module_name, global_name)

    Unpickler(io.BytesIO(pickled)).load()
    return names


@pytest.mark.httpx2
def test_unpickling_only_constructs_values(api):
    """Pickles of operations, clients, results and errors look up classes of this package, of httpx, and few others."""
    card = {"id": "m", "type": "base", "capabilities": {}, "deprecation": "2026-01-01T00:00:00Z"}
    mistral = api.client([reply(200, {"data": [card, 0]}), reply(422, {"detail": []}), reply(200, b"{")])
    things = [operations.update("m", name="n"), Mistral(key_function), api.call(mistral, "list")]
    for _ in range(2):
        with pytest.raises(errors.MistralError) as caught:
            api.call(mistral, "list")
        things.append(caught.value)
    names = set().union(*(loaded_names(pickle.dumps(thing)) for thing in things))
    allowed = ("mistral_models", "mistral_models_raw", "httpx", "datetime", "tests", "copyreg")
    others = {name for name in names if name.partition(".")[0] not in allowed}
    assert others <= {"builtins.object", "builtins.dict", "builtins.list", "builtins.ValueError"}


def key_function() -> str:
    """Return the key; a function of a module pickles by its name."""
    return KEY


@pytest.mark.httpx2
def test_no_repr_shows_the_key(api):
    """This holds for the client, its attributes, a response and the headers of its request."""
    mistral = api.client([reply(200, {"data": []})], api_key=KEY)
    response = api.send(mistral, operations.list())
    for thing in (
        mistral,
        mistral.models,
        response,
        response.raw_response.request.headers,
        vars(mistral),
        *vars(mistral).values(),
    ):
        assert KEY not in repr(thing)
        assert KEY not in str(thing)


@pytest.mark.httpx2
def test_debug_logs_show_headers_with_the_secrets_redacted(api, caplog):
    """Requests and responses are logged by the logger of this package, or by the caller's `debug_logger`."""
    response = reply(200, {"data": []}, set_cookie="session=secret-cookie", x_other="shown")
    headers = {
        "Cookie": "secret-cookie",
        "X-Other": "shown too",
        "Authorization": f"Bearer {KEY}",
        "Proxy-Authorization": f"Basic {KEY}",
    }
    with caplog.at_level(logging.DEBUG):
        api.call(api.client([response], api_key=KEY), "list", http_headers=headers)
    messages = [record.getMessage() for record in caplog.records if record.name == "mistral_models"]
    assert len(messages) == 2
    assert messages[0].startswith("request 1: GET https://api.mistral.ai/v1/models {")
    assert "'x-other': 'shown too'" in messages[0]
    assert "'x-other': 'shown'" in messages[1]
    assert KEY not in caplog.text
    assert "secret-cookie" not in "".join(messages)
    assert messages[0].count("***") == 3

    callers_logger = logging.getLogger("caller")
    with caplog.at_level(logging.DEBUG, "caller"):
        api.call(api.client([reply(200, {"data": []})], debug_logger=callers_logger), "list")
    assert [record.name for record in caplog.records].count("caller") == 2

    class CustomLogger:
        def __init__(self):
            self.messages = []

        def debug(self, message, *arguments):
            self.messages.append(message % arguments)

    custom_logger = CustomLogger()
    api.call(api.client([reply(200, {"data": []})], debug_logger=custom_logger), "list")
    assert [message.partition(":")[0] for message in custom_logger.messages] == ["request 1", "response 1"]


def test_no_warning_shows_the_key(fake):
    """A client that was left open causes a warning."""
    with fake.serve() as url, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        mistral = Mistral(fake.api_key, server_url=url)
        mistral.models.list()
        del mistral
        gc.collect()
    assert caught
    assert not any(fake.api_key in str(warning.message) for warning in caught)


def test_cookies_are_neither_stored_nor_sent(api):
    """The request that follows a response with a cookie does not contain it."""
    head = b"HTTP/1.1 200 OK\r\nset-cookie: a=b; Path=/\r\ncontent-length: 12\r\nconnection: close\r\n\r\n"
    with raw_server(*[head + b'{"data": []}'] * 2) as (url, requests):
        api.call_all(Mistral("key", server_url=url), ("list", {}), ("list", {}))
    assert len(requests) == 2
    assert b"cookie" not in requests[1].lower()


@pytest.mark.httpx2
def test_the_exception_that_the_caller_is_handling_keeps_its_traceback(api):
    """Only the exceptions of the failed call lose the frames that could show the key."""
    mistral = api.client([httpx.ConnectError("connection refused")], api_key=KEY, retry_config=0)
    try:
        raise LookupError("handled")
    except LookupError as handled:
        with pytest.raises(errors.APIConnectionError) as caught:
            api.call(mistral, "list")
        assert handled.__traceback__ is not None
        assert caught.value.__cause__ is not None
