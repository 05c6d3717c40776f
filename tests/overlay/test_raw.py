"""The generated package works without the overlay."""

import asyncio

import httpx
import pytest
from mistral_models.testing import fine_tuned_model
from mistral_models_raw import AuthenticatedClient, Client, errors
from mistral_models_raw import models as raw
from mistral_models_raw.api.models import archive, delete, list_, retrieve, unarchive, update

MODEL = fine_tuned_model("support-triage")["id"]


@pytest.fixture
def client(fake):
    with fake.serve() as url, AuthenticatedClient(base_url=url, token=fake.api_key) as client:
        yield client


def test_the_generated_functions_run_all_six_operations(client):
    """`sync` and `sync_detailed` return the types of the document, and a 404 is returned as an ErrorBody."""
    assert isinstance(list_.sync(client=client), raw.ModelList)
    assert isinstance(retrieve.sync(MODEL, client=client), raw.FTModelCard)
    updated = update.sync(MODEL, client=client, body=raw.UpdateModelRequest(name="n"))
    assert isinstance(updated, raw.CompletionFineTunedModel)
    assert archive.sync_detailed(MODEL, client=client).parsed == raw.ArchiveModelResponse(id=MODEL)
    assert unarchive.sync(MODEL, client=client) == raw.UnarchiveModelResponse(id=MODEL)
    assert delete.sync(MODEL, client=client) == raw.DeleteModelResponse(id=MODEL)
    not_found = delete.sync_detailed(MODEL, client=client)
    assert (not_found.status_code, type(not_found.parsed)) == (404, raw.ErrorBody)


def test_the_generated_async_functions_work(fake):
    """`asyncio` returns the same type as `sync`."""

    async def main(url: str) -> object:
        async with AuthenticatedClient(base_url=url, token=fake.api_key) as client:
            return await retrieve.asyncio(MODEL, client=client)

    with fake.serve() as url:
        assert isinstance(asyncio.run(main(url)), raw.FTModelCard)


def test_a_status_code_unknown_to_python_is_returned_as_an_integer():
    """Some proxies send 520, which is not in `http.HTTPStatus`."""
    transport = httpx.MockTransport(lambda _: httpx.Response(520, json={"message": "m"}))
    client = AuthenticatedClient(base_url="http://x", token="t", httpx_args={"transport": transport})
    with client:
        response = list_.sync_detailed(client=client)
    assert (response.status_code, response.parsed) == (520, raw.ErrorBody(message="m"))


def test_an_undocumented_status_code_is_none_or_an_error():
    """`raise_on_unexpected_status` decides between None and an UnexpectedStatus."""
    transport = httpx.MockTransport(lambda _: httpx.Response(302, text="elsewhere"))
    for strict in (False, True):
        client = AuthenticatedClient(
            base_url="http://x", token="t", httpx_args={"transport": transport}, raise_on_unexpected_status=strict
        )
        with client:
            if strict:
                with pytest.raises(errors.UnexpectedStatus, match="elsewhere"):
                    retrieve.sync("m", client=client)
            else:
                assert retrieve.sync("m", client=client) is None


def test_the_generated_clients_can_be_copied_with_other_headers_cookies_and_timeouts():
    """A copy sends its own headers and cookies, keeps the token, and does not change the original."""
    seen: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"data": []})

    transport = httpx.MockTransport(respond)
    anonymous = Client(base_url="http://x", headers={"a": "1"}, httpx_args={"transport": transport})
    authenticated = AuthenticatedClient("http://x", "t", prefix="Token", httpx_args={"transport": transport})
    assert isinstance(authenticated, Client)
    for client in (anonymous, authenticated):
        list_.sync(client=client)
        copied = client.with_headers({"b": "2"}).with_cookies({"c": "3"}).with_timeout(httpx.Timeout(7))
        assert type(copied) is type(client)
        list_.sync(client=copied)
        list_.sync(client=client)
    assert [request.headers.get("authorization") for request in seen] == [None] * 3 + ["Token t"] * 3
    assert [request.headers.get("a") for request in seen] == ["1"] * 3 + [None] * 3
    assert [request.headers.get("b") for request in seen] == [None, "2", "2"] * 2
    assert [request.headers.get("cookie") for request in seen] == [None, "c=3", None] * 2
    assert seen[1].extensions["timeout"]["read"] == 7
