"""What `doctor` measures: the environment, the way to the service, and its answers. It judges nothing."""

import datetime as dt
import socket
import ssl
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

if TYPE_CHECKING:
    from mistral_models import Mistral
    from mistral_models._credentials import EnvironmentVariableError
    from mistral_models._response import APIResponse
    from mistral_models.errors import MistralError
    from mistral_models.models import ModelList

_ROUNDS = 3


class Tls(NamedTuple):
    """What was agreed on, and until when the certificate is valid."""

    version: str
    expires: dt.datetime | None


class Measured(NamedTuple):
    """The facts; None where something was not tried, because it has no part here or an earlier step failed."""

    server_url: str
    key_problem: str | None = None
    proxy: str | None = None
    """Without a user name or password."""
    connected: float | str | None = None
    """Seconds, or what went wrong."""
    tls: Tls | str | None = None
    seconds: tuple[float, ...] = ()
    """How long each answer took; the first one opened the connection."""
    skew: float | None = None
    """By how many seconds the clock here is ahead of the service's."""
    models: "ModelList | None" = None
    error: "MistralError | EnvironmentVariableError | None" = None


def measure(server_url: str, key_problem: str | None, mistral: "Mistral | None", patience: float | None) -> Measured:
    """Measure.

    Args:
        server_url: Where the service is.
        key_problem: What is wrong with the key, if anything.
        mistral: Whom to ask with; None if there is no key.
        patience: How long connecting and the handshake may take, in seconds; None if there is no network between.
    """
    proxy = None if patience is None else proxy_for(server_url)
    found = Measured(server_url, key_problem, proxy)
    if patience is not None and proxy is None:
        found = _reach(found, patience)
    reached = not isinstance(found.connected, str) and not isinstance(found.tls, str)
    return _ask(found, mistral) if mistral and reached else found


def proxy_for(url: str) -> str | None:
    """Find the proxy that the environment names for an address, without credentials."""
    parts = urlsplit(url)
    proxies = getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    if not found or not parts.hostname or proxy_bypass(parts.hostname):
        return None
    scheme, _, place = found.rpartition("://")
    return f"{scheme or 'http'}://{place.rpartition('@')[2]}"


def _reach(found: Measured, patience: float) -> Measured:
    parts = urlsplit(found.server_url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    started = time.monotonic()
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=patience) as connection:
            found = found._replace(connected=time.monotonic() - started)
            return found._replace(tls=_handshake(connection, parts.hostname)) if parts.scheme == "https" else found
    except OSError as error:
        return found._replace(connected=error.strerror or str(error))
    except UnicodeError:
        return found._replace(connected=f"{parts.hostname} cannot be the name of a host")


def _handshake(connection: socket.socket, name: str | None) -> Tls | str:
    import httpx

    try:
        with httpx.create_ssl_context().wrap_socket(connection, server_hostname=name) as secured:
            certificate = secured.getpeercert() or {}
            version = secured.version() or ""
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except TimeoutError:
        return "no answer to the handshake in time"
    except OSError as error:
        return str(error)
    expires = certificate.get("notAfter")
    seconds = ssl.cert_time_to_seconds(expires) if isinstance(expires, str) else None
    return Tls(version, dt.datetime.fromtimestamp(seconds, dt.UTC) if seconds else None)


def _ask(found: Measured, mistral: "Mistral") -> Measured:
    from mistral_models import operations
    from mistral_models._credentials import EnvironmentVariableError
    from mistral_models.errors import MistralError

    answers: list[tuple[APIResponse[ModelList], float]] = []
    try:
        for _ in range(_ROUNDS):
            answer = mistral.send(operations.list())
            answers.append((answer, time.time()))
    except (MistralError, EnvironmentVariableError) as error:
        found = found._replace(error=error)
    if not answers:
        return found
    first, received = answers[0]
    seconds = tuple(answer.elapsed for answer, _ in answers)
    return found._replace(seconds=seconds, skew=_skew(first.headers.get("date"), received), models=first.parsed)


def _skew(date: str | None, received: float) -> float | None:
    try:
        return received - parsedate_to_datetime(date).timestamp() if date else None
    except ValueError:
        return None
