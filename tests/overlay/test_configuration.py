"""Configuration of clients and calls: arguments, environment variables, defaults, and their precedence."""

import inspect
import os
import re
import subprocess
import sys
import typing
from typing import Annotated, Any

import httpx
import httpx2
import mistral_models
import pytest
from mistral_models import Mistral, errors, operations, testing, utils
from mistral_models.testing import FakeClock, status

from .calls import raw_server, reply

LIST: Any = {"data": []}


def test_the_constructor_takes_the_arguments_of_the_vendors_sdk_in_the_same_order():
    """Positional arguments work as with the vendor's SDK; the additional arguments are keyword-only."""
    names = ["api_key", "server", "url_params", "server_url", "client", "async_client", "retry_config", "timeout_ms"]
    parameters = inspect.signature(Mistral).parameters.values()
    positional = [parameter.name for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    assert positional == [*names, "debug_logger"]
    config = utils.RetryConfig("none", utils.BackoffStrategy(1, 1, 1, 1), retry_connection_errors=False)
    mistral = Mistral("key", "eu", {"region": "eu"}, "https://{region}.example", None, None, config, 1000, None)
    assert repr(mistral) == "Mistral(server_url='https://eu.example')"


@pytest.mark.parametrize("key", ["", None, lambda: "", lambda: None])
def test_an_empty_key_falls_back_to_the_environment(api, monkeypatch, key):
    """An empty key counts as none, because users write `api_key=os.getenv("MISTRAL_API_KEY", "")`."""
    monkeypatch.setenv("MISTRAL_API_KEY", "from-the-environment")
    assert api.request(api_key=key).headers["authorization"] == "Bearer from-the-environment"


def test_a_service_account_token_is_read_for_every_attempt(api, monkeypatch, tmp_path):
    """An `api_key` argument takes precedence over the token file, and the file over MISTRAL_API_KEY."""
    path = tmp_path / "token"
    monkeypatch.setenv("MISTRAL_API_KEY", "from-the-environment")
    monkeypatch.setenv("MISTRAL_SA_TOKEN_PATH", str(path))
    seen: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        path.write_text("second")
        return reply(503) if len(seen) < 2 else reply(200, LIST)

    path.write_text(" first\n")
    api.call(api.client(respond, api_key=None), "list")
    assert seen == ["Bearer first", "Bearer second"]
    assert api.request(api_key="passed").headers["authorization"] == "Bearer passed"


@pytest.mark.parametrize(
    "damage", [lambda path: path.write_text("\n"), lambda path: path.write_bytes(b"\xff"), lambda path: None]
)
def test_the_error_for_an_unreadable_token_names_its_environment_variable(api, monkeypatch, tmp_path, damage):
    """An unreadable token file is a ValueError, even if MISTRAL_API_KEY is set."""
    monkeypatch.setenv("MISTRAL_API_KEY", "from-the-environment")
    monkeypatch.setenv("MISTRAL_SA_TOKEN_PATH", str(tmp_path / "token"))
    damage(tmp_path / "token")
    with pytest.raises(ValueError, match=r"^MISTRAL_SA_TOKEN_PATH: "):
        api.request(api_key=None)


def test_the_constructor_rejects_a_key_that_cannot_be_sent():
    """A key with white space is a ValueError in the constructor, not at the first call."""
    with pytest.raises(ValueError, match="white space"):
        Mistral("two words")


@pytest.mark.parametrize("key", ["Bearer key", "bearer key"])
def test_a_key_may_include_the_bearer_scheme(api, key):
    """A key that starts with "Bearer " is sent as it is, as by the vendor's SDK."""
    assert api.request(api_key=key).headers["authorization"] == "Bearer key"
    with pytest.raises(ValueError, match="white space"):
        api.request(api_key=f"{key} more")


@pytest.mark.parametrize("key", ["", None, lambda: ""])
def test_without_a_key_the_first_call_names_the_environment_variable(api, monkeypatch, key):
    """A client can be constructed without a key; the first call raises an error that says how to provide one."""
    monkeypatch.delenv("MISTRAL_API_KEY", raising=False)
    with pytest.raises(ValueError, match="pass api_key, or set the environment variable MISTRAL_API_KEY"):
        api.request(api_key=key)


def test_a_function_that_returns_the_key_is_called_for_every_attempt(api):
    """Each retry uses the current key, so that keys can be rotated."""
    keys = iter(["one", "two", "three"])
    seen: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return reply(503) if len(seen) < 3 else reply(200, LIST)

    api.call(api.client(respond, api_key=lambda: next(keys)), "list")
    assert seen == ["Bearer one", "Bearer two", "Bearer three"]


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({}, "https://gateway.example/mistral/v1/models"),
        ({"server": "", "server_url": ""}, "https://gateway.example/mistral/v1/models"),
        ({"server": "eu"}, "https://api.eu.mistral.ai/v1/models"),
        ({"server_url": "https://h"}, "https://h/v1/models"),
        ({"call": {"server_url": "https://h"}}, "https://h/v1/models"),
    ],
)
def test_the_environment_sets_the_server_url_unless_an_argument_does(api, monkeypatch, options, url):
    """MISTRAL_SERVER_URL is read by the constructor; `server` and `server_url` take precedence."""
    monkeypatch.setenv("MISTRAL_SERVER_URL", "https://gateway.example/mistral/")
    assert str(api.request(**options).url) == url


def test_the_server_url_of_the_environment_is_read_once(api, monkeypatch):
    """A later change of MISTRAL_SERVER_URL does not redirect a client that exists."""
    urls: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        urls.append(str(request.url))
        return reply(200, LIST)

    monkeypatch.setenv("MISTRAL_SERVER_URL", "https://first.example")
    mistral = api.client(respond)
    monkeypatch.setenv("MISTRAL_SERVER_URL", "https://second.example")
    api.call(mistral, "list")
    assert urls == ["https://first.example/v1/models"]


@pytest.mark.parametrize(
    "value", ["api.example", "ftp://api.example", "https://h?x", "https://h:port", "https://\udcff"]
)
def test_the_error_for_an_invalid_server_url_names_its_environment_variable(monkeypatch, value):
    """The constructor raises a ValueError that begins with the variable; an empty value counts as none."""
    monkeypatch.setenv("MISTRAL_SERVER_URL", value)
    with pytest.raises(ValueError, match=r"^MISTRAL_SERVER_URL: server_url "):
        Mistral("key")
    monkeypatch.setenv("MISTRAL_SERVER_URL", "")
    assert repr(Mistral("key")) == "Mistral(server_url='https://api.mistral.ai')"


def test_a_password_in_the_server_url_of_the_environment_is_not_shown(monkeypatch):
    """The error says what to do instead, without the value."""
    monkeypatch.setenv("MISTRAL_SERVER_URL", "https://user:secret@api.example")
    with pytest.raises(ValueError, match="http_headers") as caught:
        Mistral("key")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({}, "https://api.mistral.ai/v1/models"),
        ({"server": "", "server_url": ""}, "https://api.mistral.ai/v1/models"),
        ({"server": "global"}, "https://api.mistral.ai/v1/models"),
        ({"server": "eu"}, "https://api.eu.mistral.ai/v1/models"),
        ({"server": "us"}, "https://api.us.mistral.ai/v1/models"),
        ({"server_url": "HTTPS://h"}, "https://h/v1/models"),
        ({"server_url": "http://h.localhost"}, "http://h.localhost/v1/models"),
        ({"server_url": "http://h.localhost:8080/"}, "http://h.localhost:8080/v1/models"),
        ({"server_url": "https://h/a/b//"}, "https://h/a/b/v1/models"),
        ({"server_url": "https://h", "server": "eu"}, "https://h/v1/models"),
        ({"server_url": "https://{r}.h/{p}", "url_params": {"r": "eu", "p": "a/b"}}, "https://eu.h/a/b/v1/models"),
        ({"server_url": "http://[::1]:80/x"}, "http://[::1]/x/v1/models"),
        ({"server_url": "https://h", "call": {"server_url": "https://other/"}}, "https://other/v1/models"),
        ({"server_url": "https://h", "call": {"server_url": ""}}, "https://h/v1/models"),
        ({"server": "eu", "call": {"server_url": ""}}, "https://api.eu.mistral.ai/v1/models"),
    ],
)
def test_paths_are_appended_to_the_server_url(api, options, url):
    """The base URL may have a path and trailing slashes, and that of a call takes precedence over the client's."""
    assert str(api.request(**options).url) == url


@pytest.mark.parametrize(
    "url",
    [
        *("h", "ftp://h", "https://", "/v1", "https://h?a=b", "https://h#a", "https://h?", "https://h#"),
        *("https://{r}.h", "https://h:x", "https://h\n", "http://[::1"),
    ],
)
def test_an_invalid_server_url_is_rejected(api, url):
    """An invalid `server_url` is a ValueError in the constructor and in a call."""
    with pytest.raises(ValueError, match="server_url"):
        Mistral("key", server_url=url)
    with pytest.raises(ValueError, match="server_url"):
        api.call(api.client([]), "list", server_url=url)


@pytest.mark.parametrize("url", ["https://me:secret@host", "https://me:secret@host:99999", "https://me:secr[et@host"])
def test_a_server_url_with_a_password_is_rejected_without_showing_it(url):
    """httpx would send the password instead of the API key; the error message does not contain it."""
    with pytest.raises(ValueError, match="user name or password") as caught:
        Mistral("key", server_url=url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("server", ["mars", 3, ["eu"]])
def test_the_error_for_an_unknown_server_lists_the_known_names(server):
    """The names of servers are those of the vendor's SDK."""
    with pytest.raises(ValueError, match=re.escape(f"server must be one of 'global', 'eu', 'us', not {server!r}")):
        Mistral("key", server=server)


@pytest.mark.parametrize("timeout", [0, -1, True, "5", float("nan"), float("inf")])
def test_a_timeout_must_be_a_positive_finite_number(api, timeout):
    """Zero is rejected too, because it means no timeout in some libraries and an immediate one in others."""
    with pytest.raises(ValueError, match="timeout_ms must be a number of milliseconds above 0"):
        Mistral("key", timeout_ms=timeout)
    with pytest.raises(ValueError, match="timeout_ms must be a number of milliseconds above 0"):
        api.call(api.client([]), "list", timeout_ms=timeout)


@pytest.mark.parametrize("limit", [0, -1, True, 1.5])
def test_a_size_limit_must_be_a_positive_integer(limit):
    """Other values of `max_response_bytes` are a ValueError in the constructor."""
    with pytest.raises(ValueError, match="max_response_bytes"):
        Mistral("key", max_response_bytes=limit)
    Mistral("key", max_response_bytes=1)


@pytest.mark.parametrize(
    ("call", "client", "http_client", "expected"),
    [
        (3000, 20_000, 9.0, (3, 3)),
        (30_000, 20_000, 9.0, (5, 30)),
        (None, 20_000, 9.0, (5, 20)),
        (None, None, 9.0, (9, 9)),
        (None, None, None, (5, 5)),
    ],
)
def test_a_calls_timeout_precedes_the_clients_which_precedes_the_http_clients(api, call, client, http_client, expected):
    """The timeouts for connecting and reading follow `timeout_ms`; those of a custom HTTP client are the fallback."""
    seen: list[dict] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return reply(200, LIST)

    settings = {} if http_client is None else {"timeout": http_client}
    given = api.http_client(transport=api.transport(respond), **settings)
    mistral = Mistral("key", timeout_ms=client, clock=FakeClock(), retry_config=0, **given)
    api.call(mistral, "list", timeout_ms=call)
    assert (seen[0]["connect"], seen[0]["read"]) == expected


def test_by_default_a_call_has_60_seconds(api, fake, url):
    """A wait that would end later is not started."""
    fake.inject(status(503, headers={"Retry-After": "59"}))
    fake.inject(status(503, headers={"Retry-After": "1"}))
    clock = FakeClock()
    with pytest.raises(errors.InternalServerError) as caught:
        api.call_all(Mistral(fake.api_key, server_url=url, clock=clock), ("list", {}))
    assert (caught.value.attempts, clock.waits) == (2, [59])


def test_by_default_an_attempt_has_15_seconds_and_connecting_5(api):
    """A later attempt gets no more than the time that remains of the call."""
    clock = FakeClock(1_800_000_000)
    timeouts: list[tuple[float, float]] = []

    def respond(request: httpx.Request) -> httpx.Response:
        timeouts.append((request.extensions["timeout"]["connect"], request.extensions["timeout"]["read"]))
        clock.advance(57.5)
        return reply(503)

    with pytest.raises(errors.InternalServerError):
        api.call(api.client(respond, clock=clock, timeout_ms=60_000), "list")
    assert timeouts == [(5, 15), (2, 2)]


def test_a_trickled_response_ends_at_the_deadline(api):
    """Each chunk arrives within the timeout, but all of them together take too long."""

    class TrickledBody(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self):
            for _ in range(100):
                clock.advance(1)
                yield b" "

        async def __aiter__(self):
            for chunk in self:
                yield chunk

    clock = FakeClock()
    mistral = api.client(lambda _: httpx.Response(200, stream=TrickledBody()), clock=clock, retry_config=None)
    with pytest.raises(errors.APITimeoutError):
        api.call(mistral, "list", timeout_ms=100)


@pytest.mark.parametrize("kind", ["client", "async_client"])
def test_the_constructor_rejects_an_http_client_of_the_wrong_type(kind):
    """A sync client in place of an async one, or the reverse, is a TypeError in the constructor."""
    wrong = [getattr(library, "AsyncClient" if kind == "client" else "Client")() for library in (httpx, httpx2)]
    for given in (*wrong, object(), "client", httpx):
        options: dict[str, Any] = {kind: given}
        with pytest.raises(TypeError, match=f"^{kind} must be an httpx."):
            Mistral("key", **options)


def test_proxies_from_the_environment_work_with_retries(api, monkeypatch):
    """A custom transport would make httpx ignore HTTP_PROXY, so retries must not use one."""
    response = b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\nconnection: close\r\n\r\n" + b'{"data": []}'
    with raw_server(None, response) as (url, requests):
        monkeypatch.setenv("HTTP_PROXY", url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        mistral = Mistral("key", server_url="http://service.localhost", clock=FakeClock())
        (result,) = api.call_all(mistral, ("list", {}))
    assert result.data == []
    assert [request.split(b"\r\n")[0] for request in requests] == [
        b"GET http://service.localhost/v1/models HTTP/1.1"
    ] * 2


PUBLIC = {
    f"{module.__name__}.{name}": getattr(module, name)
    for module in (mistral_models, errors, operations, utils, testing)
    for name in getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    if not inspect.ismodule(getattr(module, name))
}
CALLABLES = {
    **{name: value for name, value in PUBLIC.items() if inspect.isroutine(value)},
    **{
        f"{name}.{member}": function
        for name, cls in {**PUBLIC, "Models": Mistral("key").models.__class__}.items()
        if inspect.isclass(cls) and cls.__module__.startswith("mistral_models.")
        for member, function in inspect.getmembers(cls, inspect.isfunction)
        if function.__module__.startswith("mistral_models.") and (member == "__init__" or not member.startswith("_"))
    },
}


@pytest.mark.parametrize("name", CALLABLES)
def test_type_hints_of_the_public_api_resolve_at_run_time(name):
    """Dependency injection, documentation tools and validators resolve them with `typing.get_type_hints`."""
    hints = typing.get_type_hints(CALLABLES[name])
    signature = inspect.signature(CALLABLES[name], eval_str=True)
    parameters = [parameter for parameter in signature.parameters.values() if parameter.name != "self"]
    assert {parameter.name for parameter in parameters} <= hints.keys()
    assert not any(isinstance(parameter.annotation, str) for parameter in parameters)


@pytest.mark.parametrize("name", utils.__all__)
def test_annotations_with_public_types_resolve_at_run_time(name):
    """pydantic and typer can resolve the aliases in modules that do not import the names used in them."""

    def function(argument): ...

    function.__annotations__["argument"] = Annotated[getattr(utils, name), "metadata"]
    assert typing.get_type_hints(function, {}, {})


def test_every_name_in_all_can_be_imported_from_the_package():
    """Public names are imported on first use, and an unknown name is an AttributeError."""
    for name in mistral_models.__all__:
        assert getattr(mistral_models, name) is not None
    assert set(mistral_models.__all__) <= set(dir(mistral_models))
    with pytest.raises(AttributeError, match="nothing"):
        _ = mistral_models.nothing  # type: ignore[attr-defined] # the name does not exist, which is what this tests


def test_unreadable_certificates_are_reported_with_their_environment_variable(tmp_path):
    """A missing or invalid SSL_CERT_FILE is an error that names the variable and the problem."""
    program = (
        "from mistral_models import Mistral; Mistral('key', server_url='https://127.0.0.1:9').models.list(retries=0)"
    )
    (tmp_path / "empty").write_text("")
    hint = "does not exist; the shell did not expand ~ or remove the quotation marks"
    for path, problem in (
        (f"{tmp_path}/missing", "missing' does not exist"),
        ("~/missing", f"~/missing' {hint}"),
        ("'/missing'", f"'/missing'\" {hint}"),
        (f"{tmp_path}/empty", "empty') cannot be used: "),
    ):
        environment = {**os.environ, "SSL_CERT_FILE": path}
        result = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
        )
        *_, last_line = result.stderr.splitlines()
        assert "EnvironmentVariableError: " in last_line
        assert "SSL_CERT_FILE" in last_line
        assert problem in last_line
        assert (hint in last_line) == (hint in problem)
