"""The diagnostics of `doctor`: what the measurements mean, with advice for each problem. Nothing here does I/O."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, cast, runtime_checkable

from mistral_models import errors
from mistral_models._server_urls import is_loopback
from mistral_models._settings import EnvironmentVariableError
from mistral_models.models import UnknownModelCard

from ..dates import format_date
from .probes import ProbeResults, Tls

if TYPE_CHECKING:
    from mistral_models.models import ModelList

_CERTIFICATE_ADVICE: Final = (
    "If your network or its proxy inspects TLS, set SSL_CERT_FILE to its certificate; check the clock and the URL."
)
_EXPIRES_SOON: Final = dt.timedelta(days=7)
_SLOW: Final = 2.0
"""Seconds."""
_MAX_CLOCK_OFFSET: Final = 60.0
"""Seconds."""


class Diagnostic(NamedTuple):
    """The result of one check."""

    check: str
    level: str
    """`ok`, `warning`, `failure` or `skipped`."""
    found: str
    advice: str = ""


def diagnose(results: ProbeResults, now: dt.datetime) -> Iterator[Diagnostic]:
    """Interpret the measurements."""
    yield Diagnostic("server", "ok", f"{results.server_url} ({results.server_url_source})")
    yield _key(results)
    yield _proxy(results)
    yield _connection(results)
    yield _tls(results, now)
    yield _response(results)
    yield _latency(results)
    yield _clock(results)
    yield from _schema(results)


def _key(results: ProbeResults) -> Diagnostic:
    if results.key_error:
        return Diagnostic("key", "failure", results.key_error, "Create an API key in the console of the service.")
    found = "--header Authorization replaces it" if results.replaces_key else "there is an API key"
    return Diagnostic("key", "ok", found)


def _proxy(results: ProbeResults) -> Diagnostic:
    if results.proxy_error:
        return Diagnostic("proxy", "failure", results.proxy_error, "Correct the variable, or install what it needs.")
    if results.proxy is None:
        return Diagnostic("proxy", "ok", "no proxy is used")
    return Diagnostic("proxy", "ok", f"{results.proxy.address} of {results.proxy.variable}; NO_PROXY lists exceptions")


def _connection(results: ProbeResults) -> Diagnostic:
    if isinstance(results.connection, str):
        return Diagnostic(
            "connection", "failure", f"{results.server_url}: {results.connection}",
            "Check the URL (--server-url, MISTRAL_SERVER_URL), the network, and whether HTTPS_PROXY must be set.",
        )  # fmt: skip
    if results.connection is not None:
        return Diagnostic("connection", "ok", f"{results.server_url} in {_milliseconds(results.connection)}")
    return Diagnostic("connection", "skipped", _why_not_connected(results))


def _why_not_connected(results: ProbeResults) -> str:
    if results.proxy_error:
        return "not tried"
    return "the proxy connects to the service" if results.proxy else "requests do not use the network"


def _tls(results: ProbeResults, now: dt.datetime) -> Diagnostic:
    if isinstance(results.tls, str):
        return Diagnostic("TLS", "failure", results.tls, _CERTIFICATE_ADVICE)
    if results.tls is not None:
        return _certificate(results.tls, now)
    if results.connection is None and results.proxy is None and not results.proxy_error:
        return Diagnostic("TLS", "skipped", "requests do not use the network")
    if not results.server_url.startswith("http:"):
        return Diagnostic("TLS", "skipped", "not tried")
    if is_loopback(results.server_url):
        return Diagnostic("TLS", "skipped", "not encrypted (http), but requests do not leave this machine")
    text = "not encrypted (http): the network can read the API key"
    return Diagnostic("TLS", "warning", text, "Use an https URL.")


def _certificate(tls: Tls, now: dt.datetime) -> Diagnostic:
    if tls.expires is None:
        return Diagnostic("TLS", "ok", tls.version)
    text = f"{tls.version}, certificate valid until {format_date(tls.expires)}"
    if tls.expires - now < _EXPIRES_SOON:
        return Diagnostic("TLS", "warning", text, "The certificate expires soon; tell the operators of the service.")
    return Diagnostic("TLS", "ok", text)


def _response(results: ProbeResults) -> Diagnostic:
    if results.error is not None:
        advice = _CERTIFICATE_ADVICE if isinstance(results.tls, str) else _advice(results.error)
        return Diagnostic("response", "failure", str(results.error), advice)
    if results.models is None:
        return Diagnostic("response", "skipped", "no request was sent")
    return Diagnostic("response", "ok", f"{len(results.models.data)} models")


def _advice(error: errors.MistralError | EnvironmentVariableError) -> str:
    if getattr(error, "status_code", None) == 407 or "407 Proxy Authentication Required" in str(error):
        return "The proxy requires a user name and password: http://user:password@host:port in its variable."
    match error:
        case EnvironmentVariableError():
            return "Correct the environment variable, or install what it needs."
        case errors.AuthenticationError():
            return "The service rejects the API key: create a new one, and set MISTRAL_API_KEY to it."
        case errors.PermissionDeniedError():
            return "The API key may not list models: check its workspace and permissions."
        case errors.RateLimitError():
            return "Too many requests: wait, or lower --concurrency."
        case errors.NotFoundError():
            return "The server has no such endpoint: check its URL, which ends before /v1."
        case errors.ResponseValidationError():
            return "This is another server, or the API has changed: check its URL, and for a newer release."
        case errors.APIConnectionError():
            return "Check the network, the proxy and --timeout."
        case _:
            return "The service has a problem: try again later, and see its status page."


def _latency(results: ProbeResults) -> Diagnostic:
    if not results.latencies:
        return Diagnostic("latency", "skipped", "there was no successful response")
    latency = median(results.latencies[1:] or results.latencies)
    text = f"{_milliseconds(latency)}; first response {_milliseconds(results.latencies[0])}"
    if latency > _SLOW:
        return Diagnostic("latency", "warning", text, "Responses are slow: check the network, or raise --timeout.")
    return Diagnostic("latency", "ok", text)


def _clock(results: ProbeResults) -> Diagnostic:
    offset = results.clock_offset
    if offset is None:
        reason = "the response has no valid date" if results.latencies else "there was no successful response"
        return Diagnostic("clock", "skipped", reason)
    if abs(offset) > _MAX_CLOCK_OFFSET:
        text = f"{abs(offset):.0f} s {'ahead of' if offset > 0 else 'behind'} the service"
        return Diagnostic("clock", "warning", text, "Synchronize the clock (NTP): certificate checks depend on it.")
    return Diagnostic("clock", "ok", "within a minute of the service")


def _schema(results: ProbeResults) -> Iterator[Diagnostic]:
    if results.models is None:
        yield Diagnostic("schema", "skipped", "there was no successful response")
        return
    fields, cards = _unknown_fields(results.models), _unknown_cards(results.models)
    if not fields and not cards:
        yield Diagnostic("schema", "ok", "responses have no unknown fields or model cards")
    if fields:
        listed = ", ".join(f"{name} ({count})" for name, count in sorted(fields.items()))
        advice = "They are kept in `additional_properties`; a newer release may know them."
        yield Diagnostic("schema", "warning", f"unknown fields: {listed}", advice)
    if cards:
        listed = "; ".join(f"{reason} ({count})" for reason, count in sorted(cards.items()))
        advice = "They are decoded as `UnknownModelCard`, complete in `raw`; a newer release may know them."
        yield Diagnostic("schema", "warning", f"unknown model cards: {listed}", advice)


def _unknown_fields(models: "ModelList") -> Counter[str]:
    """Count the fields that the schema does not list, by their path."""
    counts: Counter[str] = Counter()
    _count_unknown(models, "", counts)
    return counts


def _unknown_cards(models: "ModelList") -> Counter[str]:
    """Count the model cards that do not match the schema, by the reason."""
    reasons = (card.reason for card in models.data if isinstance(card, UnknownModelCard))
    return Counter(re.sub(r"^data\[\d+\][.:]\s*", "", reason) for reason in reasons)


def _count_unknown(value: object, path: str, counts: Counter[str]) -> None:
    if isinstance(value, list):
        for item in cast("list[object]", value):
            _count_unknown(item, f"{path}[]", counts)
    elif isinstance(value, _SchemaObject):
        prefix = f"{path}." if path else ""
        counts.update(f"{prefix}{name}" for name in value.additional_properties)
        for name in value.__slots__:
            if name not in {"additional_properties", "__weakref__"}:
                _count_unknown(getattr(value, name), f"{prefix}{name}", counts)


@runtime_checkable
class _SchemaObject(Protocol):
    """A decoded object of the API's schema."""

    __slots__: tuple[str, ...]
    additional_properties: dict[str, Any]


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
