"""Many operations at once."""

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
    """`send_all`, or `send_all_async` in an event loop of its own."""

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
        """The first outcomes, or all, each put into `taken` as it comes; then abandon the rest."""
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


def archived(request: httpx.Request) -> httpx.Response:
    return reply(200, {"id": request.url.path.split("/")[-2], "archived": True})


def test_each_operation_comes_back_with_its_result(bulk):
    """Once, whatever the order."""
    asked = [operations.archive(f"m{number}") for number in range(50)]
    outcomes = bulk.run(archived, asked)
    assert {operation.model_id: answer.parsed.id for operation, answer in outcomes} == {
        f"m{number}": f"m{number}" for number in range(50)
    }
    assert all(isinstance(answer, APIResponse) for _, answer in outcomes)
    assert sorted(map(hash, asked)) == sorted(hash(operation) for operation, _ in outcomes)


def test_a_failure_of_one_does_not_stop_the_rest(bulk):
    """It comes back as its error."""

    def respond(request: httpx.Request) -> httpx.Response:
        return reply(404) if "m3" in request.url.path else archived(request)

    outcomes = dict(bulk.run(respond, [operations.archive(f"m{number}") for number in range(6)]))
    failed = [
        operation.model_id for operation, outcome in outcomes.items() if isinstance(outcome, errors.NotFoundError)
    ]
    assert failed == ["m3"]
    assert len(outcomes) == 6


def test_no_more_are_under_way_than_allowed(bulk):
    """And as many as that."""
    lock, under_way, most = threading.Lock(), 0, 0
    meeting = threading.Barrier(3)

    def respond(request: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        meeting.wait(10)  # three are here at once, or this breaks
        with lock:
            under_way -= 1
        return archived(request)

    assert len(bulk.run(respond, [operations.archive(f"m{n}") for n in range(12)], concurrency=3)) == 12
    assert most == 3


@pytest.mark.parametrize("kind", ["iterator", "asynchronous iterator"])
def test_an_endless_source_is_read_as_there_is_room(bulk, kind):
    """Memory does not grow with it; abandoned, nothing is started any more."""
    made = 0

    def endless():
        nonlocal made
        for made in itertools.count(1):
            yield operations.archive(f"m{made}")

    async def endless_async():
        for operation in endless():
            yield operation

    if bulk.is_sync and kind == "asynchronous iterator":
        with pytest.raises(TypeError):
            bulk.run(archived, endless_async(), 20)
        return
    taken = bulk.run(archived, endless() if kind == "iterator" else endless_async(), 20, concurrency=4)
    assert len(taken) == 20
    assert made <= 24


def test_abandoned_it_leaves_no_thread():
    """Nor does it send anything after its end."""
    sent: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(request.url.path)
        return archived(request)

    before = threading.active_count()
    Bulk("sync").run(respond, (operations.archive(f"m{n}") for n in itertools.count()), 5, concurrency=4)
    assert threading.active_count() == before
    assert 5 <= len(sent) <= 5 + 4


def test_abandoned_it_leaves_no_task():
    """Those under way are cancelled, and the end waits for them."""

    async def respond(request: httpx.Request) -> httpx.Response:
        if "m0" not in request.url.path:
            await asyncio.Event().wait()
        return archived(request)

    async def main() -> set:
        async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as client:
            mistral = Mistral("key", async_client=client, retry_config=0)
            outcomes = mistral.send_all_async(operations.archive(f"m{n}") for n in itertools.count())
            async for _ in outcomes:
                break
            await outcomes.aclose()
            return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(main()) == set()


def test_a_result_does_not_wait_for_the_source():
    """It comes while the source is still thinking about the next operation."""
    thinking = asyncio.Event()

    async def source():
        yield operations.archive("m0")
        await thinking.wait()
        yield operations.archive("m1")

    async def respond(request: httpx.Request) -> httpx.Response:
        return archived(request)

    async def main() -> list[str | None]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as client:
            seen = []
            async for operation, _ in Mistral("key", async_client=client).send_all_async(source()):
                seen.append(operation.model_id)
                thinking.set()
            return seen

    assert asyncio.run(asyncio.wait_for(main(), 30)) == ["m0", "m1"]


def test_never_started_it_does_nothing(bulk):
    """A generator that nobody reads sends nothing."""
    sent: list[httpx.Request] = []
    assert bulk.run(sent.append, [operations.list()], 0) == []
    assert sent == []


def test_nothing_to_do_is_done(bulk):
    """An empty source yields nothing."""
    assert bulk.run(archived, []) == []


@pytest.mark.parametrize("concurrency", [0, -1, True, 2.5])
def test_a_concurrency_is_a_number_from_one(bulk, concurrency):
    """Said at once, not by the first result."""
    with pytest.raises(ValueError, match="concurrency must be an integer >= 1"):
        bulk.run(archived, [], concurrency=concurrency)


def test_what_is_no_failure_of_the_service_is_raised(bulk):
    """A key that cannot be sent, a source that breaks: going on would not help."""

    def breaking():
        yield operations.archive("m")
        raise LookupError("the source broke")

    with pytest.raises(LookupError, match="the source broke"):
        bulk.run(archived, breaking())

    def respond(_: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        bulk.run(respond, [operations.archive("m")])


def test_nothing_is_taken_before_there_is_room(bulk):
    """One at a time: the next is made when the last has come back."""
    taken, answered = 0, 0

    def source():
        nonlocal taken
        for taken in range(1, 6):
            assert taken == answered + 1
            yield operations.archive(f"m{taken}")

    def respond(request: httpx.Request) -> httpx.Response:
        nonlocal answered
        answered += 1
        return archived(request)

    assert len(bulk.run(respond, source(), concurrency=1)) == 5


def test_what_was_under_way_when_its_source_broke_comes_first(bulk):
    """What the service did is not lost: a generator with a bad id in the middle."""
    ids = ["a", "b", "..", "c"]
    taken: list = []
    with pytest.raises(ValueError, match="not a model id"):
        bulk.run(archived, (operations.archive(each) for each in ids), taken=taken)
    assert sorted(operation.model_id for operation, _ in taken) == ["a", "b"]
    assert all(outcome.parsed.archived for _, outcome in taken)


@pytest.mark.parametrize("thing", ["ft:m", None, operations.list])
def test_what_is_no_operation_is_said(bulk, thing):
    """By its type, not by an attribute that it lacks."""
    with pytest.raises(TypeError, match=r"expected an operation made by operations\.\*, not (str|NoneType|function)"):
        bulk.run(archived, [thing])


def test_many_over_a_real_socket():
    """Archiving a few hundred models, with some that do not exist."""
    fake = FakeMistral([fine_tuned_model(f"model {number}") for number in range(200)])
    with fake.client() as mistral:
        ids = [card.id for card in mistral.models.list().data if card.id]
    with fake.serve() as url, Mistral(fake.api_key, server_url=url) as mistral:
        outcomes = list(mistral.send_all(operations.archive(i) for i in [*ids, "gone"]))
    assert [operation.model_id for operation, outcome in outcomes if isinstance(outcome, errors.MistralError)] == [
        "gone"
    ]
    with fake.client() as mistral:
        assert all(getattr(card, "archived", False) for card in mistral.models.list().data)


def test_context_variables_reach_the_hooks(bulk):
    """Trace and request ids that the caller has set are there in the threads or tasks that send."""
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
def test_operations_are_sent_when_the_interpreter_ends(fake, url, has_sent):
    """No thread can be started in `atexit`; they are sent without, also for the name of the host."""
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


@pytest.mark.linux("the size of the address space can be limited there")
@pytest.mark.parametrize("mode", ["sync", "async"])
def test_operations_are_sent_where_no_thread_can_be_started(fake, url, mode):
    """Or, in asyncio, which needs one to look up a host, it is an error of ours."""
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
