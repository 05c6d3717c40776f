"""What `doctor` makes of what was measured: findings, each with what to do about it. Nothing here does I/O."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast, runtime_checkable

from mistral_models._credentials import EnvironmentVariableError
from mistral_models._settings import is_this_machine

from . import moments
from .measuring import Measured, Tls

if TYPE_CHECKING:
    from mistral_models.errors import MistralError
    from mistral_models.models import ModelList


class Finding(NamedTuple):
    """One finding."""

    check: str
    level: str
    """`ok`, `warning`, `failure`, or `skipped`."""
    found: str
    advice: str = ""


def findings(measured: Measured, now: dt.datetime) -> Iterator[Finding]:
    """Judge all that was measured."""
    yield _key(measured)
    yield _proxy(measured)
    yield _connection(measured)
    yield _tls(measured, now)
    yield _answer(measured)
    yield _latency(measured)
    yield _clock(measured)
    yield from _document(measured)


def _key(measured: Measured) -> Finding:
    if measured.key_problem:
        return Finding("key", "failure", measured.key_problem, "Keys are made in the console of the service.")
    return Finding("key", "ok", "there is one, and it can be sent")


def _proxy(measured: Measured) -> Finding:
    if measured.proxy is None:
        return Finding("proxy", "ok", "none is used")
    return Finding("proxy", "ok", f"{measured.proxy} (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY; NO_PROXY names exceptions)")


def _connection(measured: Measured) -> Finding:
    if isinstance(measured.connected, str):
        return Finding(
            "connection", "failure", f"{measured.server_url}: {measured.connected}",
            "Check the address (--server-url), the network, and whether a proxy has to be named in HTTPS_PROXY.",
        )  # fmt: skip
    if measured.connected is None:
        return Finding(
            "connection", "skipped", "the proxy connects" if measured.proxy else "there is no network between"
        )
    return Finding("connection", "ok", f"{measured.server_url} in {_ms(measured.connected)}")


def _tls(measured: Measured, now: dt.datetime) -> Finding:
    if isinstance(measured.tls, str):
        return Finding(
            "TLS", "failure", measured.tls,
            "If your network inspects TLS, point SSL_CERT_FILE to its certificate; check the clock, and the address.",
        )  # fmt: skip
    if measured.tls is not None:
        return _certificate(measured.tls, now)
    if measured.connected is None and measured.proxy is None:
        return Finding("TLS", "skipped", "there is no network between")
    if not measured.server_url.startswith("http:"):
        return Finding("TLS", "skipped", "not tried")
    if is_this_machine(measured.server_url):
        return Finding("TLS", "skipped", "the address is http: keys are sent in the clear, within this machine")
    text = "the address is http: whoever is on the way can read the key"
    return Finding("TLS", "warning", text, "Use an https address.")


def _certificate(tls: Tls, now: dt.datetime) -> Finding:
    if tls.expires is None:
        return Finding("TLS", "ok", tls.version)
    text = f"{tls.version}, certificate until {moments.date(tls.expires)}"
    if tls.expires - now < dt.timedelta(days=7):
        return Finding("TLS", "warning", text, "The certificate ends soon; tell those who run the service.")
    return Finding("TLS", "ok", text)


def _answer(measured: Measured) -> Finding:
    if measured.error is not None:
        return Finding("answer", "failure", str(measured.error), _advice(measured.error))
    if measured.models is None:
        return Finding("answer", "skipped", "nothing was asked")
    return Finding("answer", "ok", f"{len(measured.models.data)} models")


def _advice(error: "MistralError | EnvironmentVariableError") -> str:
    from mistral_models import errors

    if isinstance(error, EnvironmentVariableError):
        return "Mend the variable, or install what it needs."
    if isinstance(error, errors.AuthenticationError):
        return "The service does not accept the key: make a new one, and set MISTRAL_API_KEY to it."
    if isinstance(error, errors.PermissionDeniedError):
        return "The key may not list models: check its workspace and permissions."
    if isinstance(error, errors.RateLimitError):
        return "Too many requests: wait, or lower --concurrency."
    if isinstance(error, errors.NotFoundError):
        return "The service has no such address: check --server-url; it takes the part before /v1."
    if isinstance(error, errors.ResponseValidationError):
        return (
            "This is not the service, or it has changed: check --server-url, and for a newer release of this program."
        )
    if isinstance(error, errors.APIConnectionError):
        return "Check the network, the proxy and --timeout."
    return "The service has a problem of its own: try again later, and see its status page."


def _latency(measured: Measured) -> Finding:
    if not measured.seconds:
        return Finding("latency", "skipped", "there was no list of models")
    usual = median(measured.seconds[1:] or measured.seconds)
    text = f"{_ms(usual)}, the first answer {_ms(measured.seconds[0])}"
    if usual > 2:
        return Finding("latency", "warning", text, "Answers are slow: look at the network, or raise --timeout.")
    return Finding("latency", "ok", text)


def _clock(measured: Measured) -> Finding:
    if measured.skew is None:
        return Finding(
            "clock", "skipped", "the service told no time" if measured.seconds else "there was no list of models"
        )
    if abs(measured.skew) > 60:
        text = f"{abs(measured.skew):.0f} s {'ahead of' if measured.skew > 0 else 'behind'} the service"
        return Finding("clock", "warning", text, "Set the clock (NTP): certificates and dates are judged by it.")
    return Finding("clock", "ok", "agrees with the service within a minute")


def _document(measured: Measured) -> Iterator[Finding]:
    if measured.models is None:
        yield Finding("document", "skipped", "there was no list of models")
        return
    fields, cards = unknown_fields(measured.models), unknown_cards(measured.models)
    if not fields and not cards:
        yield Finding("document", "ok", "answers are as it says: no unknown fields, no unknown cards")
    if fields:
        listed = ", ".join(f"{name} ({count})" for name, count in sorted(fields.items()))
        advice = "They are kept in `additional_properties`; a newer release of this program may know them."
        yield Finding("document", "warning", f"unknown fields: {listed}", advice)
    if cards:
        listed = "; ".join(f"{reason} ({count})" for reason, count in sorted(cards.items()))
        advice = "They are `UnknownModelCard`s, complete in `raw`; a newer release of this program may know them."
        yield Finding("document", "warning", f"unknown cards: {listed}", advice)


def unknown_fields(models: "ModelList") -> Counter[str]:
    """Count the fields that the document does not know, by where they are."""
    counts: Counter[str] = Counter()
    _count(models, "", counts)
    return counts


def unknown_cards(models: "ModelList") -> Counter[str]:
    """Count the cards that are not as the document says, by the reason."""
    from mistral_models.models import UnknownModelCard

    reasons = (card.reason for card in models.data if isinstance(card, UnknownModelCard))
    return Counter(re.sub(r"^data\[\d+\][.:]\s*", "", reason) for reason in reasons)


def _count(value: object, path: str, counts: Counter[str]) -> None:
    if isinstance(value, list):
        for held in cast("list[object]", value):
            _count(held, f"{path}[]", counts)
    elif isinstance(value, _Decoded):
        prefix = f"{path}." if path else ""
        counts.update(f"{prefix}{name}" for name in value.additional_properties)
        for name in value.__slots__:
            if name not in {"additional_properties", "__weakref__"}:
                _count(getattr(value, name), f"{prefix}{name}", counts)


@runtime_checkable
class _Decoded(Protocol):
    """An object of the document."""

    __slots__: tuple[str, ...]
    additional_properties: dict[str, Any]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
