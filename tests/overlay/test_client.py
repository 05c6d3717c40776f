"""The six operations through the public client."""

import pickle

import httpx
import mistral_models
import pytest
from mistral_models import Mistral, errors, models, operations


def answering(status: int, body: bytes = b"", **headers: str) -> httpx.Client:
    """A client whose every request gets this answer."""
    return httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(status, headers=headers, content=body)))


def sent(call) -> httpx.Request:
    """The request that a call makes."""
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(500)

    with httpx.Client(transport=httpx.MockTransport(respond)) as client, pytest.raises(errors.SDKError):
        call(Mistral("secret", server_url="https://host/prefix/", client=client).models)
    (request,) = requests
    return request


@pytest.mark.parametrize(
    ("call", "method", "url"),
    [
        (lambda m: m.list(), "GET", "/v1/models"),
        (lambda m: m.list(provider=None, model=None), "GET", "/v1/models"),
        (lambda m: m.list(provider="a b", model="c&d"), "GET", "/v1/models?provider=a%20b&model=c%26d"),
        (lambda m: m.retrieve(model_id="ft:a:1"), "GET", "/v1/models/ft:a:1"),
        (lambda m: m.delete(model_id="a/b?c#d%3A é"), "DELETE", "/v1/models/a%2Fb%3Fc%23d%253A%20%C3%A9"),
        (lambda m: m.update(model_id="ft:a:1"), "PATCH", "/v1/fine_tuning/models/ft:a:1"),
        (lambda m: m.archive(model_id="..."), "POST", "/v1/fine_tuning/models/.../archive"),
        (lambda m: m.unarchive(model_id="ft:a:1"), "DELETE", "/v1/fine_tuning/models/ft:a:1/archive"),
    ],
)
def test_each_method_sends_its_operation(call, method, url):
    """Below the server's own path, with the key; ids are one segment whatever they hold."""
    request = sent(call)
    assert (request.method, str(request.url).replace("+", "%20")) == (method, f"https://host/prefix{url}")
    assert request.headers["authorization"] == "Bearer secret"
    assert request.headers["accept"] == "application/json"
    assert request.headers["user-agent"] == f"mistral-models/{mistral_models.__version__}"
    assert ("content-type" in request.headers) == (method == "PATCH")


def test_update_tells_left_out_from_null():
    """The body has what the caller named, and no more."""
    assert sent(lambda m: m.update(model_id="m")).content == b"{}"
    assert sent(lambda m: m.update(model_id="m", name=None, description="d")).content == (
        b'{"name": null, "description": "d"}'
    )


@pytest.mark.parametrize("model_id", ["", " ", "\t", ".", "..", "a\nb", "a\x00", "a\x85", "\ud800"])
@pytest.mark.parametrize("operation", ["retrieve", "delete", "update", "archive", "unarchive"])
def test_ids_that_are_none_are_refused_before_anything_is_sent(mistral, operation, model_id):
    """`DELETE /v1/models/..` would be `DELETE /v1`."""
    with pytest.raises(ValueError, match="is not the id of a model"):
        getattr(mistral.models, operation)(model_id=model_id)


def test_an_id_is_a_string(mistral):
    """The type that came is named."""
    with pytest.raises(TypeError, match="model_id must be a string, not NoneType"):
        mistral.models.delete(model_id=None)


def test_a_status_that_is_no_success_is_an_error(mistral):
    """It carries the status and the body."""
    with pytest.raises(errors.SDKError, match="Model nobody not found") as caught:
        mistral.models.retrieve(model_id="nobody")
    assert caught.value.status_code == 404
    assert "Model nobody not found" in caught.value.body


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"data": [', "list: the body is not JSON"),
        (b"\xff\xfe", "list: the body is not JSON"),
        (b"[" * 100_000, "list: the body is not JSON"),
        (b"[]", "list: expected object, got []"),
        (b'{"data": 3}', "list: data: expected array, got 3"),
    ],
)
def test_a_success_with_a_malformed_body_names_the_place(body, message):
    """Never a KeyError."""
    with (
        answering(200, body) as client,
        pytest.raises(errors.ResponseValidationError) as caught,
    ):
        Mistral("k", client=client).models.list()
    assert str(caught.value).startswith(message)


def test_without_a_key_the_constructor_names_the_variable(monkeypatch):
    """Whoever forgot it knows what to do."""
    monkeypatch.delenv("MISTRAL_API_KEY", raising=False)
    for key in (None, ""):
        with pytest.raises(ValueError, match="MISTRAL_API_KEY"):
            Mistral(key)
    monkeypatch.setenv("MISTRAL_API_KEY", "from the environment")
    Mistral()
    Mistral("")


def test_a_key_may_be_a_function(fake):
    """It is asked when the call is made."""
    with httpx.Client(transport=fake.transport()) as client:
        assert Mistral(lambda: fake.api_key, client=client).models.list().data


def test_operations_are_values():
    """They compare, print, hash and pickle; none sends anything."""
    operation = operations.update("ft:a", name="n")
    assert operation == operations.update("ft:a", name="n") != operations.update("ft:a", name="m")
    assert pickle.loads(pickle.dumps(operation)) == operation
    assert hash(operation) == hash(operations.update("ft:a", name="n"))
    assert repr(operation) == (
        "Operation(name='update', method='PATCH', path='/v1/fine_tuning/models/ft:a', query=(),"
        " content=b'{\"name\": \"n\"}', model_id='ft:a')"
    )


def test_an_operation_can_be_sent_for_more_than_its_result(mistral):
    """Status and headers come with it."""
    answer = mistral.send(operations.list())
    assert isinstance(answer.parsed, models.ModelList)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


def test_a_client_can_be_used_again_after_it_was_closed(fake):
    """The next call opens connections anew; closing twice is no fault."""
    with fake.serve() as url:
        mistral = Mistral(fake.api_key, server_url=url)
        for _ in range(2):
            assert mistral.models.list().data
            mistral.close()
            mistral.close()


def test_the_package_has_the_names_it_says():
    """They resolve on first use; others do not exist."""
    for name in mistral_models.__all__:
        assert getattr(mistral_models, name) is not None
    assert set(mistral_models.__all__) <= set(dir(mistral_models))
    with pytest.raises(AttributeError, match="nothing"):
        _ = mistral_models.nothing
