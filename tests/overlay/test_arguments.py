"""Arguments that are taken as they are meant, or rejected where they are given."""

import enum
import functools
import json
import logging
from typing import Any

import httpx
import pytest
from mistral_models import Mistral, operations, utils
from mistral_models.testing import FakeMistral, fine_tuned_model

from .calls import DELETED, reply

LIST: Any = {"data": []}


class Text(str, enum.Enum):  # noqa: UP042 the kind that existing programs have
    ID = "mistral-small-2506"
    KEY = "key"
    EU = "eu"
    URL = "https://{region}.example"
    REGION = "region"
    HEADER = "x-team"
    VALUE = "search"
    STATUS = "5xx"
    STRATEGY = "backoff"


@pytest.mark.parametrize("method", ["retrieve", "delete", "update", "archive", "unarchive"])
def test_an_enum_member_as_id_is_sent_by_value(api, method):
    """A member of a `(str, Enum)` means its value, as with the vendor's SDK."""
    url = str(api.request(method, call={"model_id": Text.ID}).url)
    assert "/mistral-small-2506" in url
    assert type(getattr(operations, method)(Text.ID).model_id) is str


def test_enum_members_are_sent_by_value_wherever_a_string_is_taken(api):
    """This holds for filters, fields, the key, servers, URLs, their parameters, and headers."""
    request = api.request(call={"provider": Text.ID, "model": Text.KEY}, api_key=Text.KEY, server=Text.EU)
    assert str(request.url) == "https://api.eu.mistral.ai/v1/models?provider=mistral-small-2506&model=key"
    assert request.headers["authorization"] == "Bearer key"
    request = api.request(server_url=Text.URL, url_params={Text.REGION: Text.EU}, api_key=lambda: Text.KEY)
    assert (request.url.host, request.headers["authorization"]) == ("eu.example", "Bearer key")
    changes = {"model_id": "m", "name": Text.ID, "description": Text.VALUE, "http_headers": {Text.HEADER: Text.VALUE}}
    request = api.request("update", call=changes)
    assert json.loads(request.content) == {"name": "mistral-small-2506", "description": "search"}
    assert request.headers["x-team"] == "search"


def test_enum_members_configure_retries(api):
    """The strategy and the statuses to retry may be members of an enum."""
    backoff = utils.BackoffStrategy(1, 1, 1, None)
    policy = utils.RetryConfig(Text.STRATEGY, backoff, True, [Text.STATUS], max_retries=1)
    mistral = api.client([reply(599), reply(200, LIST)], retry_config=policy)
    assert api.call(mistral, "list").data == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_a_token_file_may_begin_with_a_byte_order_mark(api, monkeypatch, tmp_path, encoding):
    """Editors on Windows write one."""
    (tmp_path / "token").write_bytes("token\r\n".encode(encoding))
    monkeypatch.setenv("MISTRAL_SA_TOKEN_PATH", str(tmp_path / "token"))
    assert api.request(api_key=None).headers["authorization"] == "Bearer token"


@pytest.mark.parametrize(("content", "name"), [("t".encode("utf-16"), "UTF-16"), (b"\xe9", "another encoding")])
def test_a_token_file_in_another_encoding_is_reported_as_such(api, monkeypatch, tmp_path, content, name):
    """`>` of Windows PowerShell writes UTF-16."""
    (tmp_path / "token").write_bytes(content)
    monkeypatch.setenv("MISTRAL_SA_TOKEN_PATH", str(tmp_path / "token"))
    with pytest.raises(ValueError, match=f"is {name}; save it as UTF-8"):
        api.call(api.client([], api_key=None), "list")


@pytest.mark.parametrize("headers", [[("x", "1")], "x", {"x"}, 3, [], ""])
@pytest.mark.parametrize("on_client", [True, False])
def test_headers_are_a_mapping(api, headers, on_client):
    """Anything else is a TypeError that names the argument."""
    with pytest.raises(TypeError, match="http_headers must be a mapping"):
        api.call(
            api.client([], **({"http_headers": headers} if on_client else {})),
            "list",
            **({} if on_client else {"http_headers": headers}),
        )


@pytest.mark.parametrize("parameters", [[("region", "eu")], "region", {"region"}, {"region": 3}, {3: "eu"}])
def test_url_parameters_are_a_mapping_of_strings(parameters):
    """Anything else is a TypeError that names the argument."""
    with pytest.raises(TypeError, match="url_params must"):
        Mistral("key", server_url="https://{region}.example", url_params=parameters)


@pytest.mark.parametrize("statuses", ["429", 429])
def test_statuses_to_retry_are_a_list(statuses):
    """A string would be a list of its characters, none of which is a status; a number would fail at the first error."""
    with pytest.raises(TypeError, match="status_codes_override must be a list"):
        utils.RetryConfig("backoff", utils.BackoffStrategy(1, 1, 1, 1), True, statuses)


async def asynchronous(*_: object) -> None: ...


class Asynchronous:
    async def __call__(self, *_: object) -> None: ...


@pytest.mark.parametrize("argument", ["api_key", "on_attempt", "retry_config"])
@pytest.mark.parametrize("function", [asynchronous, functools.partial(asynchronous), Asynchronous()])
def test_an_async_function_is_rejected_where_it_would_never_be_awaited(argument, function):
    """The constructor raises a TypeError that names the argument."""
    options: dict[str, Any] = {argument: function}
    with pytest.raises(TypeError, match=f"^{argument} must be a plain function"):
        Mistral(**options)


def test_an_async_function_is_rejected_as_retry_policy_of_a_call(api):
    """The call raises the same error as the constructor, before anything is sent."""
    with pytest.raises(TypeError, match="retries must be a plain function"):
        api.call(api.client([]), "list", retries=asynchronous)


def test_an_attempt_hook_is_a_function():
    """A path in place of a `Recorder` is rejected before anything is sent; it would fail after the first request."""
    with pytest.raises(TypeError, match=r"on_attempt must be a function or a utils\.Recorder, not str"):
        Mistral("key", on_attempt="responses.jsonl")  # type: ignore[arg-type] # wrong on purpose


def test_a_debug_logger_has_the_method_debug():
    """The name of a logger is a TypeError."""
    with pytest.raises(TypeError, match="debug_logger must have a method `debug`"):
        Mistral("key", debug_logger="mistral")  # type: ignore[arg-type] # wrong on purpose


def test_a_debug_logger_of_another_library_gets_formatted_messages(api):
    """loguru and structlog do not know `%`; a `logging.Logger` still gets the arguments."""
    messages: list[tuple[object, ...]] = []

    class Other:
        def debug(self, *arguments: object) -> None:
            messages.append(arguments)

    class Own(logging.Logger):
        def debug(self, *arguments: object) -> None:  # type: ignore[override] # records what it gets
            messages.append(arguments)

    for logger in (Other(), Own("own", logging.DEBUG)):
        api.call(api.client([reply(200, LIST)], debug_logger=logger), "list")
    (first,), (second,), third, _ = messages
    assert str(first).startswith("request 1: GET https://api.mistral.ai/v1/models {'accept':")
    assert str(second).startswith("response 1: 200 {")
    assert third[:4] == ("request %d: %s %s %s", 1, "GET", "https://api.mistral.ai/v1/models")


def test_a_subclass_may_have_a_representation_of_its_own(fake):
    """Its `__repr__` is not called before its constructor is done."""

    class Tenant(Mistral):
        def __init__(self, name: str, **options: Any) -> None:
            super().__init__("key", **options)
            self.name = name

        def __repr__(self) -> str:
            return f"Tenant({self.name})"

    assert repr(Tenant("one")) == "Tenant(one)"


@pytest.mark.parametrize(
    "url",
    [
        "http://192.168.1.300:8000",
        "http://1.2.3.04",
        "http://xn--a",
        "http://a.xn--a.b",
        "http://[v1.a]",
        "http://[::g]",
    ],
)
def test_an_address_that_cannot_exist_is_rejected_in_the_constructor(url):
    """The error shows it, and says what is wrong."""
    with pytest.raises(ValueError, match=r"server_url '.*' is not a URL: "):
        Mistral("key", server_url=url)


@pytest.mark.parametrize(
    "url", ["http://[fe80::1%25eth0]", "http://xn--mnchen-3ya.de", "http://1.2.3", "http://[::1]:80"]
)
def test_unusual_addresses_are_accepted(url):
    """These have a zone, an internationalized name, or a form that only the operating system understands."""
    assert Mistral("key", server_url=url)


def given_client(api, respond, **settings) -> dict[str, Any]:
    return api.http_client(transport=api.transport(respond), **settings)


@pytest.mark.parametrize(
    ("settings", "options", "sent"),
    [
        ({"headers": {"Authorization": "Client h"}}, {}, "Client h"),
        ({"headers": {"Authorization": "Client h"}}, {"api_key": "key"}, "Bearer key"),
        ({"headers": {"Authorization": "Client h"}}, {"http_headers": {"authorization": "Own h"}}, "Own h"),
        ({"auth": ("user", "password")}, {}, "Basic dXNlcjpwYXNzd29yZA=="),
        ({"auth": ("user", "password")}, {"api_key": "key"}, "Basic dXNlcjpwYXNzd29yZA=="),
        ({}, {"api_key": "key", "http_headers": {"Authorization": "Own h"}}, "Own h"),
        ({}, {}, "Bearer environment"),
    ],
)
def test_which_credentials_are_sent(api, monkeypatch, settings, options, sent):
    """The order is: `auth` of the client, headers of `Mistral`, `api_key`, headers of the client, the environment."""
    seen: list[str] = []

    def respond(request):
        seen.append(request.headers["authorization"])
        return reply(200, LIST)

    monkeypatch.setenv("MISTRAL_API_KEY", "environment")
    api.call(Mistral(**given_client(api, respond, **settings), **options), "list")
    if sent != "Bearer environment":
        monkeypatch.delenv("MISTRAL_API_KEY")
        api.call(Mistral(**given_client(api, respond, **settings), **options), "list")
    assert set(seen) == {sent}


def test_the_user_agent_of_a_given_client_is_sent(api):
    """It is left out if it is httpx's own, and so are the base URL and the `Accept` header of the client."""
    seen: list[Any] = []

    def respond(request):
        seen.append(request)
        return reply(200, LIST)

    settings = {"headers": {"User-Agent": "app/1", "Accept": "text/html"}, "base_url": "https://other.example/x"}
    api.call(Mistral("key", **given_client(api, respond, **settings)), "list")
    api.call(Mistral("key", http_headers={"user-agent": "own"}, **given_client(api, respond, **settings)), "list")
    api.call(Mistral("key", **given_client(api, respond)), "list")
    assert [request.headers["user-agent"][:6] for request in seen] == ["app/1", "own", "mistra"]
    assert {str(request.url) for request in seen} == {"https://api.mistral.ai/v1/models"}
    assert {request.headers["accept"] for request in seen} == {"application/json"}


def test_headers_of_the_client_are_sent_with_every_call(api):
    """Those of a call win, whatever the case of their names."""
    seen: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return reply(200, DELETED)

    mistral = api.client(respond, http_headers={"X-Team": "a", "x-other": "b"})
    api.call(mistral, "delete", model_id="m")
    api.call(mistral, "delete", model_id="m", http_headers={"x-team": "c"})
    assert [(request.headers["x-team"], request.headers["x-other"]) for request in seen] == [("a", "b"), ("c", "b")]


@pytest.mark.parametrize("headers", [{"a b": "1"}, {"x": "1\n"}, {"content-length": "1"}])
def test_headers_that_cannot_be_sent_are_rejected_in_the_constructor(headers):
    """The constructor raises the same error as a call."""
    with pytest.raises(ValueError, match="http_headers"):
        Mistral("key", http_headers=headers)


def test_the_fake_takes_headers_for_every_call():
    """The client of a fake service has the same arguments as `Mistral`."""
    fake = FakeMistral([fine_tuned_model("a")])
    fake.client(http_headers={"x-team": "a"}).models.list()
    assert fake.requests[0].headers["x-team"] == "a"
