"""Which error an answer is, and what it carries."""

import asyncio
import contextlib
import copy
import gc
import json
import pickle
import socket
import ssl
import threading
import time
import weakref
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import httpx
import pytest
import trustme
from mistral_models import Mistral, errors, operations
from mistral_models.testing import FakeMistral

from .ways import DELETED, Way, reply, streamed

KINDS = {
    300: errors.SDKError, 304: errors.SDKError, 400: errors.BadRequestError, 401: errors.AuthenticationError,
    402: errors.SDKError, 403: errors.PermissionDeniedError, 404: errors.NotFoundError, 408: errors.SDKError,
    409: errors.ConflictError, 418: errors.SDKError, 422: errors.HTTPValidationError, 429: errors.RateLimitError,
    499: errors.SDKError, 500: errors.InternalServerError, 503: errors.InternalServerError,
    520: errors.InternalServerError, 529: errors.InternalServerError, 561: errors.InternalServerError,
    600: errors.SDKError, 999: errors.SDKError,
}  # fmt: skip
FAULT = {"loc": ["body", "name"], "msg": "Input should be a valid string", "type": "string_type"}
BODIES = [
    (b'{"detail": "no"}', "no"),
    (b'{"detail": [{"loc": ["body", "name"], "msg": "bad"}, {"msg": "worse"}]}', "body.name: bad; worse"),
    (b'{"message": "no"}', "no"),
    (b'{"object": "error", "message": {"detail": [{"loc": ["q", 0], "msg": "bad"}]}}', "q.0: bad"),
    (b'{"error": {"message": "no"}}', "no"),
    (b'{"detail": {"message": "no\\n  way"}}', "no way"),
    (b'{"detail": null, "message": "no"}', "no"),
    (b"\xef\xbb\xbf{}", "{}"),
    (b'"no"', "no"),
    (b"[]", "[]"),
    (b"3", "3"),
    (b"<html><head><title>502 Bad\n Gateway</title></head><body>x</body></html>", "502 Bad Gateway"),
    (b"upstream connect error", "upstream connect error"),
    (b"x" * 300, "x" * 197 + "..."),
    (b"", "("),
    (b'{"detail": ', '{"detail":'),
    (b"\xff\xfe\x00", "\ufffd\ufffd"),
    (b"[" * 100_000, "[" * 197),
]


pytestmark = pytest.mark.usefixtures("no_collection")


def refused(way, answer: httpx.Response, method: str = "delete", **arguments) -> Any:
    with pytest.raises(errors.SDKError) as caught:
        way.call(way.client([answer], retry_config=None), method, **(arguments or {"model_id": "m"}))
    return caught.value


@pytest.mark.parametrize(("status", "kind"), KINDS.items())
@pytest.mark.parametrize(("body", "said"), BODIES)
def test_any_body_gives_the_right_class_with_the_servers_words_first(way, status, kind, body, said):
    """Whatever the content type says; statuses that Python does not know too."""
    error = refused(way, reply(status, body, content_type="image/png"))
    assert type(error) is kind
    assert error.message.startswith(said)
    assert str(error) == error.message
    assert (error.status_code, error.attempts) == (status, 1)
    assert f"({status}" in error.message
    assert "DELETE https://api.mistral.ai/v1/models/m" in error.message


def test_an_error_carries_the_answer(way):
    """Status, body, headers whose names have no case, the request's id, and httpx's own response."""
    error = refused(way, reply(404, b'{"detail":"no"}', X_Request_Id="r-1"))
    assert (error.status_code, error.body, error.request_id) == (404, '{"detail":"no"}', "r-1")
    assert error.headers["X-REQUEST-ID"] == "r-1"
    assert error.message == "no (404 Not Found, DELETE https://api.mistral.ai/v1/models/m, request r-1)"
    assert isinstance(error.raw_response, httpx.Response)
    assert error.raw_response.json() == {"detail": "no"}
    assert error.raw_response.request.method == "DELETE"


def test_a_422_has_its_faults(way):
    """As a list, inside a message, as a sentence, or not at all."""
    for body in ({"detail": [FAULT]}, {"object": "error", "message": {"detail": [FAULT]}}):
        error = refused(way, reply(422, body))
        assert isinstance(error, errors.HTTPValidationError)
        assert isinstance(error.data.detail, list)
        (fault,) = error.data.detail
        assert (fault.loc, fault.msg, fault.type) == (FAULT["loc"], FAULT["msg"], FAULT["type"])
        assert type(error.data) is errors.HTTPValidationErrorData
    assert refused(way, reply(422, {"detail": "no"})).data.detail == "no"
    assert refused(way, reply(422, {"detail": [{"msg": "half a fault"}]})).data.detail == "half a fault"
    assert refused(way, reply(422, b"<html>")).data.detail is None
    assert refused(way, reply(422, b"[]")).data.detail is None


def test_a_message_has_the_first_twenty_faults(way):
    """The others are in `data`."""
    error = refused(way, reply(422, {"detail": [{"loc": [], "type": "t", "msg": f"fault {n}"} for n in range(30)]}))
    assert error.message.startswith("; ".join(f"fault {n}" for n in range(20)) + " (422 ")
    assert [fault.msg for fault in error.data.detail] == [f"fault {n}" for n in range(30)]


def test_redirects_are_not_followed_and_say_where_they_pointed(way):
    """A client that followed one would send the key elsewhere."""
    error = refused(way, reply(307, b"<html>", location="https://evil/v1"))
    assert error.message.startswith("redirected to https://evil/v1, which is not followed (307 Temporary Redirect")


def test_a_body_longer_than_the_limit_does_not_hide_the_refusal(way):
    """What was read of it is there."""
    with pytest.raises(errors.InternalServerError) as caught:
        way.call(way.client([reply(503, b"y" * 100)], retry_config=None, max_response_bytes=10), "list")
    assert caught.value.body == "y" * 10


@pytest.mark.parametrize("status", [404, 422, 429, 503])
def test_errors_pickle_and_copy(way, status):
    """With all they carry, notes included."""
    error = refused(way, reply(status, {"detail": "no"}, x_request_id="r", retry_after="9"))
    error.add_note("a note")
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(again) is type(error)
        assert (again.message, again.body, again.request_id) == (error.message, error.body, "r")
        assert (again.retry_after, again.attempts, again.__notes__) == (9, 1, ["a note"])
        assert again.raw_response.json() == {"detail": "no"}


@pytest.mark.parametrize("body", [b'{"data": 3}', b"{", b""])
def test_what_is_wrong_with_an_answer_is_the_cause(way, body):
    """For programs; the message says it, too."""
    with pytest.raises(errors.ResponseValidationError) as caught:
        way.call(way.client([reply(200, body)]), "list")
    assert isinstance(caught.value.cause, ValueError)
    assert caught.value.cause.__traceback__ is None
    assert str(caught.value.cause) in caught.value.message


def test_the_other_errors_pickle_and_copy_too(way):
    """Those without an answer, and those with a bad one."""
    for answers in ([httpx.ConnectError("refused")], [httpx.ReadTimeout("slow")], [reply(200, b"{")]):
        with pytest.raises(errors.MistralError) as caught:
            way.call(way.client(answers, retry_config=None), "list")
        again = pickle.loads(pickle.dumps(caught.value))
        assert type(again) is type(caught.value)
        assert vars(again).keys() == vars(caught.value).keys()
        assert str(copy.deepcopy(again)) == str(caught.value)


def fail_in_another_process() -> None:
    with FakeMistral().client() as mistral:
        mistral.models.retrieve(model_id="nobody")


def test_errors_come_out_of_a_process_pool():
    """As themselves."""
    import multiprocessing

    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        error = pool.submit(fail_in_another_process).exception()
    assert isinstance(error, errors.NotFoundError)
    assert "Model nobody not found" in error.message


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (httpx.ConnectError("[Errno 111] Connection refused"), errors.APIConnectionError),
        (httpx.ReadError(""), errors.APIConnectionError),
        (httpx.RemoteProtocolError("Server disconnected"), errors.APIConnectionError),
        (httpx.ProxyError("502"), errors.APIConnectionError),
        (ConnectionResetError("reset"), errors.APIConnectionError),
        (httpx.ConnectTimeout("slow"), errors.APITimeoutError),
        (httpx.ReadTimeout(""), errors.APITimeoutError),
        (httpx.PoolTimeout("none free"), errors.APITimeoutError),
        (TimeoutError(), errors.APITimeoutError),
    ],
)
def test_no_answer_is_a_connection_error(way, cause, kind):
    """It says with whom and why; the transport's own exception is its cause."""
    with pytest.raises(errors.APIConnectionError) as caught:
        way.call(way.client([cause], retry_config=None), "list")
    assert type(caught.value) is kind
    assert caught.value.__cause__ is cause
    assert caught.value.message.startswith("no response from https://api.mistral.ai: ")
    assert caught.value.message.endswith(f"({type(cause).__name__}, GET /v1/models)")
    assert str(cause) in caught.value.message


def test_an_answer_tells_what_came_around_it(way):
    """Status, headers, request id, attempts and time."""
    mistral = way.client([reply(503), reply(200, DELETED, mistral_correlation_id="c")])
    answer = way.send(mistral, operations.delete("m"))
    assert (answer.parsed.deleted, answer.status_code, answer.request_id) == (True, 200, "c")
    assert (answer.headers["Mistral-Correlation-Id"], answer.attempts, answer.elapsed) == ("c", 2, 0.5)
    assert answer.raw_response.json() == DELETED
    assert repr(answer) == (
        "APIResponse(status_code=200, request_id='c', attempts=2, elapsed=0.500, "
        "parsed=DeleteModelResponse(id='m', object='model', deleted=True))"
    )


@pytest.mark.parametrize(
    "charset", ["latin-1", "utf-16", "base64", "hex", "zlib", "rot13", "idna", "undefined", "no such"]
)
def test_any_character_set_gives_the_right_class(way, charset):
    """Also those that Python has, but that are none for text."""
    error = refused(way, reply(400, b"caf\xe9", content_type=f"text/plain; charset={charset}"))
    assert type(error) is errors.BadRequestError
    assert isinstance(error.body, str)
    assert (error.body == "caf\xe9") == (charset == "latin-1")


@pytest.mark.parametrize(
    "body",
    [b'{"message":' * 500 + b"1" + b"}" * 500, b"<title>" * 1_000_000, b'{"detail": "' + b"x" * 5_000_000 + b'"}'],
)
def test_hostile_bodies_make_no_long_messages(way, body):
    """Deep ones, long ones, and those with much that could be said."""
    error = refused(way, reply(503, body))
    assert type(error) is errors.InternalServerError
    assert len(error.message) < 1200


@pytest.mark.parametrize("unit", [b"<title>", b"<title", b'{"message":', b'{"detail":[', b'"', b"\\", b"\xff", b"x\n "])
def test_the_time_for_a_body_grows_as_its_length_does(unit):
    """Eight times the length would take a careless search 64 times as long."""
    assert seconds(unit, 32_000) < 24 * max(seconds(unit, 4_000), 0.001)


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "unicode_escape", "utf-7", "utf-16", "shift_jis", "iso-2022-jp"]
)
def test_the_time_for_any_character_set_grows_likewise(charset):
    """Python has some that are not for text, and take their time."""
    kind = f"text/plain; charset={charset}"
    assert seconds(b"a", 200_000, kind) < 24 * max(seconds(b"a", 25_000, kind), 0.001)


def seconds(unit: bytes, length: int, content_type: str = "text/plain") -> float:
    """Processor time for an answer of that length, the least of several."""

    def once() -> float:
        start = time.process_time()
        refused(Way("sync"), reply(503, unit * (length // len(unit)), content_type=content_type))
        return time.process_time() - start

    return min(once() for _ in range(5))


def test_a_long_sentence_is_cut_before_it_is_spelt_out():
    """Spelling out what would steer a terminal takes longer than reading it."""

    def sentence(character: str) -> bytes:
        return json.dumps({"detail": character * 1_000_000}, ensure_ascii=False).encode()

    hostile, harmless = sentence("\u200b"), sentence("\u2030")
    assert seconds(hostile, len(hostile)) < 4 * seconds(harmless, len(harmless))


def test_an_answer_that_cannot_be_read_says_so(way):
    """A refusal in a coding that we do not read has no words of its own."""
    error = refused(way, streamed(b"x", 400, content_encoding="br"))
    assert error.message.startswith("the body has the unsupported content coding 'br' (400 ")


def test_errors_can_be_made_for_tests():
    """As the vendor's: a message, a response, and perhaps a body."""
    error = errors.NotFoundError("gone", httpx.Response(404, headers={"x-request-id": "r"}, content=b"no"))
    assert (error.message, error.status_code, error.body, error.request_id) == ("gone", 404, "no", "r")
    assert errors.SDKError("m", httpx.Response(500), "body").body == "body"
    assert pickle.loads(pickle.dumps(error)).body == "no"
    assert str(errors.NoResponseError()) == "No response received"
    data = errors.HTTPValidationErrorData(detail=[])
    invalid = errors.HTTPValidationError(data, httpx.Response(422, text="no"))
    assert (invalid.data, invalid.message) == (data, "no")
    assert pickle.loads(pickle.dumps(invalid)).data == data
    cause = ValueError("no integer")
    malformed = errors.ResponseValidationError("bad", httpx.Response(200), cause, "body")
    assert (malformed.message, malformed.body, malformed.cause) == ("bad: no integer", "body", cause)
    assert errors.ResponseValidationError("bad", httpx.Response(200)).cause is None


def test_without_an_answer_there_is_no_status(way):
    """Programs that look at it for every `MistralError` go on working."""
    with pytest.raises(errors.MistralError) as caught:
        way.call(way.client([httpx.ConnectError("x")], retry_config=0), "list")
    error = caught.value
    assert (error.status_code, error.body, error.request_id, error.raw_response) == (None, "", None, None)
    assert dict(error.headers) == {}


def test_the_vendors_names_are_there():
    """Those that its SDK has for the same things."""
    assert errors.NoResponseError is errors.APIConnectionError
    assert all(hasattr(errors, name) for name in errors.__all__)
    with pytest.raises(AttributeError, match="Nothing"):
        _ = errors.Nothing  # type: ignore[attr-defined] # as it should be


def test_messages_are_one_line_that_steers_no_terminal(way):
    """Whatever the service writes, and wherever: in bodies, in headers."""
    nasty = "one\ntwo\x1b[31m\u2028three"
    for answer in (
        reply(400, {"detail": nasty}),
        reply(400, nasty),
        reply(302, location="https://h/\x1b[31m"),
        reply(200, b"{", content_type="text/\x1b[31m\nhtml"),
        reply(200, b"[]", x_request_id="a\x1b[31m\nb"),
    ):
        with pytest.raises(errors.MistralError) as caught:
            way.call(way.client([answer], retry_config=0), "list")
        assert caught.value.message.isprintable()


@pytest.mark.parametrize("outcome", [lambda: reply(503), lambda: reply(200, b"{"), lambda: httpx.ReadError("reset")])
def test_an_error_that_is_dropped_frees_its_body_at_once(way, outcome):
    """No reference cycle keeps it until the garbage collector runs."""
    mistral = way.client([outcome()], retry_config=0)

    async def fail() -> weakref.ref[errors.MistralError] | None:
        try:
            _ = mistral.models.list() if way.plain else await mistral.models.list_async()
        except errors.MistralError as error:
            return weakref.ref(error)
        return None

    async def is_freed() -> bool:
        reference = await fail()
        return reference is not None and reference() is None

    gc.disable()
    try:
        assert asyncio.run(is_freed())
    finally:
        gc.enable()


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
@pytest.mark.parametrize("has_read", [True, False])
def test_a_status_that_an_event_hook_raises_is_the_response(way, library, has_read):
    """`raise_for_status` in a hook of the caller's client does not turn a definite response into a lost one."""
    module: Any = pytest.importorskip(library)
    requests = []

    def respond(request):
        requests.append(request)
        return module.Response(404, headers={"x-request-id": "r-1"}, stream=Stream(b'{"message": "no such model"}'))

    class Stream(module.SyncByteStream, module.AsyncByteStream):  # type: ignore[misc] # of httpx or of httpx2
        def __init__(self, body: bytes) -> None:
            self.body = body

        def __iter__(self):
            yield self.body

        async def __aiter__(self):
            yield self.body

    def hook(response):
        if has_read:
            response.read()
        response.raise_for_status()

    async def async_hook(response):
        if has_read:
            await response.aread()
        response.raise_for_status()

    options: Any = {
        "transport": module.MockTransport(respond),
        "event_hooks": {"response": [hook if way.plain else async_hook]},
    }
    client: Any = {"client": module.Client(**options)} if way.plain else {"async_client": module.AsyncClient(**options)}
    with pytest.raises(errors.NotFoundError) as caught:
        way.call(Mistral("key", **client), "delete", model_id="m")
    assert (len(requests), caught.value.attempts, caught.value.request_id) == (1, 1, "r-1")
    assert not hasattr(caught.value, "__notes__")
    assert ("no such model" if has_read else "event hook") in str(caught.value)


def test_a_status_that_a_hook_raises_for_another_request_is_not_the_response(way):
    """An event hook may make requests of its own, such as one for a token."""
    other = httpx.Response(404, request=httpx.Request("GET", "https://tokens.example"))

    def respond(_: httpx.Request) -> httpx.Response:
        return other.raise_for_status()

    with pytest.raises(errors.APIConnectionError):
        way.call(way.client(respond, retry_config=0), "list")


@pytest.mark.parametrize("method", ["list", "retrieve", "delete", "update", "archive", "unarchive"])
def test_an_error_with_the_status_200_has_the_services_message(way, method):
    """Some gateways report errors so."""
    arguments = {} if method == "list" else {"model_id": "m"}
    answer = reply(200, {"error": {"message": "Your plan has expired"}})
    with pytest.raises(errors.ResponseValidationError, match=r"^Your plan has expired \(") as caught:
        way.call(way.client([answer]), method, **arguments)
    assert f"({method}: " in str(caught.value)


@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_exceeds_the_time_left_is_part_of_the_message(way, status):
    """The error says how long to wait, and that it was too long for the call."""
    answer = reply(status, {"message": "slow down"}, retry_after="120")
    with pytest.raises(errors.SDKError, match=r"retry after 120 s, more than the 60 s that are left") as caught:
        way.call(way.client([answer]), "list")
    assert (caught.value.retry_after, caught.value.attempts) == (120, 1)
    with pytest.raises(errors.SDKError, match=r"retry after 120 s\)"):
        way.call(way.client([answer], retry_config=0), "list", timeout_ms=121_000)


@pytest.mark.parametrize("method", ["list", "retrieve", "delete", "update", "archive", "unarchive"])
def test_a_base_url_that_ends_in_the_version_is_explained(way, method):
    """Or else the error would only say that there is no such model; other URLs do not get the hint."""
    arguments = {} if method == "list" else {"model_id": "m"}
    for url, is_explained in (("https://h/v1", True), ("https://h/v1/", True), ("https://h/api", False)):
        with pytest.raises(errors.NotFoundError) as caught:
            way.call(way.client([reply(404, {"message": "no"})], server_url=url), method, **arguments)
        assert ("the base URL must not end in /v1" in str(caught.value)) is is_explained


@pytest.mark.parametrize(
    "failure", [httpx.UnsupportedProtocol("x"), httpx.LocalProtocolError("x"), httpx.ProxyError("407 Proxy x")]
)
def test_failures_that_would_repeat_themselves_are_not_retried(way, failure):
    """The error says so to retry policies, too, and keeps it when it is pickled."""
    with pytest.raises(errors.APIConnectionError) as caught:
        way.call(way.client([failure]), "list")
    assert (caught.value.attempts, caught.value.is_permanent) == (1, True)
    assert pickle.loads(pickle.dumps(caught.value)).is_permanent


def test_an_untrusted_certificate_is_not_retried_and_the_trusted_ones_are_named(way):
    """The error names the variable with the certificates, or certifi."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                context.wrap_socket(server.accept()[0], server_side=True)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        mistral = Mistral("key", server_url=f"https://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(errors.APIConnectionError, match="the trusted certificates are those of") as caught:
            way.closing(mistral, ("list", {}))
        thread.join()
    assert (caught.value.attempts, caught.value.is_permanent) == (1, True)


@pytest.mark.parametrize("offset", ["+99999999999999999999", "-2400", "+0000000000", "+2359"])
@pytest.mark.parametrize("year", ["0001", "9999", "2026", "99999999999"])
def test_a_date_that_cannot_exist_is_no_retry_after(way, offset, year):
    """The error is the service's, whatever the header has."""
    answer = reply(429, retry_after=f"Thu, 01 Jan {year} 00:00:00 {offset}")
    with pytest.raises(errors.RateLimitError):
        way.call(way.client([answer], retry_config=0), "list")
