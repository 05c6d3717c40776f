"""Random sequences of calls, faults, timeouts, forks, closes and event loops: what a call reports is what happened.

The fake service notes what it does for each call. An outcome is never predicted, because real timeouts are involved:
it is compared with these notes.
"""

import asyncio
import contextlib
import gc
import os
import pickle
import random
import signal
import socket
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import hypothesis
import pytest
import trio
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from mistral_models import Mistral, errors, operations
from mistral_models.operations import Operation
from mistral_models.testing import (
    FakeClock,
    FakeMistral,
    Fault,
    connection_refused,
    disconnect,
    fine_tuned_model,
    invalid_body,
    latency,
    silence,
    slow_body,
    status,
)
from mistral_models.utils import BackoffStrategy, RetryConfig

from .probes import descriptors_fall_to, open_descriptors

# Some event loops end with open connections, as those of careless programs do.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

ATTEMPT_TIMEOUT = 100
DEADLINE = 500
"""Both in milliseconds."""
MODELS = [fine_tuned_model(f"model {number}") for number in range(12)]
IDS = [model["id"] for model in MODELS]

OPERATIONS: list[Operation[Any]] = [
    operations.list(),
    *(make(model_id) for model_id in IDS for make in (operations.retrieve, operations.delete, operations.archive)),
    *(operations.unarchive(model_id) for model_id in IDS),
    *(operations.update(model_id, name="new") for model_id in IDS),
]
LOST = Fault(status=503, body=b"", delivery=silence().delivery)
"""The request does not reach the service, and the connection is silent."""
FAULTS = [
    status(503),
    status(502, b"<title>Bad gateway</title>"),
    status(429, headers={"Retry-After": "0"}),
    status(400, {"message": "no"}),
    connection_refused(),
    *(disconnect(point) for point in ("before", "in headers", "after headers", "in body")),
    *(silence(point) for point in ("before", "in headers", "after headers", "in body")),
    LOST,
    invalid_body(),
    latency(0.15),  # longer than an attempt
    slow_body(0.002),
]
EXAMPLES = os.environ.get("EXAMPLES")
"""The number of sequences for `make consistency`, which are random; by default, few that are always the same."""
PARTS = 4
"""The sequences mostly wait, so they run in parts that can run at the same time."""
PLACES = ["sync", "event loop 0", "event loop 1", "trio"]


class Report(NamedTuple):
    """What a call told its caller."""

    is_success: bool
    attempts: int
    response_to: str | None
    """The call that the response belongs to; None without a response."""
    is_ambiguous: bool
    """Whether the error says that the service may have carried out the operation."""
    is_invalid: bool
    """Whether a success could not be decoded."""


class Call:
    """A call to make, with an id of its own."""

    def __init__(self, operation: Operation[Any], retries: int, number: int) -> None:
        self.operation = operation
        self.retries = retries
        self.id = str(number)
        self.options: dict[str, Any] = {"http_headers": {"x-call": self.id}, "retries": policy(retries)}

    def send(self, mistral: Mistral) -> Report:
        try:
            response = mistral.send(self.operation, **self.options)
        except errors.MistralError as error:
            return report_error(error)
        return Report(True, response.attempts, response.request_id, False, False)

    async def send_async(self, mistral: Mistral) -> Report:
        try:
            response = await mistral.send_async(self.operation, **self.options)
        except errors.MistralError as error:
            return report_error(error)
        return Report(True, response.attempts, response.request_id, False, False)


def report_error(error: errors.MistralError) -> Report:
    is_ambiguous = any("may" in note for note in getattr(error, "__notes__", ()))
    is_invalid = isinstance(error, errors.ResponseValidationError)
    return Report(False, error.attempts, getattr(error, "request_id", None), is_ambiguous, is_invalid)


def policy(retries: int) -> RetryConfig:
    return RetryConfig(
        "backoff",
        BackoffStrategy(5, 20, 2, None),
        retry_connection_errors=True,
        max_retries=retries,
        attempt_timeout_ms=ATTEMPT_TIMEOUT,
    )


class Clock(FakeClock):
    """Real time, but waits end at once."""

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.waits)


class Journal(FakeMistral):
    """A fake service that notes the status of its responses to each call, also of those that get lost."""

    def __init__(self) -> None:
        super().__init__(MODELS)
        self.statuses: defaultdict[str | None, list[int]] = defaultdict(list)

    def handle(self, request):
        response = super().handle(request)
        call = request.headers.get("x-call")
        self.statuses[call].append(response.status)
        return response._replace(headers={**response.headers, "x-request-id": str(call)})


class Consistency(RuleBasedStateMachine):
    """One client, with which everything is done that programs do."""

    def __init__(self) -> None:
        super().__init__()
        self.descriptors = open_descriptors()
        self.stack = contextlib.ExitStack()
        self.fake = Journal()
        url = self.stack.enter_context(self.fake.serve())
        self.mistral = Mistral(self.fake.api_key, server_url=url, timeout_ms=DEADLINE, clock=Clock())
        self.loops = [asyncio.Runner(), asyncio.Runner()]
        self.calls = 0

    def teardown(self) -> None:
        for loop in self.loops:
            loop.run(self.mistral.aclose())
            loop.close()
        self.mistral.close()
        self.stack.close()
        del self.mistral  # frees it while its warning is ignored
        gc.collect()
        assert descriptors_fall_to(self.descriptors), "descriptors were left open"

    def new_call(self, operation: Operation[Any], retries: int) -> Call:
        self.calls += 1
        return Call(operation, retries, self.calls)

    def check(self, call: Call, report: Report) -> None:
        """Compare what a call reports with what the service did."""
        statuses, name = self.fake.statuses[call.id], call.operation.name
        done = statuses.count(200)
        assert len(statuses) <= report.attempts <= call.retries + 1, (report, statuses)
        if report.response_to is not None:
            assert report.response_to == call.id, "the call got the response to another one"
        if report.is_success:
            assert report.response_to is not None
            assert done, "the service did not do what the call reports as done"
            if name == "delete":
                assert done == 1
                assert call.operation.model_id not in [model["id"] for model in self.fake.models]
        elif call.operation.method == "GET":
            assert not report.is_ambiguous
        elif not report.is_ambiguous and not report.is_invalid:
            assert not done, "the service did what the call reports as failed"

    def run_at(self, place: str, call: Call) -> Report:
        if place == "sync":
            return call.send(self.mistral)
        if place != "trio":
            return self.loops[int(place[-1])].run(call.send_async(self.mistral))

        async def main() -> Report:
            async with self.mistral:
                return await call.send_async(self.mistral)

        return trio.run(main)

    @rule(fault=st.sampled_from(FAULTS), times=st.integers(1, 3))
    def inject_a_fault(self, fault: Fault, times: int) -> None:
        self.fake.inject(fault, times=times)

    @rule(operation=st.sampled_from(OPERATIONS), retries=st.integers(0, 2), place=st.sampled_from(PLACES))
    def call(self, operation: Operation[Any], retries: int, place: str) -> None:
        call = self.new_call(operation, retries)
        self.check(call, self.run_at(place, call))

    @rule(chosen=st.lists(st.sampled_from(OPERATIONS), min_size=2, max_size=4), is_sync=st.booleans())
    def call_concurrently(self, chosen: list[Operation[Any]], is_sync: bool) -> None:
        calls = [self.new_call(operation, 1) for operation in chosen]
        if is_sync:
            with ThreadPoolExecutor(len(calls)) as executor:
                reports = list(executor.map(lambda call: call.send(self.mistral), calls))
        else:

            async def main() -> list[Report]:
                return await asyncio.gather(*(call.send_async(self.mistral) for call in calls))

            reports = self.loops[0].run(main())
        for call, report in zip(calls, reports, strict=True):
            self.check(call, report)

    @rule(operation=st.sampled_from(OPERATIONS), milliseconds=st.integers(0, 20))
    def cancel_a_call(self, operation: Operation[Any], milliseconds: int) -> None:
        call = self.new_call(operation, 1)

        async def main() -> Report | None:
            task = asyncio.create_task(call.send_async(self.mistral))
            await asyncio.wait([task], timeout=milliseconds / 1000)
            task.cancel()
            await asyncio.wait([task])
            return None if task.cancelled() else task.result()

        if report := self.loops[0].run(main()):
            self.check(call, report)

    @rule(operation=st.sampled_from(OPERATIONS), place=st.sampled_from(PLACES[:3]))
    def call_when_the_service_is_down(self, operation: Operation[Any], place: str) -> None:
        with socket.socket() as bound:  # it does not listen
            bound.bind(("127.0.0.1", 0))
            call = self.new_call(operation, 0)
            call.options["server_url"] = f"http://127.0.0.1:{bound.getsockname()[1]}"
            report = self.run_at(place, call)
        assert not report.is_ambiguous, "nothing was sent"
        self.check(call, report)

    @rule(operation=st.sampled_from(OPERATIONS), is_sync=st.booleans())
    def call_in_a_fork(self, operation: Operation[Any], is_sync: bool) -> None:
        call = self.new_call(operation, 1)
        send: Callable[[], Report] = (
            (lambda: call.send(self.mistral)) if is_sync else lambda: asyncio.run(call.send_async(self.mistral))
        )
        self.check(call, run_in_a_fork(send))

    @rule()
    def close(self) -> None:
        self.mistral.close()

    @rule(index=st.integers(0, 1))
    def close_in_an_event_loop(self, index: int) -> None:
        self.loops[index].run(self.mistral.aclose())

    @rule(index=st.integers(0, 1), closes=st.booleans())
    def end_an_event_loop(self, index: int, closes: bool) -> None:
        if closes:
            self.loops[index].run(self.mistral.aclose())
        self.loops[index].close()
        self.loops[index] = asyncio.Runner()


def run_in_a_fork(function: Callable[[], Any]) -> Any:
    """Run a function in a forked process, and return its result."""
    receiving, sending = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the process has threads: those of the fake service
        child = os.fork()
    if not child:
        try:
            signal.alarm(20)
            os.write(sending, pickle.dumps(function()))
        finally:
            os._exit(0)
    os.close(sending)
    with os.fdopen(receiving, "rb") as pipe:
        result = pipe.read()
    os.waitpid(child, 0)
    assert result, "the child died"
    return pickle.loads(result)


@pytest.fixture
def only_new_garbage() -> Iterator[None]:
    """Let garbage collection skip what other tests have left: here it runs often, and each fork would copy that."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.slow
@pytest.mark.posix("forks")
@pytest.mark.usefixtures("only_new_garbage")
@pytest.mark.parametrize("part", range(PARTS))
def test_what_calls_report_is_consistent_with_what_the_service_did(part):
    """A deletion happens once, an error says if it is in doubt, and every call gets the response to its own request."""
    seed = part if EXAMPLES is None else random.randrange(2**32)

    class Part(Consistency):
        """The sequences of this part."""

    run_state_machine_as_test(
        hypothesis.seed(seed)(Part),
        settings=hypothesis.settings(
            max_examples=int(EXAMPLES or 60) // PARTS,
            stateful_step_count=25,
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
