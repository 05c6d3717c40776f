"""The generated package alone, for whoever wants a plain generated client."""

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


def test_its_own_functions_run_all_six_operations(client):
    """Without the overlay."""
    assert isinstance(list_.sync(client=client), raw.ModelList)
    assert isinstance(retrieve.sync(MODEL, client=client), raw.FTModelCard)
    changed = update.sync(MODEL, client=client, body=raw.UpdateModelRequest(name="n"))
    assert isinstance(changed, raw.CompletionFineTunedModel)
    assert archive.sync_detailed(MODEL, client=client).parsed == raw.ArchiveModelResponse(id=MODEL)
    assert unarchive.sync(MODEL, client=client) == raw.UnarchiveModelResponse(id=MODEL)
    assert delete.sync(MODEL, client=client) == raw.DeleteModelResponse(id=MODEL)
    gone = delete.sync_detailed(MODEL, client=client)
    assert (gone.status_code, type(gone.parsed)) == (404, raw.ErrorBody)


def test_its_async_functions_run_too(fake):
    """The same answers."""

    async def main(url: str) -> object:
        async with AuthenticatedClient(base_url=url, token=fake.api_key) as client:
            return await retrieve.asyncio(MODEL, client=client)

    with fake.serve() as url:
        assert isinstance(asyncio.run(main(url)), raw.FTModelCard)


def test_a_status_that_python_does_not_know_is_a_status():
    """520 is sent by proxies in front of services."""
    transport = httpx.MockTransport(lambda _: httpx.Response(520, json={"message": "m"}))
    client = AuthenticatedClient(base_url="http://x", token="t", httpx_args={"transport": transport})
    with client:
        response = list_.sync_detailed(client=client)
    assert (response.status_code, response.parsed) == (520, raw.ErrorBody(message="m"))


def test_a_status_that_is_not_documented_is_none_or_an_error():
    """As the caller chose."""
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


def test_its_clients_take_what_requests_are_sent_with():
    """Headers, cookies and a timeout, before and after the first request; the token stays."""
    seen: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"data": []})

    transport = httpx.MockTransport(respond)
    plain = Client(base_url="http://x", headers={"a": "1"}, httpx_args={"transport": transport})
    known = AuthenticatedClient("http://x", "t", prefix="Token", httpx_args={"transport": transport})
    assert isinstance(known, Client)
    for client in (plain, known):
        list_.sync(client=client)
        later = client.with_headers({"b": "2"}).with_cookies({"c": "3"}).with_timeout(httpx.Timeout(7))
        assert type(later) is type(client)
        list_.sync(client=later)
        list_.sync(client=client)
    assert [request.headers.get("authorization") for request in seen] == [None] * 3 + ["Token t"] * 3
    assert [request.headers.get("a") for request in seen] == ["1"] * 3 + [None] * 3
    assert [request.headers.get("b") for request in seen] == [None, "2", "2"] * 2
    assert [request.headers.get("cookie") for request in seen] == [None, "c=3", None] * 2
    assert seen[1].extensions["timeout"]["read"] == 7
