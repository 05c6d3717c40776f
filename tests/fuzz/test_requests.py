"""Ids and headers with any text, as a server receives them over a socket."""

from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mistral_models import Mistral, operations

from .properties import result_or_none
from .socket_server import Received, recording_server

PATHS = {
    "retrieve": (b"GET", b"/v1/models/%s"),
    "delete": (b"DELETE", b"/v1/models/%s"),
    "update": (b"PATCH", b"/v1/fine_tuning/models/%s"),
    "archive": (b"POST", b"/v1/fine_tuning/models/%s/archive"),
    "unarchive": (b"DELETE", b"/v1/fine_tuning/models/%s/archive"),
}
PIECES = [
    "/",
    "\\",
    "..",
    ".",
    "%2F",
    "%2e",
    "%",
    "?",
    "#",
    ":",
    ";",
    "@",
    "//",
    " ",
    "\t",
    "\r\n",
    "\x00",
    "\x7f",
    "\x85",
]
IDS = st.text(max_size=20) | st.lists(
    st.sampled_from([*PIECES, "+", "&", "é", "\u2028", "😀", "\ud800", "ft", "~"]), min_size=1, max_size=6
).map("".join)
HEADERS = st.dictionaries(
    st.from_regex(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}", fullmatch=True)
    | st.sampled_from(["Accept", "USER-AGENT", "Authorization", "Host", "Connection", "Content-Type", "Expect", "TE"])
    | st.sampled_from(["Content-Length", "Transfer-Encoding", "Upgrade", "Trailer", "X-A\r\nX-B", "", ":a", "é"])
    | st.text(max_size=6),
    st.text(max_size=12)
    | st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12)
    | st.sampled_from(
        ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\rb", "a\x00", "a\tb", " a", "a ", "", "\x0b", "1\u2028", "é", "5"]
    ),
    max_size=3,
)


@pytest.fixture(scope="module")
def received() -> Iterator[Received]:
    with recording_server() as server:
        yield server


@pytest.fixture(scope="module")
def mistral(received: Received) -> Iterator[Mistral]:
    with Mistral("key", server_url=received.url, retry_config=None) as client:
        yield client


@pytest.mark.parametrize("name", PATHS)
@settings(max_examples=60)
@example(model_id="..").via("a dot segment")
@example(model_id="a/../b").via("dot segments inside")
@example(model_id="%2E%2E").via("an encoded dot segment")
@example(model_id="%2F..%2F").via("encoded slashes")
@given(model_id=IDS)
def test_an_id_is_one_path_segment_or_rejected_before_sending(name, model_id, received, mistral):
    """The server decodes the same id from one segment of the path; otherwise the id is rejected and nothing is sent."""
    received.heads.clear()
    result = result_or_none(lambda: getattr(mistral.models, name)(model_id=model_id))
    if result is None:
        assert received.heads == []
        return
    (head,) = received.heads
    method, target, version = head.partition(b"\r\n")[0].split(b" ")
    expected_method, path = PATHS[name]
    before, _, after = path.partition(b"%s")
    assert (method, version) == (expected_method, b"HTTP/1.1")
    assert target.startswith(before)
    assert target.endswith(after)
    segment = target.removeprefix(before).removesuffix(after)
    assert b"/" not in segment
    assert b"?" not in segment
    assert b"#" not in segment
    assert segment not in {b".", b".."}
    assert unquote_to_bytes(segment).decode() == model_id


@settings(max_examples=250)
@given(headers=HEADERS, name=st.sampled_from(["list", "update"]))
def test_headers_are_sent_unchanged_or_rejected_before_sending(headers, name, received, mistral):
    """No value can add another header, and default headers that are not replaced are sent."""
    received.heads.clear()
    operation = operations.list() if name == "list" else operations.update("m", name="n")
    result = result_or_none(lambda: mistral.send(operation, http_headers=headers))
    if result is None:
        assert received.heads == []
        return
    (head,) = received.heads
    lines = head.decode("ascii").removesuffix("\r\n\r\n").split("\r\n")[1:]
    sent = sorted((key.lower(), value) for key, _, value in (line.partition(": ") for line in lines))
    defaults = {"accept", "accept-encoding", "user-agent", "authorization", "host", "connection"}
    defaults |= {"content-type", "content-length"} if name == "update" else set()
    custom = {key.lower(): value for key, value in headers.items()}
    assert sorted(key for key, _ in sent) == sorted(
        (defaults - {"connection"}) | set(custom) | ({"connection"} & {k for k, _ in sent})
    )
    assert all((key, value) in sent for key, value in custom.items())
