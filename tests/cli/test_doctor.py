"""`doctor`: what it finds in each state of the world, and what it says to do."""

import datetime as dt
import json
import shutil
import socket
import ssl
import subprocess
import threading

import httpx
import pytest
from mistral_models import _failures, errors
from mistral_models._response import RawResponse as Received
from mistral_models.cli.findings import findings
from mistral_models.cli.measuring import Measured, Tls
from mistral_models.models import ModelList
from mistral_models.testing import FakeMistral, Request, Response, base_model

from tests.overlay.ways import wire

from .running import Program, serving

NOW = dt.datetime(2026, 1, 15, tzinfo=dt.UTC)
URL = "https://api.example"


def checked(program, *arguments, **environment):
    """Exit status, and findings by their names."""
    result = program("doctor", "--json", "--retries", "0", *arguments, **environment)
    assert result.stderr == ""
    return result.returncode, {finding["check"]: finding for finding in json.loads(result.stdout)}


def judged(**measured):
    """Findings by their names, for measurements."""
    return {finding.check: finding for finding in findings(Measured(URL, **measured), NOW)}


def test_all_is_well(served):
    """Every check has a line; a service on http: is pointed out."""
    status, found = checked(served)
    assert status == 0
    assert {name: finding["level"] for name, finding in found.items()} == {
        "key": "ok", "proxy": "ok", "connection": "ok", "TLS": "skipped", "answer": "ok", "latency": "ok",
        "clock": "ok", "document": "ok",
    }  # fmt: skip
    assert "in the clear" in found["TLS"]["found"]
    assert found["answer"]["found"] == "13 models"
    assert not any(finding["advice"] for finding in found.values())


def test_people_get_marks_and_advice(served):
    """In words where marks cannot be written; nothing shows the key."""
    status, shown = served.in_terminal(80, "doctor", MISTRAL_API_KEY="wrong-secret")
    assert status == 3
    assert "✗" in shown
    assert "make a new one" in shown
    assert "wrong-secret" not in shown
    assert "failure  answer" in served("doctor", PYTHONIOENCODING="ascii", MISTRAL_API_KEY="wrong").stdout


def test_a_missing_key_is_found_and_the_rest_is_checked(served):
    """Status 3; the connection is tried all the same."""
    status, found = checked(served, MISTRAL_API_KEY="")
    assert status == 3
    assert found["key"]["level"] == "failure"
    assert "MISTRAL_API_KEY" in found["key"]["found"]
    assert found["connection"]["level"] == "ok"
    assert found["answer"]["level"] == "skipped"


def test_a_closed_door_is_found(tmp_path):
    """Status 1, and what to look at."""
    with FakeMistral().serve() as url:
        pass
    status, found = checked(Program(tmp_path, url, "key"))
    assert (status, found["connection"]["level"]) == (1, "failure")
    assert "refused" in found["connection"]["found"]
    assert "--server-url" in found["connection"]["advice"]


def test_a_door_without_tls_is_found(served):
    """https: to a port that speaks http."""
    served.before[1] = served.before[1].replace("http:", "https:")
    status, found = checked(served)
    assert (status, found["connection"]["level"], found["TLS"]["level"]) == (1, "ok", "failure")
    assert "SSL_CERT_FILE" in found["TLS"]["advice"]


def test_a_proxy_that_cannot_be_used_is_found(served):
    """Before anything is sent."""
    proxy = "socks5://127.0.0.1:9"
    status, found = checked(served, HTTP_PROXY=proxy, http_proxy=proxy, NO_PROXY="", no_proxy="")
    assert (status, found["answer"]["level"]) == (1, "failure")
    assert "httpx[socks]" in found["answer"]["found"]
    assert "variable" in found["answer"]["advice"]


@pytest.fixture
def certificate(tmp_path):
    """A certificate for 127.0.0.1 that nobody signed, and its key in the same file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    key, own = tmp_path / "key.pem", tmp_path / "own.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", own],
        check=True, capture_output=True,
    )  # fmt: skip
    own.write_bytes(own.read_bytes() + key.read_bytes())
    return own


def test_a_certificate_is_looked_at(certificate, tmp_path):
    """One that is not trusted is a failure; a trusted one that ends soon is a warning."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def shake() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    try:
                        context.wrap_socket(connection, server_side=True).close()
                    except OSError:
                        continue

        threading.Thread(target=shake, daemon=True).start()
        program = Program(tmp_path, f"https://127.0.0.1:{server.getsockname()[1]}", "key")
        status, found = checked(program)
        assert (status, found["TLS"]["level"]) == (1, "failure")
        assert "self" in found["TLS"]["found"]
        status, found = checked(program, SSL_CERT_FILE=str(certificate))
        server.shutdown(socket.SHUT_RDWR)
    assert (status, found["TLS"]["level"], found["answer"]["level"]) == (1, "warning", "failure")
    assert found["TLS"]["found"].startswith("TLSv1.")


def test_a_proxy_is_named_without_its_password(served):
    """It connects in our place; what comes of that, the answer says. NO_PROXY is heeded."""
    with FakeMistral().serve() as closed:
        pass
    proxy = closed.replace("http://", "http://user:password@")
    status, found = checked(served, HTTP_PROXY=proxy, http_proxy=proxy)
    assert status == 1
    assert found["proxy"]["found"].startswith(f"{closed} ")
    assert found["connection"]["level"] == "skipped"
    assert found["answer"]["level"] == "failure"
    assert "password" not in json.dumps(found)
    status, found = checked(served, HTTP_PROXY=proxy, http_proxy=proxy, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")
    assert (status, found["proxy"]["found"]) == (0, "none is used")


def test_what_the_document_does_not_know_is_counted(tmp_path):
    """Fields by their place, cards by the reason; nothing is lost by it, so the status is 0."""
    new = base_model("a", speed=3)
    new["capabilities"]["telepathy"] = True
    models = [new, base_model("b", speed=4), {**base_model("c"), "type": "embedding"}, base_model("d", internal=7)]
    with serving(tmp_path, models) as program:
        result = program("doctor")
        whole = program("doctor", "--json")
    assert result.returncode == 0
    assert "unknown fields: data[].capabilities.telepathy (1), data[].speed (2)" in result.stdout
    said = [finding["found"] for finding in json.loads(whole.stdout) if finding["check"] == "document"]
    assert said[1].startswith("unknown cards: ")
    assert 'type: expected "base" or "fine-tuned", got "embedding" (1)' in said[1]
    assert "internal: expected boolean, got 7 (1)" in said[1]


@pytest.mark.parametrize(
    ("answer", "status", "advice"),
    [
        (Response(403, b"{}"), 1, "permissions"),
        (Response(404, b"{}"), 1, "the part before /v1"),
        (Response(429, b"{}"), 1, "lower --concurrency"),
        (Response(502, b"{}"), 1, "try again later"),
        (Response(200, b"<html>"), 1, "This is not the service"),
    ],
)
def test_each_refusal_has_its_advice(tmp_path, answer, status, advice):
    """The exit status is that of any other command."""

    class Refusing(FakeMistral):
        def handle(self, request: Request) -> Response:
            return answer

    with serving(tmp_path, Refusing()) as program:
        found_status, found = checked(program)
    assert (found_status, found["answer"]["level"]) == (status, "failure")
    assert advice in found["answer"]["advice"]


def test_an_error_after_an_answer_is_not_hidden():
    """The first answer is judged, the error as well."""
    answer = Received("GET", URL, 500, httpx.Headers(), b"{}")
    found = judged(seconds=(0.1,), models=ModelList(data=[]), error=_failures.refusal(answer, 1))
    assert found["answer"].level == "failure"
    assert (found["latency"].level, found["document"].level) == ("ok", "ok")


@pytest.mark.parametrize(
    ("measured", "check", "level", "said"),
    [
        ({"seconds": (9.0, 3.0, 2.5)}, "latency", "warning", "2750 ms"),
        ({"seconds": (9.0, 0.1, 0.2)}, "latency", "ok", "150 ms, the first answer 9000 ms"),
        ({"seconds": (1.0,), "skew": 300.0}, "clock", "warning", "300 s ahead of"),
        ({"seconds": (1.0,), "skew": -90.0}, "clock", "warning", "90 s behind"),
        ({"seconds": (1.0,), "skew": 59.0}, "clock", "ok", "within a minute"),
        ({"seconds": (1.0,)}, "clock", "skipped", "told no time"),
        ({"tls": Tls("TLSv1.3", NOW + dt.timedelta(days=6))}, "TLS", "warning", "until 2026-01-21"),
        ({"tls": Tls("TLSv1.3", NOW + dt.timedelta(days=60))}, "TLS", "ok", "until 2026-03-16"),
        ({"tls": Tls("TLSv1.3", None)}, "TLS", "ok", "TLSv1.3"),
        ({"tls": "self-signed certificate"}, "TLS", "failure", "self-signed"),
        ({}, "TLS", "skipped", "there is no network between"),
        ({"connected": "refused"}, "TLS", "skipped", "not tried"),
        ({"error": errors.APITimeoutError("slow")}, "answer", "failure", "slow"),
    ],
)
def test_measurements_are_judged(measured, check, level, said):
    """Only what is worth doing something about is a warning, and then it says what."""
    finding = judged(**measured)[check]
    assert (finding.level, bool(finding.advice)) == (level, level in {"warning", "failure"})
    assert said in finding.found


def test_a_clock_that_makes_no_sense_is_no_crash(tmp_path):
    """A service may send any date."""
    odd = b'HTTP/1.1 200 OK\r\ndate: yesterday\r\nconnection: close\r\ncontent-length: 12\r\n\r\n{"data": []}'
    with wire(None, odd, odd, odd) as (url, requests):
        status, found = checked(Program(tmp_path, url, "key"))
    assert (status, found["clock"]["level"], len(requests)) == (0, "skipped", 4)
