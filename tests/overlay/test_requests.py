"""What each method sends."""

from typing import Any

import httpx
import mistral_models
import pytest
from mistral_models import Mistral, errors, operations

from .ways import reply

IDS = ["retrieve", "delete", "update", "archive", "unarchive"]


def sent(way, method: str, arguments: dict, **options) -> httpx.Request:
    """The request that a call makes."""
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return reply(400)

    with pytest.raises(errors.BadRequestError):
        way.call(way.client(respond, **{"server_url": "https://host/prefix/", **options}), method, **arguments)
    (request,) = requests
    return request


@pytest.mark.parametrize(
    ("method", "arguments", "verb", "url"),
    [
        ("list", {}, "GET", "/v1/models"),
        ("list", {"provider": None, "model": None}, "GET", "/v1/models"),
        ("list", {"provider": "a b", "model": "c&d=é"}, "GET", "/v1/models?provider=a%20b&model=c%26d%3D%C3%A9"),
        ("retrieve", {"model_id": "ft:a:1"}, "GET", "/v1/models/ft:a:1"),
        ("delete", {"model_id": "a/b?c#d%3A é"}, "DELETE", "/v1/models/a%2Fb%3Fc%23d%253A%20%C3%A9"),
        ("delete", {"model_id": "model?x=1"}, "DELETE", "/v1/models/model%3Fx%3D1"),
        ("update", {"model_id": "../a"}, "PATCH", "/v1/fine_tuning/models/..%2Fa"),
        ("archive", {"model_id": "..."}, "POST", "/v1/fine_tuning/models/.../archive"),
        ("unarchive", {"model_id": "%2e%2e"}, "DELETE", "/v1/fine_tuning/models/%252e%252e/archive"),
    ],
)
def test_each_method_sends_its_operation(way, method, arguments, verb, url):
    """Below the server's own path, with the key; an id is one segment whatever it holds, and its colons stay."""
    request = sent(way, method, arguments)
    assert (request.method, str(request.url)) == (verb, f"https://host/prefix{url}")
    assert request.headers["authorization"] == "Bearer key"
    assert request.headers["accept"] == "application/json"
    assert request.headers["user-agent"] == f"mistral-models/{mistral_models.__version__}"
    assert ("content-type" in request.headers) == (verb == "PATCH")


def test_update_tells_left_out_from_null(way):
    """The body has what the caller named, and no more."""
    assert sent(way, "update", {"model_id": "m"}).content == b"{}"
    body = sent(way, "update", {"model_id": "m", "name": None, "description": "d"}).content
    assert body == b'{"name": null, "description": "d"}'


@pytest.mark.parametrize("model_id", ["", " ", "\t", "\u2003", ".", "..", "a\nb", "a\x00", "a\x85", "\ud800"])
@pytest.mark.parametrize("method", IDS)
def test_ids_that_are_none_are_refused_before_anything_is_sent(way, method, model_id):
    """`DELETE /v1/models/..` would be `DELETE /v1`."""
    with pytest.raises(ValueError, match="is not a model id"):
        way.call(way.client([]), method, model_id=model_id)


@pytest.mark.parametrize(
    ("method", "argument"), [("list", "provider"), ("list", "model"), ("update", "name"), ("update", "description")]
)
@pytest.mark.parametrize("value", [3, True, ["a"], object()])
def test_what_is_to_be_text_is_text(way, method, argument, value):
    """Nothing else is made into it: another library's sentinel would be a filter, or a name."""
    arguments = {"model_id": "ft:m"} if method == "update" else {}
    with pytest.raises(TypeError, match=f"{argument} must be a string, not builtins.{type(value).__name__}"):
        way.call(way.client([]), method, **arguments, **{argument: value})


@pytest.mark.parametrize("method", IDS)
def test_an_id_is_a_string(way, method):
    """The type that came is named."""
    with pytest.raises(TypeError, match="model_id must be a string, not NoneType"):
        way.call(way.client([]), method, model_id=None)


def test_an_id_too_long_for_a_url_is_the_callers_mistake(way):
    """Not a failure of the connection."""
    with pytest.raises(ValueError, match="cannot send GET to"):
        way.call(way.client([]), "retrieve", model_id="x" * 70_000)


@pytest.mark.parametrize("name", ["User-Agent", "user-agent", "AUTHORIZATION", "accept", "x-own"])
def test_a_callers_header_replaces_ours_whatever_its_case(way, name):
    """There is one of it then."""
    request = sent(way, "list", {"http_headers": {name: "mine"}})
    assert request.headers.get_list(name) == ["mine"]


@pytest.mark.parametrize("method", ["list", "retrieve", "delete", "update", "archive", "unarchive"])
def test_the_options_of_a_call_reach_it_whatever_the_operation(way, method):
    """Headers, the number of retries, the address, and the time."""
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return reply(503)

    arguments = {} if method == "list" else {"model_id": "m", **({"name": "n"} if method == "update" else {})}
    options = {"http_headers": {"x-own": "1"}, "retries": 1, "server_url": "https://other", "timeout_ms": 7000}
    with pytest.raises(errors.InternalServerError):
        way.call(way.client(respond), method, **arguments, **options)
    assert [(request.headers["x-own"], request.url.host) for request in requests] == [("1", "other")] * 2
    assert requests[0].extensions["timeout"]["read"] == 7


def test_a_caller_with_credentials_needs_no_key(way, monkeypatch):
    """None is looked for."""
    monkeypatch.delenv("MISTRAL_API_KEY", raising=False)
    request = sent(way, "list", {"http_headers": {"Authorization": "Basic eA=="}}, api_key=None)
    assert request.headers["authorization"] == "Basic eA=="


@pytest.mark.parametrize(
    "headers",
    [{"a b": "secret"}, {"": "secret"}, {"a:": "secret"}, {"x": "secret\nb"}, {"x": " secret"}, {"x": "sécret"},
     {"x": 31337}, {3: "secret"}],
)  # fmt: skip
def test_headers_that_cannot_be_sent_are_refused(way, headers):
    """The name is shown, the value is not."""
    with pytest.raises(ValueError, match="http_headers") as caught:
        way.call(way.client([]), "list", http_headers=headers)
    ((name, value),) = headers.items()
    assert repr(name) in str(caught.value)
    assert not any(shown in str(caught.value) for shown in (str(value), ascii(value)[1:-1], "secret"))


def test_the_given_client_keeps_its_own_ways(way):
    """Its headers go along, ours come before them, and it follows no redirect for us."""
    seen: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return reply(302, location="https://elsewhere/")

    transport = httpx.MockTransport(respond)
    settings: Any = {
        "transport": transport,
        "headers": {"x-team": "a", "accept": "text/html"},
        "follow_redirects": True,
    }
    given: Any = {"client": httpx.Client(**settings)} if way.plain else {"async_client": httpx.AsyncClient(**settings)}
    with pytest.raises(errors.SDKError, match="redirected to https://elsewhere/"):
        way.call(Mistral("key", **given), "list")
    (request,) = seen
    assert (request.headers["x-team"], request.headers["accept"]) == ("a", "application/json")


def test_operations_are_values():
    """They compare, print, hash and pickle; making one sends nothing."""
    import pickle

    operation = operations.update("ft:a", name="n")
    assert operation == operations.update("ft:a", name="n") != operations.update("ft:a", name="m")
    assert pickle.loads(pickle.dumps(operation)) == operation
    assert hash(operation) == hash(operations.update("ft:a", name="n"))
    assert repr(operation) == (
        "Operation(name='update', method='PATCH', path='/v1/fine_tuning/models/ft:a', query=(),"
        " content=b'{\"name\": \"n\"}', model_id='ft:a')"
    )
