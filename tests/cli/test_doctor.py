"""`doctor`: the measurements in different environments, and their interpretation."""

import datetime as dt
import json
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest
import trustme
from mistral_models import errors
from mistral_models.cli.doctor.diagnostics import diagnose
from mistral_models.cli.doctor.probes import ProbeResults, Tls
from mistral_models.models import ModelList
from mistral_models.testing import FakeMistral, Response, base_model, catalogue

from .runner import Cli, serving
from .services import FixedResponse

NOW = dt.datetime(2026, 1, 15, tzinfo=dt.UTC)
URL = "https://api.example"


def doctor(cli, *arguments, **variables):
    """The exit code, and the diagnostics by check."""
    result = cli("doctor", "--json", "--retries", "0", *arguments, **variables)
    assert result.stderr == ""
    return result.exit_code, {diagnostic["check"]: diagnostic for diagnostic in json.loads(result.stdout)}


def doctor_process(cli, **variables):
    """The same in a process of its own: certificates are read once per process."""
    cli.variables |= variables
    process = cli.start("doctor", "--json", "--retries", "0")
    stdout, stderr = process.communicate(timeout=60)
    assert stderr == ""
    return process.returncode, {diagnostic["check"]: diagnostic for diagnostic in json.loads(stdout)}


def test_a_working_connection_passes_every_check(connected_cli):
    """Every check has a result; an unencrypted connection to this machine is mentioned, but not a problem."""
    exit_code, found = doctor(connected_cli)
    assert exit_code == 0
    assert {check: diagnostic["level"] for check, diagnostic in found.items()} == {
        "server": "ok", "key": "ok", "proxy": "ok", "connection": "ok", "TLS": "skipped", "response": "ok",
        "latency": "ok", "clock": "ok", "schema": "ok",
    }  # fmt: skip
    assert "not encrypted" in found["TLS"]["found"]
    assert found["response"]["found"] == f"{len(catalogue())} models"
    assert not any(diagnostic["advice"] for diagnostic in found.values())


def test_people_get_symbols_and_advice(connected_cli):
    """A terminal shows symbols, or words if it cannot display them; the key is never shown."""
    exit_code, displayed = connected_cli.in_terminal(80, "doctor", MISTRAL_API_KEY="wrong-secret")
    assert exit_code == 3
    assert "✗" in displayed
    assert "create a new one" in displayed
    assert "wrong-secret" not in displayed
    assert "failure  response" in connected_cli("doctor", encoding="ascii", MISTRAL_API_KEY="wrong").stdout


def test_a_missing_key_does_not_prevent_the_other_checks(connected_cli):
    """Without a key the exit code is 3, and the connection is tested all the same."""
    exit_code, found = doctor(connected_cli, MISTRAL_API_KEY="")
    assert exit_code == 3
    assert found["key"]["level"] == "failure"
    assert "MISTRAL_API_KEY" in found["key"]["found"]
    assert found["connection"]["level"] == "ok"
    assert found["response"]["level"] == "skipped"


def test_doctor_shows_what_sets_the_address(fake, url, tmp_path):
    """The first row has the base URL, and the option or the environment variable that it comes from."""
    cli = Cli(tmp_path, key=fake.api_key)
    exit_code, found = doctor(cli, MISTRAL_SERVER_URL=url)
    assert (exit_code, found["server"]["found"]) == (0, f"{url} (MISTRAL_SERVER_URL)")
    _, found = doctor(cli, "--server-url", url, MISTRAL_SERVER_URL="http://127.0.0.1:1", MISTRAL_API_KEY="")
    assert found["server"]["found"] == f"{url} (--server-url)"
    _, found = doctor(cli, "--demo", MISTRAL_SERVER_URL="http://127.0.0.1:1")
    assert found["server"]["found"] == "http://embedded.localhost (--demo)"
    _, found = doctor(cli, HTTPS_PROXY="http://127.0.0.1:1")
    assert found["server"]["found"] == "https://api.mistral.ai (the default)"


def test_a_refused_connection_is_reported(tmp_path):
    """If nothing listens on the port, the advice is to check the URL."""
    with FakeMistral().serve() as url:
        pass
    exit_code, found = doctor(Cli(tmp_path, url, "key"))
    assert (exit_code, found["connection"]["level"]) == (1, "failure")
    assert "refused" in found["connection"]["found"]
    assert "--server-url" in found["connection"]["advice"]


def test_a_server_without_tls_is_reported(connected_cli):
    """An https URL of a server that speaks http is a TLS failure."""
    connected_cli.options[1] = connected_cli.options[1].replace("http:", "https:")
    exit_code, found = doctor(connected_cli)
    assert (exit_code, found["connection"]["level"], found["TLS"]["level"]) == (1, "ok", "failure")
    assert "SSL_CERT_FILE" in found["TLS"]["advice"]


@pytest.mark.parametrize(("days", "level"), [(3, "warning"), (60, "ok")])
def test_certificates_are_checked(tmp_path, days, level):
    """An untrusted certificate is a failure, and a trusted one that expires soon is a warning."""
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1", not_after=dt.datetime.now(dt.UTC) + dt.timedelta(days=days))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    trusted = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(trusted))
    with listening(lambda connection: context.wrap_socket(connection, server_side=True).close()) as (port, _):
        cli = Cli(tmp_path, f"https://127.0.0.1:{port}", "key")
        exit_code, found = doctor(cli)
        assert (exit_code, found["TLS"]["level"]) == (1, "failure")
        assert "certificate" in found["TLS"]["found"]
        exit_code, found = doctor_process(cli, SSL_CERT_FILE=str(trusted))
    assert found["TLS"]["level"] == level
    assert found["TLS"]["found"].startswith("TLSv1.")
    assert (exit_code, found["response"]["level"]) == (1, "failure"), "this server speaks no HTTP"


@contextmanager
def listening(handle=lambda connection: connection.close(), host="127.0.0.1") -> Iterator[tuple[int, list[bytes]]]:
    """A server that passes each connection to a function; yields its port and the first bytes of each connection."""
    received: list[bytes] = []
    with socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection, suppress(OSError):
                    received.append(connection.recv(1024, socket.MSG_PEEK))
                    handle(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1], received
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


@pytest.mark.parametrize("variable", ["no_proxy", "NO_PROXY"])
@pytest.mark.parametrize(
    ("server", "no_proxy", "expected"),
    [
        ("http://localhost", "", "proxy"),
        ("http://localhost", "localhost", "server"),
        ("http://localhost", "LOCALHOST", "server"),
        ("http://localhost", "localhost:{port}", "server"),
        ("http://localhost", "localhost:1", "proxy"),
        ("http://localhost", ".localhost", "proxy"),
        ("http://localhost", "http://localhost", "server"),
        ("http://localhost", "https://localhost", "proxy"),
        ("https://localhost", "https://localhost", "server"),
        ("https://localhost", "http://localhost", "proxy"),
        ("http://localhost", "*", "server"),
        ("http://localhost", "example.com,*", "server"),
        ("http://localhost", "example.com, localhost", "server"),
        ("http://localhost", "example.com", "proxy"),
        ("http://localhost", "host", "proxy"),
        ("http://127.0.0.1", "127.0.0.1", "server"),
        ("http://127.0.0.1", "127.0.0.1:{port}", "server"),
        ("http://127.0.0.1", "localhost", "proxy"),
        pytest.param("http://[::1]", "::1", "server", marks=ipv6),
        pytest.param("http://[::1]", "localhost", "proxy", marks=ipv6),
    ],
)
def test_doctor_names_the_proxy_that_requests_use(tmp_path, server, no_proxy, variable, expected):
    """`doctor` reports a proxy if and only if a request of the client goes there, whatever NO_PROXY has."""
    host = "::1" if "::1" in server else "127.0.0.1"
    with listening(host=host) as (port, at_server), listening() as (proxy_port, at_proxy):
        cli = Cli(tmp_path, f"{server}:{port}", "key")
        proxy = f"http://user:password@127.0.0.1:{proxy_port}"
        variables = {
            "HTTP_PROXY": proxy,
            "http_proxy": proxy,
            "HTTPS_PROXY": proxy,
            variable: no_proxy.format(port=port),
        }
        cli("list", "--retries", "0", **variables)
        destination = {(True, False): "server", (False, True): "proxy"}[bool(at_server), bool(at_proxy)]
        _, found = doctor(cli, **variables)
    statement = found["proxy"]["found"]
    assert destination == ("server" if statement == "no proxy is used" else "proxy")
    assert destination == expected
    assert statement.startswith("no proxy is used" if expected == "server" else f"http://127.0.0.1:{proxy_port} ")
    assert (found["connection"]["level"] == "skipped") == (expected == "proxy")
    assert "password" not in json.dumps(found)


def test_the_vendors_address_can_be_exempted_from_the_proxy(cli):
    """With the URL of the service in NO_PROXY, `doctor` reports that no proxy is used for it."""
    variables = {"HTTPS_PROXY": "http://127.0.0.1:9", "MISTRAL_API_KEY": ""}
    _, found = doctor(
        cli, "--server-url", "https://api.mistral.invalid", NO_PROXY="https://api.mistral.invalid", **variables
    )
    assert found["proxy"]["found"] == "no proxy is used"
    _, found = doctor(
        cli, "--server-url", "https://api.mistral.invalid", NO_PROXY="https://api.mistral.ai", **variables
    )
    assert found["proxy"]["found"].startswith("http://127.0.0.1:9 ")


@pytest.mark.parametrize(
    ("proxy", "message"),
    [
        ("socks5://user:password@127.0.0.1:9", "httpx[socks]"),
        ("socks://user:password@127.0.0.1:9", "socks:// is not a supported kind of proxy"),
        ("ftp://user:password@127.0.0.1:9", "ftp:// is not a supported kind of proxy"),
        ("direct://", "direct:// is not a supported kind of proxy"),
        ("http://user:password@127.0.0.1:port", "is not the URL of a proxy"),
        ("'http://user:password@127.0.0.1:9'", "quotation marks"),
    ],
)
def test_an_invalid_proxy_is_reported(connected_cli, proxy, message):
    """A proxy that cannot be used is a failure that names the variable and the problem, without the password."""
    exit_code, found = doctor(connected_cli, HTTP_PROXY=proxy, http_proxy=proxy)
    assert exit_code == 1
    assert {check: found[check]["level"] for check in ("proxy", "connection", "response")} == {
        "proxy": "failure", "connection": "skipped", "response": "failure",
    }  # fmt: skip
    assert found["proxy"]["found"].startswith("http_proxy")
    assert message in found["proxy"]["found"]
    assert "variable" in found["response"]["advice"]
    assert "password" not in json.dumps(found)


@pytest.mark.parametrize("no_proxy", ["[::1]", "fd07:b51a:cc66:f0::/64", "1.2.3.4.5.6,[v1.a]"])
def test_exceptions_for_other_addresses_are_no_failure(connected_cli, no_proxy):
    """Entries of NO_PROXY that do not concern the service make no difference."""
    exit_code, found = doctor(connected_cli, NO_PROXY=no_proxy, no_proxy=no_proxy)
    assert (exit_code, found["proxy"]["found"]) == (0, "no proxy is used")


def test_a_network_in_no_proxy_is_honoured(connected_cli):
    """An address of a network that NO_PROXY names needs no proxy."""
    proxy = "http://127.0.0.1:9"
    exit_code, found = doctor(connected_cli, HTTP_PROXY=proxy, http_proxy=proxy, no_proxy="127.0.0.0/8")
    assert (exit_code, found["proxy"]["found"]) == (0, "no proxy is used")


def forward(connection: socket.socket, port: int) -> None:
    """Answer CONNECT, and pass on what both sides send."""
    while not connection.recv(65536).endswith(b"\r\n\r\n"):
        pass
    connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
    with socket.create_connection(("127.0.0.1", port)) as server:
        pairs = {connection: server, server: connection}
        while True:
            for ready in select.select(list(pairs), [], [], 30)[0]:
                data = ready.recv(65536)
                if not data:
                    return
                pairs[ready].sendall(data)


def test_an_untrusted_certificate_behind_a_proxy_has_advice(tmp_path):
    """Only requests meet the certificate behind a proxy; the advice is that for a direct connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    with (
        listening(lambda connection: context.wrap_socket(connection, server_side=True).close()) as (port, _),
        listening(lambda connection: forward(connection, port)) as (proxy_port, _),
    ):
        cli = Cli(tmp_path, f"https://localhost:{port}", "key")
        exit_code, found = doctor(cli, HTTPS_PROXY=f"http://127.0.0.1:{proxy_port}")
    assert (exit_code, found["connection"]["level"], found["TLS"]["level"]) == (1, "skipped", "failure")
    assert "certificate" in found["TLS"]["found"]
    assert "SSL_CERT_FILE" in found["TLS"]["advice"]
    assert "SSL_CERT_FILE" in found["response"]["advice"]


@pytest.mark.parametrize("server", ["https://localhost:1", "http://localhost:1"])
def test_a_proxy_that_requires_credentials_has_advice(tmp_path, server):
    """The response 407 comes from the proxy, for tunnels and for forwarded requests."""
    response = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"

    def refuse(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(response)

    with listening(refuse) as (port, _):
        proxy = f"http://127.0.0.1:{port}"
        exit_code, found = doctor(Cli(tmp_path, server, "key"), HTTPS_PROXY=proxy, HTTP_PROXY=proxy, http_proxy=proxy)
    assert exit_code == 1
    assert "407" in found["response"]["found"]
    assert "user name and password" in found["response"]["advice"]


@pytest.mark.parametrize(
    ("variable", "value"),
    [("SSL_CERT_FILE", "~/ca.pem"), ("SSL_CERT_FILE", "'/etc/ca.pem'"), ("SSL_CERT_DIR", "/nowhere")],
)
def test_missing_certificates_are_reported(tmp_path, variable, value, monkeypatch):
    """`doctor` names the variable that names certificates which do not exist."""
    monkeypatch.delenv("SSL_CERT_FILE")
    with listening() as (port, _):
        exit_code, found = doctor_process(Cli(tmp_path, f"https://127.0.0.1:{port}", "key"), **{variable: value})
    assert (exit_code, found["TLS"]["level"]) == (1, "failure")
    assert found["TLS"]["found"].startswith(f"{variable}: ")


def test_differences_from_the_schema_are_counted(tmp_path):
    """Unknown fields are counted by path, unknown model cards by reason; they are no failure."""
    new = base_model("a", speed=3)
    new["capabilities"]["telepathy"] = True
    models = [new, base_model("b", speed=4), {**base_model("c"), "type": "embedding"}, base_model("d", internal=7)]
    with serving(tmp_path, models) as cli:
        result = cli("doctor")
        diagnostics = json.loads(cli("doctor", "--json").stdout)
    assert result.exit_code == 0
    assert "unknown fields: data[].capabilities.telepathy (1), data[].speed (2)" in result.stdout
    fields, cards = [each["found"] for each in diagnostics if each["check"] == "schema"]
    assert fields.startswith("unknown fields: ")
    assert cards.startswith("unknown model cards: ")
    assert '"embedding" (1)' in cards
    assert cards.count("(1)") == 2


@pytest.mark.parametrize(
    ("response", "advice"),
    [
        (Response(403, b"{}"), "permissions"),
        (Response(404, b"{}"), "which ends before /v1"),
        (Response(429, b"{}"), "lower --concurrency"),
        (Response(502, b"{}"), "try again later"),
        (Response(200, b"<html>"), "another server"),
    ],
)
def test_each_error_response_has_advice(tmp_path, response, advice):
    """The advice depends on the status code, and the exit code is 1."""
    with serving(tmp_path, FixedResponse(response)) as cli:
        exit_code, found = doctor(cli)
    assert (exit_code, found["response"]["level"]) == (1, "failure")
    assert advice in found["response"]["advice"]


@pytest.mark.parametrize(
    "date",
    [
        "yesterday",
        "Thu, 01 Jan 2026 00:00:00 +99999999999999999999",
        "Thu, 01 Jan 99999 00:00:00 GMT",
        "Thu, 99 Jan 2026 99:99:99 GMT",
        "1 2 3 4 5 6 7 8 9",
        ",",
    ],
)
def test_an_invalid_date_is_no_crash(tmp_path, date):
    """A `Date` header that cannot be understood skips the clock check."""
    headers = {"content-type": "application/json", "date": date}
    with serving(tmp_path, FixedResponse(Response(200, b'{"data": []}', headers))) as cli:
        exit_code, found = doctor(cli)
    assert (exit_code, found["clock"]["level"]) == (0, "skipped")


def diagnostics(**results):
    """The diagnostics of measurements, by check."""
    return {diagnostic.check: diagnostic for diagnostic in diagnose(ProbeResults(URL, **results), NOW)}


def test_an_error_after_a_response_is_reported():
    """A later request that fails is a failure, and the first response is still checked."""
    error = errors.InternalServerError("out of order", httpx.Response(500))
    found = diagnostics(latencies=(0.1,), models=ModelList(data=[]), error=error)
    assert found["response"].level == "failure"
    assert (found["latency"].level, found["schema"].level) == ("ok", "ok")


@pytest.mark.parametrize(
    ("results", "check", "level", "found"),
    [
        ({"latencies": (9.0, 3.0, 2.5)}, "latency", "warning", "2750 ms"),
        ({"latencies": (9.0, 0.1, 0.2)}, "latency", "ok", "150 ms; first response 9000 ms"),
        ({"latencies": (1.0,), "clock_offset": 300.0}, "clock", "warning", "300 s ahead of"),
        ({"latencies": (1.0,), "clock_offset": -90.0}, "clock", "warning", "90 s behind"),
        ({"latencies": (1.0,), "clock_offset": 59.0}, "clock", "ok", "within a minute"),
        ({"latencies": (1.0,)}, "clock", "skipped", "no valid date"),
        ({"tls": Tls("TLSv1.3", NOW + dt.timedelta(days=6))}, "TLS", "warning", "until 2026-01-21"),
        ({"tls": Tls("TLSv1.3", NOW + dt.timedelta(days=60))}, "TLS", "ok", "until 2026-03-16"),
        ({"tls": Tls("TLSv1.3", None)}, "TLS", "ok", "TLSv1.3"),
        ({"tls": "self-signed certificate"}, "TLS", "failure", "self-signed"),
        ({}, "TLS", "skipped", "do not use the network"),
        ({"connection": "refused"}, "TLS", "skipped", "not tried"),
        ({"error": errors.APITimeoutError("slow")}, "response", "failure", "slow"),
    ],
)
def test_measurements_are_interpreted(results, check, level, found):
    """Warnings and failures have advice, other results have none."""
    diagnostic = diagnostics(**results)[check]
    assert (diagnostic.level, bool(diagnostic.advice)) == (level, level in {"warning", "failure"})
    assert found in diagnostic.found
