"""Tools that observe HTTP clients see every attempt, and never the API key."""

import io
import multiprocessing
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor

import loguru
import pytest
import structlog

from . import observers
from .traffic import ATTEMPTS, KEY

pytestmark = pytest.mark.slow
OBSERVERS = {
    "opentelemetry": observers.observe_with_opentelemetry,
    "logfire": observers.observe_with_logfire,
    "sentry": observers.observe_with_sentry,
}


@pytest.fixture(scope="module", params=OBSERVERS)
def observed(request: pytest.FixtureRequest) -> observers.Observed:
    """What a tool exports; in a process of its own, because tools change modules for good."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as process:
        return process.submit(OBSERVERS[request.param]).result()


def test_each_attempt_is_a_span_under_the_callers_span(observed):
    """This holds for retries and attempts without a response, and for the threads and tasks of bulk work."""
    attempts = defaultdict(list)
    for caller, status in observed.attempts:
        attempts[caller].append(status)
    in_order = {name: attempts[name] for name in ("sync", "async")}
    in_any_order = {name: sorted(attempts[name]) for name in ("send_all", "send_all_async")}
    assert in_order | in_any_order == ATTEMPTS


def test_nothing_that_is_exported_contains_the_api_key(observed):
    """Not in attributes, events, breadcrumbs, logs, captured headers, or variables of frames."""
    assert "mistral-small-latest" in observed.text
    assert "is not a key" in observed.text
    assert KEY not in observed.text
    assert "Bearer" not in observed.text


def test_loggers_of_other_packages_receive_formatted_messages(fake):
    """structlog and loguru log requests and responses with their headers, but without the API key."""
    written = io.StringIO()
    loguru.logger.remove()
    handler = loguru.logger.add(written, level="DEBUG", format="{message}")
    to_file = structlog.wrap_logger(structlog.PrintLogger(written), processors=[structlog.processors.JSONRenderer()])
    for logger in (loguru.logger, to_file):
        with fake.client(debug_logger=logger) as mistral:
            mistral.models.list()
    loguru.logger.remove(handler)
    lines = written.getvalue().splitlines()
    assert len(lines) == 4
    assert all("request 1: GET https://api.mistral.ai/v1/models {'accept'" in line for line in lines[::2])
    assert all("response 1: 200 {'" in line for line in lines[1::2])
    assert fake.api_key not in written.getvalue()
