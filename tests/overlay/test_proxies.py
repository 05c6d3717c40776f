"""Which proxy a request uses, and what is said when one cannot be used."""

import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from mistral_models import Mistral, errors
from mistral_models.testing import FakeClock

from .calls import raw_server


@pytest.fixture(params=["upper", "lower"])
def setenv(request, monkeypatch):
    """Set variables in upper or lower case."""

    def set_all(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(getattr(name, request.param)(), value)

    return set_all


@pytest.fixture
def proxy(fake) -> Iterator[str]:
    """A server that gets requests as a proxy does, and responds with 404 to all of them."""
    with fake.serve() as url:
        yield url


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("socks://127.0.0.1:1080/", "socks:// is not a supported kind of proxy; use http://, https://, socks5://"),
        ("ftp://user:secret@h", "ftp:// is not a supported kind of proxy"),
        ("direct://", "direct:// is not a supported kind of proxy"),
        ('"http://user:secret@h:3128"', "contains quotation marks"),
        ("'http://user:secret@h:3128'", "contains quotation marks"),
        ("http://user:secret@h:port", "is not the URL of a proxy"),
        ("http://user:sec/ret@h:port", "is not the URL of a proxy"),
        ("http://", "is not the URL of a proxy"),
        ("socks5://user:secret@h", "needs another package: pip install 'httpx[socks]'"),
    ],
)
def test_an_unusable_proxy_is_reported_with_its_variable(api, setenv, variable, value, problem):
    """The error is a ValueError of one line that names the variable and the problem, but not the password."""
    setenv(**{variable: value})
    with pytest.raises(ValueError, match=rf"(?i)^{variable}\b[^\n]*$") as caught:
        api.call_all(Mistral("key", server_url="http://service.localhost:9", retry_config=0), ("list", {}))
    assert problem in str(caught.value)
    assert "sec" not in str(caught.value).replace("socks5", "")


@pytest.mark.parametrize(
    "variables",
    [
        {"HTTPS_PROXY": "ftp://h"},
        {"ALL_PROXY": "socks://127.0.0.1:1080/", "NO_PROXY": "127.0.0.1"},
        {"ALL_PROXY": "direct://", "NO_PROXY": "*"},
        {"NO_PROXY": "[::1],fd07:b51a:cc66:f0::/64,http://[,a b,xn--a"},
        {"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "[::1],fd07:b51a:cc66:f0::/64,http://[,a b,127.0.0.1"},
    ],
)
def test_settings_that_do_not_concern_the_address_do_not_matter(api, setenv, fake, url, variables):
    """A proxy for other addresses, or an exception that cannot be read, is no reason to fail."""
    setenv(**variables)
    (models,) = api.call_all(Mistral(fake.api_key, server_url=url), ("list", {}))
    assert models.data


@pytest.mark.parametrize(
    ("url", "no_proxy", "is_exempt"),
    [
        ("http://127.0.0.1:9", "127.0.0.0/8", True),
        ("http://127.0.0.1:9", "127.5.0.1/8", True),
        ("http://127.0.0.1:9", "10.0.0.0/8, 126.0.0.0/8", False),
        ("http://[::1]:9", "[::1]", True),
        ("http://[::1]:9", "[::1]:9", True),
        ("http://[::1]:9", "[::1]:8", False),
        ("http://[::1]:9", "::/64", True),
        ("http://[::1]:9", "fd07:b51a:cc66:f0::/64,127.0.0.0/8", False),
        ("http://127.0.0.1:9", "::/0", False),
        ("http://xn--mnchen-3ya.localhost:9", "münchen.localhost", True),
    ],
)
def test_networks_and_ipv6_addresses_are_exempt_from_the_proxy(api, setenv, fake, proxy, url, no_proxy, is_exempt):
    """NO_PROXY may have networks in CIDR notation, and addresses in brackets."""
    setenv(HTTP_PROXY=proxy, NO_PROXY=no_proxy)
    with pytest.raises(errors.APIConnectionError if is_exempt else errors.NotFoundError):
        api.call_all(Mistral("key", server_url=url, retry_config=0), ("list", {}))
    assert len(fake.requests) == (not is_exempt)


@pytest.mark.parametrize(
    "no_proxy",
    [
        *("", "localhost", "LOCALHOST", "api.localhost", ".localhost", "host", "*.localhost", "localhost:9", "*"),
        *("http://api.localhost", "https://api.localhost", "http://", "all://", "https://*", "all://*:9", "other, api"),
        *("api.localhost:9", "api.localhost:8", " api.localhost ", "http://*.localhost", "http://other:9"),
        *("ocalhost", ".ocalhost", "*.ocalhost", "*.pi.localhost", "i.localhost", ".i.localhost"),
    ],
)
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
def test_exceptions_mean_the_same_as_for_httpx(monkeypatch, fake, proxy, variable, no_proxy):
    """Whatever is valid for httpx has the same meaning here."""
    monkeypatch.setenv(variable, proxy)
    monkeypatch.setenv("NO_PROXY", no_proxy)
    counts = []
    with httpx.Client() as client:
        for given in (None, client):
            mistral = Mistral("key", server_url="http://api.localhost:9", retry_config=0, client=given)
            with mistral, pytest.raises(errors.MistralError):
                mistral.models.list()
            counts.append(len(fake.requests))
    assert counts in ([0, 0], [1, 2])


def test_an_error_names_the_proxy_without_its_password(api, setenv):
    """Connecting fails at the proxy, which the user may have forgotten."""
    setenv(HTTP_PROXY="http://user:secret@127.0.0.1:9")
    with pytest.raises(
        errors.APIConnectionError, match=r"(?i)via the proxy http://127.0.0.1:9 of HTTP_PROXY"
    ) as caught:
        api.call_all(Mistral("key", server_url="http://service.localhost", retry_config=0), ("list", {}))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_credentials_is_asked_once(api, setenv, scheme):
    """A 407 is not retried, and the error names the proxy."""
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    with raw_server(refusal) as (proxy, requests):
        setenv(HTTP_PROXY=proxy, HTTPS_PROXY=proxy)
        mistral = Mistral("key", server_url=f"{scheme}://service.localhost", clock=FakeClock())
        with pytest.raises(errors.MistralError, match=f"via the proxy {proxy}") as caught:
            api.call_all(mistral, ("list", {}))
    assert (len(requests), caught.value.attempts) == (1, 1)
    assert "407" in str(caught.value)


def test_a_proxy_is_named_only_where_it_refused_the_request(api, setenv):
    """The service's own errors do not mention the proxy, and a 407 without one is like any other error."""
    with raw_server(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n") as (proxy, _):
        setenv(HTTP_PROXY=proxy)
        with pytest.raises(errors.NotFoundError) as caught:
            api.call_all(Mistral("key", server_url="http://service.localhost"), ("list", {}))
    assert "proxy" not in caught.value.message
    with pytest.raises(errors.SDKError, match=r"\(407 Proxy Authentication Required, GET"):
        api.call(api.client([httpx.Response(407)]), "list")


def test_calls_through_a_tunnel_use_one_connection(api, setenv, authority):
    """The session tickets that TLS sends after its handshake are not mistaken for an unsolicited response."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("service.localhost").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> list[bytes]:
            connection = server.accept()[0]
            received = [connection.recv(65536)]
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            with context.wrap_socket(connection, server_side=True) as tunnel:
                while request := tunnel.recv(65536):
                    received.append(request)
                    tunnel.sendall(b'HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{"data": []}')
            return received

        with ThreadPoolExecutor(1) as pool:
            serving = pool.submit(serve)
            setenv(https_proxy=f"http://127.0.0.1:{server.getsockname()[1]}")
            mistral = Mistral("key", server_url="https://service.localhost", retry_config=0, timeout_ms=10_000)
            api.call_all(mistral, *[("list", {})] * 3)
            received = serving.result(10)
    assert [request.split()[0] for request in received] == [b"CONNECT", b"GET", b"GET", b"GET"]


def test_a_closed_client_reads_the_variables_again(api, monkeypatch, fake, url):
    """Until it is closed, it uses them as they were at its first call."""
    mistral = Mistral(fake.api_key, server_url=url, retry_config=0)
    api.call_all(mistral, ("list", {}))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with pytest.raises(errors.APIConnectionError, match="via the proxy"):
        api.call_all(mistral, ("list", {}))
