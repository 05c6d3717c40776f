"""Connections that go silent: how long a call takes then, and what its error says. Real sockets and real time."""

import time
from itertools import chain, repeat

import pytest
from mistral_models import Mistral, errors
from mistral_models.utils import BackoffStrategy, RetryConfig

from tests.faults.certificates import Certificates
from tests.faults.script import HANG, RECEIVE, Script, Send
from tests.faults.server import Server

BODY = b'{"object": "list", "data": []}'
GOOD = Send(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(BODY), BODY))
MAYBE = ["The service may nevertheless have carried out this delete."]


def silent_at_first(certificates: Certificates) -> Server:
    return Server(Script(chain([(HANG,)], repeat((GOOD,)))), certificates)


def test_a_list_arrives_a_second_after_the_first_connection_went_silent(api, certificates):
    """With an attempt timeout of 0.4 s, the second attempt starts after at most 0.9 s."""
    backoff = BackoffStrategy(500, 8000, 2, None)
    policy = RetryConfig("backoff", backoff, retry_connection_errors=True, max_retries=2, attempt_timeout_ms=400)
    with silent_at_first(certificates) as server:
        url = f"http://127.0.0.1:{server.port}"
        started = time.monotonic()
        results = api.call_all(Mistral("key", server_url=url, retry_config=policy, timeout_ms=8000), ("list", {}))
        took = time.monotonic() - started
    assert results[0].data == []
    assert 0.4 <= took < 6  # about 0.7 s on an idle machine


@pytest.mark.slow
def test_the_defaults_get_a_list_within_twenty_seconds(api, certificates):
    """The attempt timeout is 15 s by default; without it, the call would fail after 60 s."""
    with silent_at_first(certificates) as server:
        started = time.monotonic()
        results = api.call_all(Mistral("key", server_url=f"http://127.0.0.1:{server.port}"), ("list", {}))
        took = time.monotonic() - started
    assert results[0].data == []
    assert 15 <= took < 20


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}", "https://localhost:{port}"], ids=["http", "https"])
def test_a_timeout_after_a_change_was_sent_says_that_it_may_have_happened(api, certificates, url):
    """The request is on its way, so the service may carry it out."""
    certificate = "valid" if url.startswith("https") else None
    with Server(Script(repeat((HANG,)), certificate=certificate), certificates) as server:
        mistral = Mistral("key", server_url=url.format(port=server.port), retry_config=0, timeout_ms=500)
        with pytest.raises(errors.APITimeoutError) as caught:
            api.call_all(mistral, ("delete", {"model_id": "ft:m"}))
    assert len(server.requests) == 1
    assert caught.value.__notes__ == MAYBE


def test_a_timeout_of_the_tls_handshake_does_not_say_so(api, certificates):
    """Without a handshake nothing was sent, and the model exists as before."""
    with Server(Script(repeat((RECEIVE, HANG)), on_connect=True), certificates) as server:
        url = f"https://localhost:{server.port}"
        mistral = Mistral("key", server_url=url, retry_config=0, timeout_ms=500)
        with pytest.raises(errors.APITimeoutError) as caught:
            api.call_all(mistral, ("delete", {"model_id": "ft:m"}))
    assert not hasattr(caught.value, "__notes__")
