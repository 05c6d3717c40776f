"""The request that each method sends."""

import httpx
import mistral_models
import pytest
from mistral_models import Mistral, errors, operations

from .calls import reply

pytestmark = pytest.mark.httpx2

IDS = ["retrieve", "delete", "update", "archive", "unarchive"]


@pytest.mark.parametrize(
    ("method", "arguments", "http_method", "url"),
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
def test_each_method_sends_its_http_method_url_and_headers(api, method, arguments, http_method, url):
    """Paths are below that of the server URL; an id is always one path segment, and its colons are not encoded."""
    request = api.request(method, call=arguments, server_url="https://host/prefix/")
    assert (request.method, str(request.url)) == (http_method, f"https://host/prefix{url}")
    assert request.headers["authorization"] == "Bearer key"
    assert request.headers["accept"] == "application/json"
    assert request.headers["user-agent"] == f"mistral-models/{mistral_models.__version__}"
    assert ("content-type" in request.headers) == (http_method == "PATCH")


def test_update_distinguishes_omitted_arguments_from_null(api):
    """The body has only the fields that the caller passed."""
    assert api.request("update", call={"model_id": "m"}).content == b"{}"
    body = api.request("update", call={"model_id": "m", "name": None, "description": "d"}).content
    assert body == b'{"name": null, "description": "d"}'


@pytest.mark.parametrize("model_id", ["", " ", "\t", "\u2003", ".", "..", "a\nb", "a\x00", "a\x85", "\ud800"])
@pytest.mark.parametrize("method", IDS)
def test_invalid_ids_are_rejected_before_anything_is_sent(api, method, model_id):
    """`DELETE /v1/models/..` would be `DELETE /v1`."""
    with pytest.raises(ValueError, match="is not a model id"):
        api.call(api.client([]), method, model_id=model_id)


@pytest.mark.parametrize(
    ("method", "argument"), [("list", "provider"), ("list", "model"), ("update", "name"), ("update", "description")]
)
@pytest.mark.parametrize("value", [3, True, ["a"], object()])
def test_text_arguments_must_be_strings(api, method, argument, value):
    """Other types, such as a sentinel of another library, are not converted to a filter or a name."""
    arguments = {"model_id": "ft:m"} if method == "update" else {}
    with pytest.raises(TypeError, match=f"{argument} must be a string, not builtins.{type(value).__name__}"):
        api.call(api.client([]), method, **arguments, **{argument: value})


@pytest.mark.parametrize("method", IDS)
def test_an_id_must_be_a_string(api, method):
    """The error message names the actual type."""
    with pytest.raises(TypeError, match="model_id must be a string, not NoneType"):
        api.call(api.client([]), method, model_id=None)


def test_an_id_too_long_for_a_url_is_a_value_error(api):
    """It is not reported as a connection error."""
    with pytest.raises(ValueError, match="cannot send GET to"):
        api.call(api.client([]), "retrieve", model_id="x" * 70_000)


@pytest.mark.parametrize("name", ["User-Agent", "user-agent", "AUTHORIZATION", "accept", "x-own"])
def test_http_headers_replace_the_defaults_regardless_of_case(api, name):
    """The request has such a header once, with the caller's value."""
    request = api.request(call={"http_headers": {name: "custom"}})
    assert request.headers.get_list(name) == ["custom"]


@pytest.mark.parametrize("method", ["list", "retrieve", "delete", "update", "archive", "unarchive"])
def test_every_operation_accepts_the_options_of_a_call(api, method):
    """The options are headers, the number of retries, the server URL and the deadline."""
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return reply(503)

    arguments = {} if method == "list" else {"model_id": "m", **({"name": "n"} if method == "update" else {})}
    options = {"http_headers": {"x-own": "1"}, "retries": 1, "server_url": "https://other", "timeout_ms": 7000}
    with pytest.raises(errors.InternalServerError):
        api.call(api.client(respond), method, **arguments, **options)
    assert [(request.headers["x-own"], request.url.host) for request in requests] == [("1", "other")] * 2
    assert requests[0].extensions["timeout"]["read"] == 7


def test_a_call_with_an_authorization_header_needs_no_api_key(api, monkeypatch):
    """Neither the client nor the environment has a key."""
    monkeypatch.delenv("MISTRAL_API_KEY", raising=False)
    request = api.request(call={"http_headers": {"Authorization": "Basic eA=="}}, api_key=None)
    assert request.headers["authorization"] == "Basic eA=="


@pytest.mark.parametrize(
    "headers",
    [{"a b": "secret"}, {"": "secret"}, {"a:": "secret"}, {"x": "secret\nb"}, {"x": " secret"}, {"x": "sécret"},
     {"x": 31337}, {3: "secret"}],
)  # fmt: skip
def test_headers_that_cannot_be_sent_are_rejected(api, headers):
    """The error message contains the name but not the value."""
    with pytest.raises(ValueError, match="http_headers") as caught:
        api.call(api.client([]), "list", http_headers=headers)
    ((name, value),) = headers.items()
    assert repr(name) in str(caught.value)
    assert not any(secret in str(caught.value) for secret in (str(value), ascii(value)[1:-1], "secret"))


def test_a_given_client_adds_its_headers_but_does_not_follow_redirects(api):
    """Its headers are sent, but those of this package take precedence."""
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return reply(302, location="https://elsewhere/")

    headers = {"x-team": "a", "accept": "text/html"}
    given = api.http_client(transport=api.transport(respond), headers=headers, follow_redirects=True)
    with pytest.raises(errors.SDKError, match="redirected to https://elsewhere/"):
        api.call(Mistral("key", **given), "list")
    (request,) = requests
    assert (request.headers["x-team"], request.headers["accept"]) == ("a", "application/json")


def test_operations_are_values():
    """They can be compared, printed, hashed and pickled, and creating one sends nothing."""
    import pickle

    operation = operations.update("ft:a", name="n")
    assert operation == operations.update("ft:a", name="n") != operations.update("ft:a", name="m")
    assert pickle.loads(pickle.dumps(operation)) == operation
    assert hash(operation) == hash(operations.update("ft:a", name="n"))
    assert repr(operation) == (
        "Operation(name='update', method='PATCH', path='/v1/fine_tuning/models/ft:a', query=(),"
        " content=b'{\"name\": \"n\"}', model_id='ft:a')"
    )
