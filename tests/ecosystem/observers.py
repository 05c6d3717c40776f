"""Tools that observe the calls of `traffic.py`, set up as their documentation says, with exporters in memory."""

import json
import logging
import os
from typing import Any, NamedTuple

from .traffic import send_all_kinds


class Observed(NamedTuple):
    """What a tool has exported."""

    attempts: list[tuple[str, int | None]]
    """The caller's span, and the status, of each attempt."""
    text: str
    """Everything that was exported."""


def observe_with_opentelemetry() -> Observed:
    """Instrument httpx globally, and record all request headers that it can."""
    from opentelemetry import trace
    from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    os.environ["OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_REQUEST"] = ".*"
    os.environ["OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SANITIZE_FIELDS"] = "authorization"
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    HTTPXClientInstrumentor().instrument()
    tracer = trace.get_tracer("caller")

    def report(error: Exception) -> None:
        with tracer.start_as_current_span("failed") as span:
            span.record_exception(error)

    send_all_kinds(tracer.start_as_current_span, report)
    spans = exporter.get_finished_spans()
    names = {span.context.span_id: span.name for span in spans if span.context}
    attempts = [
        (names[span.parent.span_id], (span.attributes or {}).get("http.status_code")) for span in spans if span.parent
    ]
    return Observed(attempts, "".join(span.to_json() for span in spans))  # type: ignore[arg-type] # of any type


def observe_with_logfire() -> Observed:
    """Instrument httpx with everything that logfire can record, and log at level DEBUG."""
    import logfire
    from logfire.testing import TestExporter
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor

    exporter = TestExporter()
    logfire.configure(send_to_logfire=False, console=False, additional_span_processors=[SimpleSpanProcessor(exporter)])
    logfire.instrument_httpx(capture_all=True)
    logger = logging.getLogger("mistral_models")
    logger.addHandler(logfire.LogfireLoggingHandler())
    logger.setLevel(logging.DEBUG)

    def report(error: Exception) -> None:
        logfire.exception("failed", _exc_info=error)

    send_all_kinds(logfire.span, report)
    spans: list[dict[str, Any]] = exporter.exported_spans_as_dict()
    names = {span["context"]["span_id"]: span["name"] for span in spans}
    attempts = [
        (names[span["parent"]["span_id"]], span["attributes"].get("http.status_code"))
        for span in spans
        if span["parent"] and "http.method" in span["attributes"]
    ]
    return Observed(attempts, json.dumps(spans, default=str))


def observe_with_sentry() -> Observed:
    """Trace everything, keep the variables of all frames, and log at level DEBUG."""
    import sentry_sdk
    from sentry_sdk.envelope import Envelope
    from sentry_sdk.integrations.logging import LoggingIntegration
    from sentry_sdk.transport import Transport

    items: list[dict[str, Any]] = []

    class Memory(Transport):
        def capture_envelope(self, envelope: Envelope) -> None:
            items.extend(json.loads(item.get_bytes()) for item in envelope.items)

    logs = LoggingIntegration(level=logging.DEBUG, sentry_logs_level=logging.DEBUG)
    sentry_sdk.init(
        "https://key@sentry.invalid/1", transport=Memory, traces_sample_rate=1.0, enable_logs=True, integrations=[logs]
    )
    logging.getLogger("mistral_models").setLevel(logging.DEBUG)

    def capture(error: Exception) -> None:
        sentry_sdk.capture_exception(error)

    send_all_kinds(lambda name: sentry_sdk.start_transaction(name=name), capture)
    sentry_sdk.flush()
    attempts = [
        (item["transaction"], span["data"].get("http.response.status_code"))
        for item in items
        for span in item.get("spans", [])
        if span["op"] == "http.client"
    ]
    return Observed(attempts, json.dumps(items))
