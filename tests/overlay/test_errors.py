"""The error for each unsuccessful response, and its fields."""

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

from .calls import DELETED, SyncOrAsync, reply, streamed

ERROR_CLASSES = {
    300: errors.SDKError, 304: errors.SDKError, 400: errors.BadRequestError, 401: errors.AuthenticationError,
    402: errors.SDKError, 403: errors.PermissionDeniedError, 404: errors.NotFoundError, 408: errors.SDKError,
    409: errors.ConflictError, 418: errors.SDKError, 422: errors.HTTPValidationError, 429: errors.RateLimitError,
    499: errors.SDKError, 500: errors.InternalServerError, 503: errors.InternalServerError,
    520: errors.InternalServerError, 529: errors.InternalServerError, 561: errors.InternalServerError,
    600: errors.SDKError, 999: errors.SDKError,
}  # fmt: skip
DETAIL = {"loc": ["body", "name"], "msg": "Input should be a valid string", "type": "string_type"}
BODIES = [
    (b'{"detail": "no"}', "no"),
    (b'{"detail": [{"loc": ["body", "name"], "msg": "bad"}, {"msg": "worse"}]}', "body.name: bad; worse"),
    (b'{"message": "no"}', "no"),
    (b'{"object": "error", "message": {"detail": [{"loc": ["q", 0], "msg": "bad"}]}}', "q.0: bad"),
    (b'{"error": {"message": "no"}}', "no"),
    (b'{"error": {"error": {"error": {"message": "no"}}}}', "no"),
    (b'{"error": {"error": {"error": {"error": {"message": "too deep"}}}}}', '{"error":'),
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


pytestmark = [pytest.mark.usefixtures("no_collection"), pytest.mark.httpx2]


def get_error(api, response: httpx.Response, method: str = "delete", **arguments) -> Any:
    """Return the error that a call raises for an unsuccessful response."""
    with pytest.raises(errors.SDKError) as caught:
        api.call(api.client([response], retry_config=None), method, **(arguments or {"model_id": "m"}))
    return caught.value


@pytest.mark.parametrize(("status", "error_class"), ERROR_CLASSES.items())
@pytest.mark.parametrize(("body", "expected"), BODIES)
def test_an_error_has_the_class_of_its_status_and_starts_with_the_servers_message(
    api, status, error_class, body, expected
):
    """This holds for any body, any content type and statuses that Python does not know."""
    error = get_error(api, reply(status, body, content_type="image/png"))
    assert type(error) is error_class
    assert error.message.startswith(expected)
    assert str(error) == error.message
    assert (error.status_code, error.attempts) == (status, 1)
    assert f"({status}" in error.message
    assert "DELETE https://api.mistral.ai/v1/models/m" in error.message


def test_an_error_has_the_fields_of_the_response(api):
    """These are the status, body, case-insensitive headers, request id and the response of httpx."""
    error = get_error(api, reply(404, b'{"detail":"no"}', X_Request_Id="r-1"))
    assert (error.status_code, error.body, error.request_id) == (404, '{"detail":"no"}', "r-1")
    assert error.headers["X-REQUEST-ID"] == "r-1"
    assert error.message == "no (404 Not Found, DELETE https://api.mistral.ai/v1/models/m, request r-1)"
    assert isinstance(error.raw_response, httpx.Response)
    assert error.raw_response.json() == {"detail": "no"}
    assert error.raw_response.request.method == "DELETE"


def test_a_422_error_has_the_validation_errors(api):
    """The service may send them as a list, within a message, as text or not at all."""
    for body in ({"detail": [DETAIL]}, {"object": "error", "message": {"detail": [DETAIL]}}):
        error = get_error(api, reply(422, body))
        assert isinstance(error, errors.HTTPValidationError)
        assert isinstance(error.data.detail, list)
        (entry,) = error.data.detail
        assert (entry.loc, entry.msg, entry.type) == (DETAIL["loc"], DETAIL["msg"], DETAIL["type"])
        assert type(error.data) is errors.HTTPValidationErrorData
    assert get_error(api, reply(422, {"detail": "no"})).data.detail == "no"
    assert get_error(api, reply(422, {"detail": [{"msg": "no location"}]})).data.detail == "no location"
    assert get_error(api, reply(422, b"<html>")).data.detail is None
    assert get_error(api, reply(422, b"[]")).data.detail is None


def test_a_message_lists_the_first_twenty_validation_errors(api):
    """All of them are in `data`."""
    error = get_error(api, reply(422, {"detail": [{"loc": [], "type": "t", "msg": f"error {n}"} for n in range(30)]}))
    assert error.message.startswith("; ".join(f"error {n}" for n in range(20)) + " (422 ")
    assert [entry.msg for entry in error.data.detail] == [f"error {n}" for n in range(30)]


def test_redirects_are_not_followed_and_the_error_names_the_target(api):
    """Following a redirect would send the API key to another server."""
    error = get_error(api, reply(307, b"<html>", location="https://evil/v1"))
    assert error.message.startswith("redirected to https://evil/v1, which is not followed (307 Temporary Redirect")


def test_a_body_longer_than_the_limit_does_not_hide_the_error_status(api):
    """The error has the part of the body that was read."""
    with pytest.raises(errors.InternalServerError) as caught:
        api.call(api.client([reply(503, b"y" * 100)], retry_config=None, max_response_bytes=10), "list")
    assert caught.value.body == "y" * 10


@pytest.mark.parametrize("status", [404, 422, 429, 503])
def test_errors_can_be_pickled_and_copied(api, status):
    """The copies have the same fields and notes."""
    error = get_error(api, reply(status, {"detail": "no"}, x_request_id="r", retry_after="9"))
    error.add_note("a note")
    for duplicate in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(duplicate) is type(error)
        assert (duplicate.message, duplicate.body, duplicate.request_id) == (error.message, error.body, "r")
        assert (duplicate.retry_after, duplicate.attempts, duplicate.__notes__) == (9, 1, ["a note"])
        assert duplicate.raw_response.json() == {"detail": "no"}


@pytest.mark.parametrize("body", [b'{"data": 3}', b"{", b""])
def test_the_decoding_error_of_an_invalid_response_is_the_cause(api, body):
    """Programs can inspect `cause`, and the message includes its text."""
    with pytest.raises(errors.ResponseValidationError) as caught:
        api.call(api.client([reply(200, body)]), "list")
    assert isinstance(caught.value.cause, ValueError)
    assert caught.value.cause.__traceback__ is None
    assert str(caught.value.cause) in caught.value.message


def test_errors_without_a_valid_response_can_be_pickled_and_copied(api):
    """Connection errors, timeouts and validation errors keep their fields."""
    for outcomes in ([httpx.ConnectError("connection refused")], [httpx.ReadTimeout("slow")], [reply(200, b"{")]):
        with pytest.raises(errors.MistralError) as caught:
            api.call(api.client(outcomes, retry_config=None), "list")
        duplicate = pickle.loads(pickle.dumps(caught.value))
        assert type(duplicate) is type(caught.value)
        assert vars(duplicate).keys() == vars(caught.value).keys()
        assert str(copy.deepcopy(duplicate)) == str(caught.value)


def fail_in_another_process() -> None:
    with FakeMistral().client() as mistral:
        mistral.models.retrieve(model_id="missing")


def test_an_error_raised_in_a_process_pool_keeps_its_class_and_message():
    """The pool pickles the error in the child and raises it in the parent."""
    import multiprocessing

    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        error = pool.submit(fail_in_another_process).exception()
    assert isinstance(error, errors.NotFoundError)
    assert "Model missing not found" in error.message


@pytest.mark.parametrize(
    ("cause", "error_class"),
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
def test_a_missing_response_is_a_connection_error(api, cause, error_class):
    """The message names the server and the reason, and the cause is the transport's exception."""
    with pytest.raises(errors.APIConnectionError) as caught:
        api.call(api.client([cause], retry_config=None), "list")
    assert type(caught.value) is error_class
    assert repr(caught.value.__cause__) == repr(cause)
    assert caught.value.message.startswith("no response from https://api.mistral.ai: ")
    assert caught.value.message.endswith(f"({type(cause).__name__}, GET /v1/models)")
    assert str(cause) in caught.value.message


def test_a_response_has_status_headers_request_id_attempts_and_elapsed_time(api):
    """The elapsed time includes the waits between attempts."""
    mistral = api.client([reply(503), reply(200, DELETED, mistral_correlation_id="c")])
    response = api.send(mistral, operations.delete("m"))
    assert (response.parsed.deleted, response.status_code, response.request_id) == (True, 200, "c")
    assert (response.headers["Mistral-Correlation-Id"], response.attempts, response.elapsed) == ("c", 2, 0.5)
    assert response.raw_response.json() == DELETED
    assert repr(response) == (
        "APIResponse(status_code=200, request_id='c', attempts=2, elapsed=0.500, "
        "parsed=DeleteModelResponse(id='m', object='model', deleted=True))"
    )


@pytest.mark.parametrize(
    "charset",
    ["latin-1", "utf-16", "base64", "hex", "zlib", "rot13", "idna", "undefined", "no such", "utf-99", "cp1255"],
)
def test_any_charset_gives_the_right_error_class(api, charset):
    """Codecs of Python that are not for text, such as zlib, do not fail the error handling either."""
    error = get_error(api, reply(400, b"caf\xe9", content_type=f"text/plain; charset={charset}"))
    assert type(error) is errors.BadRequestError
    assert isinstance(error.body, str)
    assert (error.body == "caf\xe9") == (charset == "latin-1")


@pytest.mark.parametrize(
    "body",
    [b'{"message":' * 500 + b"1" + b"}" * 500, b"<title>" * 1_000_000, b'{"detail": "' + b"x" * 5_000_000 + b'"}'],
)
def test_malicious_bodies_do_not_make_long_messages(api, body):
    """The message is truncated for deeply nested, repetitive and very long bodies."""
    error = get_error(api, reply(503, body))
    assert type(error) is errors.InternalServerError
    assert len(error.message) < 1200


@pytest.mark.parametrize("unit", [b"<title>", b"<title", b'{"message":', b'{"detail":[', b'"', b"\\", b"\xff", b"x\n "])
def test_the_time_to_parse_an_error_grows_linearly_with_the_body(unit):
    """A quadratic search would take 64 times as long for eight times the length."""
    assert cpu_seconds(unit, 32_000) < 24 * max(cpu_seconds(unit, 4_000), 0.001)


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "unicode_escape", "utf-7", "utf-16", "shift_jis", "iso-2022-jp"]
)
def test_the_time_to_decode_an_error_grows_linearly_for_any_charset(charset):
    """Some codecs of Python that are not for text take quadratic time."""
    content_type = f"text/plain; charset={charset}"
    assert cpu_seconds(b"a", 200_000, content_type) < 24 * max(cpu_seconds(b"a", 25_000, content_type), 0.001)


def cpu_seconds(unit: bytes, length: int, content_type: str = "text/plain") -> float:
    """Measure the CPU time for an error response of this length: the lowest of several runs."""

    def measure_once() -> float:
        start = time.process_time()
        get_error(SyncOrAsync("sync"), reply(503, unit * (length // len(unit)), content_type=content_type))
        return time.process_time() - start

    return min(measure_once() for _ in range(5))


def test_a_long_message_is_truncated_before_it_is_escaped():
    """Escaping unprintable characters takes longer than reading them."""

    def json_body(character: str) -> bytes:
        return json.dumps({"detail": character * 1_000_000}, ensure_ascii=False).encode()

    unprintable, printable = json_body("\u200b"), json_body("\u2030")
    assert cpu_seconds(unprintable, len(unprintable)) < 4 * cpu_seconds(printable, len(printable))


def test_an_error_with_an_unsupported_content_coding_names_the_coding(api):
    """The server's own message cannot be decoded, so the error gives the reason instead."""
    error = get_error(api, streamed(b"x", 400, content_encoding="br"))
    assert error.message.startswith("the body has the unsupported content coding 'br' (400 ")


def test_errors_can_be_constructed_for_tests():
    """Like those of the vendor's SDK, they take a message, a response and optionally a body."""
    error = errors.NotFoundError("gone", httpx.Response(404, headers={"x-request-id": "r"}, content=b"no"))
    assert (error.message, error.status_code, error.body, error.request_id) == ("gone", 404, "no", "r")
    assert errors.SDKError("m", httpx.Response(500), "body").body == "body"
    request = httpx.Request("POST", "https://host/path")
    response = errors.SDKError("m", httpx.Response(500, request=request), "body").raw_response
    assert response is not None
    assert (response.request.method, str(response.request.url)) == ("POST", "https://host/path")
    assert pickle.loads(pickle.dumps(error)).body == "no"
    assert str(errors.NoResponseError()) == "No response received"
    data = errors.HTTPValidationErrorData(detail=[])
    invalid = errors.HTTPValidationError(data, httpx.Response(422, text="no"))
    assert (invalid.data, invalid.message) == (data, "no")
    assert pickle.loads(pickle.dumps(invalid)).data == data
    cause = ValueError("no integer")
    malformed = errors.ResponseValidationError("bad", httpx.Response(200), cause, "body")
    assert (malformed.message, malformed.body, malformed.cause) == ("bad: no integer", "body", cause)
    assert str(pickle.loads(pickle.dumps(malformed)).__cause__) == "no integer"
    assert errors.ResponseValidationError("bad", httpx.Response(200)).cause is None


def test_an_error_without_a_response_has_empty_response_fields(api):
    """Programs can read `status_code` and the other fields of every `MistralError`."""
    with pytest.raises(errors.MistralError) as caught:
        api.call(api.client([httpx.ConnectError("x")], retry_config=0), "list")
    error = caught.value
    assert (error.status_code, error.body, error.request_id, error.raw_response) == (None, "", None, None)
    assert dict(error.headers) == {}


def test_the_error_names_of_the_vendors_sdk_exist():
    """An unknown name is an `AttributeError`."""
    assert errors.NoResponseError is errors.APIConnectionError
    assert all(hasattr(errors, name) for name in errors.__all__)
    with pytest.raises(AttributeError, match="Nothing"):
        _ = errors.Nothing  # type: ignore[attr-defined] # the name must not exist


def test_messages_are_one_line_without_control_characters(api):
    """This holds for any text of the service in bodies and headers."""
    nasty = "one\ntwo\x1b[31m\u2028three"
    for response in (
        reply(400, {"detail": nasty}),
        reply(400, nasty),
        reply(302, location="https://h/\x1b[31m"),
        reply(200, b"{", content_type="text/\x1b[31m\nhtml"),
        reply(200, b"[]", x_request_id="a\x1b[31m\nb"),
    ):
        with pytest.raises(errors.MistralError) as caught:
            api.call(api.client([response], retry_config=0), "list")
        assert caught.value.message.isprintable()


def test_control_characters_are_shown_as_escapes(api):
    """A message has all of its characters, in a form that a terminal does not act on."""
    error = get_error(api, reply(400, {"detail": "one\x1b[31m\0two"}))
    assert r"one\x1b[31m\x00two" in error.message


@pytest.mark.parametrize("outcome", [lambda: reply(503), lambda: reply(200, b"{"), lambda: httpx.ReadError("reset")])
def test_an_error_that_is_dropped_frees_its_body_at_once(api, outcome):
    """No reference cycle keeps it until the garbage collector runs."""
    mistral = api.client([outcome()], retry_config=0)

    async def fail() -> weakref.ref[errors.MistralError] | None:
        try:
            _ = mistral.models.list() if api.is_sync else await mistral.models.list_async()
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


@pytest.mark.parametrize("has_read", [True, False])
def test_a_status_error_raised_by_an_event_hook_counts_as_the_response(api, has_read):
    """`raise_for_status` in a hook of the caller's client does not make a definite response a connection error."""
    requests = []

    def respond(request):
        requests.append(request)
        return streamed(b'{"message": "no such model"}', 404, x_request_id="r-1")

    def hook(response):
        if has_read:
            response.read()
        response.raise_for_status()

    async def async_hook(response):
        if has_read:
            await response.aread()
        response.raise_for_status()

    hooks = {"response": [hook if api.is_sync else async_hook]}
    given = api.http_client(transport=api.transport(respond), event_hooks=hooks)
    with pytest.raises(errors.NotFoundError) as caught:
        api.call(Mistral("key", **given), "delete", model_id="m")
    assert (len(requests), caught.value.attempts, caught.value.request_id) == (1, 1, "r-1")
    assert not hasattr(caught.value, "__notes__")
    assert ("no such model" if has_read else "event hook") in str(caught.value)


def test_a_status_error_of_another_request_raised_by_an_event_hook_is_a_connection_error(api):
    """An event hook may make requests of its own, such as one for a token."""
    other = api.library.Response(404, request=api.library.Request("GET", "https://tokens.example"))
    given = api.http_client(transport=api.library.MockTransport(lambda _: other.raise_for_status()))
    with pytest.raises(errors.APIConnectionError):
        api.call(Mistral("key", retry_config=0, **given), "list")


@pytest.mark.parametrize("method", ["list", "retrieve", "delete", "update", "archive", "unarchive"])
def test_an_error_with_the_status_200_has_the_services_message(api, method):
    """Some gateways send errors with this status."""
    arguments = {} if method == "list" else {"model_id": "m"}
    response = reply(200, {"error": {"message": "Your plan has expired"}})
    with pytest.raises(errors.ResponseValidationError, match=r"^Your plan has expired \(") as caught:
        api.call(api.client([response]), method, **arguments)
    assert f"({method}: " in str(caught.value)


@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_exceeds_the_time_left_is_part_of_the_message(api, status):
    """The error says how long to wait, and that it was too long for the call."""
    response = reply(status, {"message": "slow down"}, retry_after="120")
    with pytest.raises(errors.SDKError, match=r"retry after 120 s, more than the 60 s that are left") as caught:
        api.call(api.client([response]), "list")
    assert (caught.value.retry_after, caught.value.attempts) == (120, 1)
    with pytest.raises(errors.SDKError, match=r"retry after 120 s\)"):
        api.call(api.client([response], retry_config=0), "list", timeout_ms=121_000)


@pytest.mark.parametrize("method", ["list", "retrieve", "delete", "update", "archive", "unarchive"])
def test_a_base_url_that_ends_in_the_version_is_explained(api, method):
    """Without this hint, the error would only say that the model does not exist; other URLs do not get the hint."""
    arguments = {} if method == "list" else {"model_id": "m"}
    for url, is_explained in (("https://h/v1", True), ("https://h/v1/", True), ("https://h/api", False)):
        with pytest.raises(errors.NotFoundError) as caught:
            api.call(api.client([reply(404, {"message": "no"})], server_url=url), method, **arguments)
        assert ("the base URL must not end in /v1" in str(caught.value)) is is_explained


@pytest.mark.parametrize(
    "failure", [httpx.UnsupportedProtocol("x"), httpx.LocalProtocolError("x"), httpx.ProxyError("407 Proxy x")]
)
def test_permanent_failures_are_not_retried(api, failure):
    """The error has `is_permanent` for retry policies, and keeps it when it is pickled."""
    with pytest.raises(errors.APIConnectionError) as caught:
        api.call(api.client([failure]), "list")
    assert (caught.value.attempts, caught.value.is_permanent) == (1, True)
    assert pickle.loads(pickle.dumps(caught.value)).is_permanent


def test_an_invalid_url_is_permanent(api):
    """Its class is no subclass of the other errors of httpx."""
    with pytest.raises(errors.APIConnectionError) as caught:
        api.call(api.client([httpx.InvalidURL("no such address")]), "list")
    assert (caught.value.attempts, caught.value.is_permanent) == (1, True)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [(httpx.ReadTimeout(""), "timed out (ReadTimeout"), (httpx.ReadError(""), ": ReadError (ReadError")],
    ids=["timeout", "other failure"],
)
def test_a_failure_without_a_message_is_named(api, failure, reason):
    """Some of httpx's exceptions have no text; the error says at least what kind of failure it was."""
    with pytest.raises(errors.APIConnectionError) as caught:
        api.call(api.client([failure], retry_config=0), "list")
    assert reason in str(caught.value)


def test_a_runtime_error_is_no_connection_error_while_the_client_is_open(api):
    """It comes from the caller's own code; only a client that was closed during the call explains it otherwise."""
    with pytest.raises(RuntimeError, match="of a hook"):
        api.call(api.client([RuntimeError("of a hook")]), "list")


def test_an_untrusted_certificate_is_not_retried_and_the_trusted_ones_are_named(api):
    """The error names the environment variable with the trusted certificates, or certifi."""
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
            api.call_all(mistral, ("list", {}))
        thread.join()
    assert (caught.value.attempts, caught.value.is_permanent) == (1, True)


@pytest.mark.parametrize("offset", ["+99999999999999999999", "-2400", "+0000000000", "+2359"])
@pytest.mark.parametrize("year", ["0001", "9999", "2026", "99999999999"])
def test_an_impossible_date_in_retry_after_does_not_hide_the_error(api, offset, year):
    """The status alone determines the error, whatever the header contains."""
    response = reply(429, retry_after=f"Thu, 01 Jan {year} 00:00:00 {offset}")
    with pytest.raises(errors.RateLimitError):
        api.call(api.client([response], retry_config=0), "list")
