"""Concurrent operations: `send_all` and `send_all_async`."""

import asyncio
import itertools
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import httpx
import pytest
from mistral_models import APIResponse, Mistral, errors, operations
from mistral_models.testing import FakeMistral, fine_tuned_model

from .calls import reply


class Bulk:
    """Run `send_all`, or `send_all_async` in its own event loop."""

    def __init__(self, name: str) -> None:
        self.is_sync = name == "sync"

    def run(
        self,
        handle: Callable[[httpx.Request], Any],
        source: Any,
        take: int | None = None,
        taken: list | None = None,
        **options: Any,
    ) -> list:
        """Return all outcomes, or the first `take`, appending each to `taken` as it arrives; close the generator."""
        taken = [] if taken is None else taken
        if self.is_sync:
            with httpx.Client(transport=httpx.MockTransport(handle)) as client:
                outcomes = Mistral("key", client=client, retry_config=0).send_all(source, **options)
                for outcome in itertools.islice(outcomes, take):
                    taken.append(outcome)
                outcomes.close()
                return taken

        async def main() -> list:
            async def respond(request: httpx.Request) -> httpx.Response:
                return await asyncio.to_thread(handle, request)

            async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as client:
                outcomes = Mistral("key", async_client=client, retry_config=0).send_all_async(source, **options)
                try:
                    if take != 0:
                        async for outcome in outcomes:
                            taken.append(outcome)
                            if len(taken) == take:
                                break
                finally:
                    await outcomes.aclose()
                return taken

        return asyncio.run(main())


@pytest.fixture(params=["sync", "async"])
def bulk(request) -> Bulk:
    return Bulk(request.param)


def archive_model(request: httpx.Request) -> httpx.Response:
    return reply(200, {"id": request.url.path.split("/")[-2], "archived": True})


def test_each_operation_is_returned_once_with_its_response(bulk):
    """The order of the pairs may differ from that of the operations."""
    sent = [operations.archive(f"m{number}") for number in range(50)]
    outcomes = bulk.run(archive_model, sent)
    assert {operation.model_id: response.parsed.id for operation, response in outcomes} == {
        f"m{number}": f"m{number}" for number in range(50)
    }
    assert all(isinstance(response, APIResponse) for _, response in outcomes)
    assert sorted(map(hash, sent)) == sorted(hash(operation) for operation, _ in outcomes)


def test_the_failure_of_one_operation_does_not_stop_the_others(bulk):
    """The failed operation is returned with its error in place of a response."""

    def respond(request: httpx.Request) -> httpx.Response:
        return reply(404) if "m3" in request.url.path else archive_model(request)

    outcomes = dict(bulk.run(respond, [operations.archive(f"m{number}") for number in range(6)]))
    failed = [
        operation.model_id for operation, outcome in outcomes.items() if isinstance(outcome, errors.NotFoundError)
    ]
    assert failed == ["m3"]
    assert len(outcomes) == 6


def test_concurrency_limits_the_number_of_calls_in_flight(bulk):
    """With a concurrency of three, exactly three calls are in flight at once."""
    lock, in_flight, maximum = threading.Lock(), 0, 0
    barrier = threading.Barrier(3)

    def respond(request: httpx.Request) -> httpx.Response:
        nonlocal in_flight, maximum
        with lock:
            in_flight += 1
            maximum = max(maximum, in_flight)
        barrier.wait(10)  # fails unless three requests wait here at once
        with lock:
            in_flight -= 1
        return archive_model(request)

    assert len(bulk.run(respond, [operations.archive(f"m{n}") for n in range(12)], concurrency=3)) == 12
    assert maximum == 3


@pytest.mark.parametrize("kind", ["iterator", "async iterator"])
def test_an_endless_source_is_read_only_as_fast_as_operations_are_sent(bulk, kind):
    """At most `concurrency` operations are read ahead, and none after the generator is closed."""
    read = 0

    def endless():
        nonlocal read
        for read in itertools.count(1):
            yield operations.archive(f"m{read}")

    async def endless_async():
        for operation in endless():
            yield operation

    if bulk.is_sync and kind == "async iterator":
        with pytest.raises(TypeError):
            bulk.run(archive_model, endless_async(), 20)
        return
    taken = bulk.run(archive_model, endless() if kind == "iterator" else endless_async(), 20, concurrency=4)
    assert len(taken) == 20
    assert read <= 24


def test_closing_send_all_early_leaves_no_thread():
    """All threads end, and no request is sent, after the generator is closed."""
    sent: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(request.url.path)
        return archive_model(request)

    before = threading.active_count()
    Bulk("sync").run(respond, (operations.archive(f"m{n}") for n in itertools.count()), 5, concurrency=4)
    assert threading.active_count() == before
    assert 5 <= len(sent) <= 5 + 4


def test_closing_send_all_async_early_leaves_no_task():
    """`aclose` cancels the tasks in flight and waits until they have ended."""

    async def respond(request: httpx.Request) -> httpx.Response:
        if "m0" not in request.url.path:
            await asyncio.Event().wait()
        return archive_model(request)

    async def main() -> set:
        async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as client:
            mistral = Mistral("key", async_client=client, retry_config=0)
            outcomes = mistral.send_all_async(operations.archive(f"m{n}") for n in itertools.count())
            async for _ in outcomes:
                break
            await outcomes.aclose()
            return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(main()) == set()


def test_a_result_is_returned_while_the_source_waits_for_its_next_operation():
    """An async source that waits between two operations does not delay the result of the first."""
    first_returned = asyncio.Event()

    async def source():
        yield operations.archive("m0")
        await first_returned.wait()
        yield operations.archive("m1")

    async def respond(request: httpx.Request) -> httpx.Response:
        return archive_model(request)

    async def main() -> list[str | None]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as client:
            seen = []
            async for operation, _ in Mistral("key", async_client=client).send_all_async(source()):
                seen.append(operation.model_id)
                first_returned.set()
            return seen

    assert asyncio.run(asyncio.wait_for(main(), 30)) == ["m0", "m1"]


def test_nothing_is_sent_before_the_first_result_is_requested(bulk):
    """A generator that is closed before its first result sends no request."""
    sent: list[httpx.Request] = []
    assert bulk.run(sent.append, [operations.list()], 0) == []
    assert sent == []


def test_an_empty_source_gives_no_results(bulk):
    """An empty list of operations gives an empty list of results."""
    assert bulk.run(archive_model, []) == []


@pytest.mark.parametrize("concurrency", [0, -1, True, 2.5])
def test_concurrency_must_be_a_positive_integer(bulk, concurrency):
    """Other values are a ValueError, even if there is no operation to send."""
    with pytest.raises(ValueError, match="concurrency must be an integer >= 1"):
        bulk.run(archive_model, [], concurrency=concurrency)


def test_errors_that_are_not_of_this_package_are_raised(bulk):
    """An exception of the source or of the HTTP client ends the generator, because the other calls would fail too."""

    def failing_source():
        yield operations.archive("m")
        raise LookupError("the source failed")

    with pytest.raises(LookupError, match="the source failed"):
        bulk.run(archive_model, failing_source())

    def respond(_: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        bulk.run(respond, [operations.archive("m")])


def test_the_next_operation_is_read_when_a_call_has_ended(bulk):
    """With a concurrency of one, the source is read once before each request."""
    read, responded = 0, 0

    def source():
        nonlocal read
        for read in range(1, 6):
            assert read == responded + 1
            yield operations.archive(f"m{read}")

    def respond(request: httpx.Request) -> httpx.Response:
        nonlocal responded
        responded += 1
        return archive_model(request)

    assert len(bulk.run(respond, source(), concurrency=1)) == 5


def test_results_in_flight_are_returned_before_an_exception_of_the_source(bulk):
    """If a generator of operations meets an invalid id, the results of the earlier operations are not lost."""
    ids = ["a", "b", "..", "c"]
    taken: list = []
    with pytest.raises(ValueError, match="not a model id"):
        bulk.run(archive_model, (operations.archive(model_id) for model_id in ids), taken=taken)
    assert sorted(operation.model_id for operation, _ in taken) == ["a", "b"]
    assert all(outcome.parsed.archived for _, outcome in taken)


@pytest.mark.parametrize("value", ["ft:m", None, operations.list])
def test_a_value_that_is_not_an_operation_is_a_type_error(bulk, value):
    """The error message names the type of the value, not an attribute that it lacks."""
    with pytest.raises(TypeError, match=r"expected an operation made by operations\.\*, not (str|NoneType|function)"):
        bulk.run(archive_model, [value])


def test_hundreds_of_models_are_archived_over_real_sockets():
    """All of 200 models are archived, and one that does not exist is returned with its error."""
    fake = FakeMistral([fine_tuned_model(f"model {number}") for number in range(200)])
    with fake.client() as mistral:
        ids = [card.id for card in mistral.models.list().data if card.id]
    with fake.serve() as url, Mistral(fake.api_key, server_url=url) as mistral:
        outcomes = list(mistral.send_all(operations.archive(model_id) for model_id in [*ids, "gone"]))
    assert [operation.model_id for operation, outcome in outcomes if isinstance(outcome, errors.MistralError)] == [
        "gone"
    ]
    with fake.client() as mistral:
        assert all(getattr(card, "archived", False) for card in mistral.models.list().data)


def test_context_variables_are_visible_where_requests_are_sent(bulk):
    """The threads and tasks that send see trace and request ids that the caller stored in context variables."""
    tenant: ContextVar[str] = ContextVar("tenant", default="none")
    seen = []

    def handle(_: httpx.Request) -> httpx.Response:
        seen.append(tenant.get())
        return reply(200, {"data": []})

    def source():
        for name in ("a", "b", "c"):
            tenant.set(name)
            yield operations.list()

    token = tenant.set("outer")
    bulk.run(handle, source() if bulk.is_sync else [operations.list()] * 3, concurrency=1)
    tenant.reset(token)
    assert seen == (["a", "b", "c"] if bulk.is_sync else ["outer"] * 3)


@pytest.mark.parametrize("has_sent", [True, False])
def test_send_all_works_while_the_interpreter_exits(fake, url, has_sent):
    """No thread can be started in `atexit`, so operations are sent, and host names looked up, without threads."""
    program = f"""
        import atexit
        from mistral_models import Mistral, operations

        mistral = Mistral({fake.api_key!r}, server_url={url.replace("127.0.0.1", "localhost")!r})

        @atexit.register
        def report():
            with mistral:
                print(sum(response.status_code for _, response in mistral.send_all([operations.list()] * 3)))

        if {has_sent}: mistral.models.list()
    """
    result = run_program(program)
    assert (result.stdout, result.stderr) == ("600\n", "")


@pytest.mark.linux("limits the size of the address space")
@pytest.mark.parametrize("mode", ["sync", "async"])
def test_send_all_works_where_no_thread_can_be_started(fake, url, mode):
    """Under asyncio, which looks up host names in a thread, the call is an APIConnectionError that says so."""
    program = f"""
        import asyncio, resource, threading
        from mistral_models import Mistral, errors, operations

        def exhaust():
            threading.stack_size(1 << 30)
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
            try: threading.Thread(target=int).start()
            except RuntimeError: pass
            else: raise SystemExit("a thread was started")

        def main():
            with Mistral({fake.api_key!r}, server_url={url.replace("127.0.0.1", "localhost")!r}) as mistral:
                print(sum(response.status_code for _, response in mistral.send_all([operations.list()] * 3)))

        async def main_async():
            async with Mistral({fake.api_key!r}, server_url={url.replace("127.0.0.1", "localhost")!r}) as mistral:
                try: await mistral.models.list_async(retries=0)
                except errors.APIConnectionError as error: print("thread" in str(error))

        if {mode!r} == "sync":
            Mistral({fake.api_key!r}, server_url={url!r}).models.list()
            exhaust()
            main()
        else:
            asyncio.run(Mistral({fake.api_key!r}, server_url={url!r}).models.list_async())
            exhaust()
            asyncio.run(main_async())
    """
    result = run_program(program)
    assert result.stdout == ("600\n" if mode == "sync" else "True\n"), result.stderr


def run_program(program: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", textwrap.dedent(program)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("exception", ["KeyboardInterrupt", "SystemExit"])
def test_an_exception_that_ends_a_worker_is_raised_by_send_all(fake, url, exception):
    """`send_all` does not wait for a result that never comes. The test runs in a process of its own: it could hang."""
    program = f"""
    from mistral_models import Mistral, operations
    def api_key():
        raise {exception}("in a worker")
    try:
        list(Mistral(api_key, server_url={url!r}).send_all([operations.list()] * 3, concurrency=2))
    except {exception} as error:
        print(error)
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (result.stdout, result.stderr) == ("in a worker\n", "")
    assert fake.requests == []
