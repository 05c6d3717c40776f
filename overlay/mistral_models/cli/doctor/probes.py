"""The measurements of `doctor`: proxy, connection, TLS and requests. They are interpreted in `diagnostics`."""

import datetime as dt
import socket
import ssl
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

import httpx

from mistral_models import _transport, operations
from mistral_models._proxies import Proxies
from mistral_models._settings import EnvironmentVariableError
from mistral_models.errors import MistralError

if TYPE_CHECKING:
    from mistral_models import APIResponse, Mistral
    from mistral_models._proxies import Proxy
    from mistral_models.models import ModelList

_REQUESTS: Final = 3


class Tls(NamedTuple):
    """The result of a TLS handshake."""

    version: str
    expires: dt.datetime | None
    """When the certificate expires."""


class ProbeResults(NamedTuple):
    """The measurements. None means that something was not tried: it does not apply, or an earlier step failed."""

    server_url: str
    server_url_source: str = ""
    """The option or the environment variable that sets the URL."""
    key_error: str | None = None
    replaces_key: bool = False
    """Whether `--header` has an `Authorization` header, which is sent in place of the key."""
    proxy: "Proxy | None" = None
    proxy_error: str | None = None
    """Why the proxy of the environment cannot be used."""
    connection: float | str | None = None
    """Seconds until the TCP connection was established, or the error."""
    tls: Tls | str | None = None
    """The result of the handshake, or the error."""
    latencies: tuple[float, ...] = ()
    """Seconds for each response; the first request opened the connection."""
    clock_offset: float | None = None
    """Seconds by which the local clock is ahead of the service's."""
    models: "ModelList | None" = None
    error: MistralError | EnvironmentVariableError | None = None
    """Why a request failed."""


def probe(server_url: str, mistral: "Mistral | None", connect_timeout: float | None) -> ProbeResults:
    """Take all measurements that are possible.

    Args:
        server_url: Base URL of the service.
        mistral: The client; None if there is no API key.
        connect_timeout: Seconds for the connection and for the handshake; None if requests do not use the network.
    """
    results = ProbeResults(server_url)
    if connect_timeout is not None:
        results = _find_proxy(results)
        if results.proxy is None and results.proxy_error is None:
            results = _connect(results, connect_timeout)
    is_reachable = not isinstance(results.connection, str) and not isinstance(results.tls, str)
    return _send_requests(results, mistral) if mistral and is_reachable else results


def _find_proxy(results: ProbeResults) -> ProbeResults:
    try:
        proxy = Proxies.from_environment().find(results.server_url)
        _transport.open_client("http:", proxy).close()  # SOCKS needs another package; http needs no certificates
    except EnvironmentVariableError as error:
        return results._replace(proxy_error=str(error))
    return results._replace(proxy=proxy)


def _connect(results: ProbeResults, timeout: float) -> ProbeResults:
    url = urlsplit(results.server_url)
    port = url.port or (443 if url.scheme == "https" else 80)
    started = time.monotonic()
    try:
        with socket.create_connection((url.hostname or "", port), timeout=timeout) as connection:
            results = results._replace(connection=time.monotonic() - started)
            return results._replace(tls=_handshake(connection, url.hostname)) if url.scheme == "https" else results
    except OSError as error:
        return results._replace(connection=error.strerror or str(error))
    except UnicodeError:
        return results._replace(connection=f"{url.hostname} is not a valid host name")


def _handshake(connection: socket.socket, hostname: str | None) -> Tls | str:
    try:
        _transport.open_client("https:").close()  # checks the variables that name certificates
        with httpx.create_ssl_context().wrap_socket(connection, server_hostname=hostname) as tls_connection:
            certificate = tls_connection.getpeercert() or {}
            version = tls_connection.version() or ""
    except EnvironmentVariableError as error:
        return str(error)
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except TimeoutError:
        return "the handshake timed out"
    except OSError as error:
        return str(error)
    expires = certificate.get("notAfter")
    seconds = ssl.cert_time_to_seconds(expires) if isinstance(expires, str) else None
    return Tls(version, dt.datetime.fromtimestamp(seconds, dt.UTC) if seconds else None)


def _send_requests(results: ProbeResults, mistral: "Mistral") -> ProbeResults:
    responses: list[tuple[APIResponse[ModelList], float]] = []
    try:
        for _ in range(_REQUESTS):
            response = mistral.send(operations.list())
            responses.append((response, time.time()))
    except (MistralError, EnvironmentVariableError) as error:
        results = results._replace(error=error, tls=_certificate_problem(error) or results.tls)
    if not responses:
        return results
    first, received = responses[0]
    return results._replace(
        latencies=tuple(response.elapsed for response, _ in responses),
        clock_offset=_clock_offset(first.headers.get("date"), received),
        models=first.parsed,
    )


def _certificate_problem(error: BaseException | None) -> str | None:
    """Return why a certificate is not trusted, if that caused an error: behind a proxy, only requests reveal it."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return None if error is None else error.verify_message


def _clock_offset(date: str | None, received: float) -> float | None:
    try:
        return received - parsedate_to_datetime(date).timestamp() if date else None
    except (OverflowError, TypeError, ValueError):
        return None
