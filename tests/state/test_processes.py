"""Processes that share a client, and their ends."""

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import pytest
from mistral_models import Mistral, errors, operations
from mistral_models.testing import FakeMistral

from .probes import Connections, program


def sent(mistral: Mistral, operation: operations.Operation):
    with mistral:
        return mistral.send(operation).parsed


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_clients_and_operations_go_to_processes(fake, url, method):
    """Results and typed errors come back, with their attributes and notes."""
    mistral = Mistral(fake.api_key, server_url=url)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as pool:
        assert pool.submit(sent, mistral, operations.retrieve("codestral-2508")).result().id == "codestral-2508"
        with pytest.raises(errors.NotFoundError) as caught:
            pool.submit(sent, mistral, operations.archive("gone")).result()
    assert (caught.value.status_code, caught.value.attempts) == (404, 1)
    assert caught.value.raw_response.request.method == "POST"
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.body) == (str(caught.value), caught.value.body)


FORKED = """
    import asyncio, os, sys, warnings
    from mistral_models import Mistral
    warnings.simplefilter("error")
    mistral = Mistral("fake-key", server_url=sys.argv[1], retry_config=0)
    async def main():
        await mistral.models.list_async()
        mistral.models.list()
        child = os.fork()
        if not child:
            os._exit(in_child())
        assert os.waitpid(child, 0)[1] == 0
        assert mistral.models.list().data
        assert (await mistral.models.list_async()).data
        await mistral.aclose()
    def in_child():
        mistral.close()
        with mistral:
            assert mistral.models.list().data
        return 0
    asyncio.run(main())
    print("right")
"""


def test_a_forked_child_neither_uses_nor_closes_its_parents_connections(fake):
    """Both get right answers; the parent goes on with the connections it had."""
    connections = Connections()

    class Counting(FakeMistral):
        def handle(self, request):
            connections.note()
            return super().handle(request)

    with Counting().serve() as url:
        ended = program(FORKED, url)
    assert (ended.stdout, ended.stderr, ended.returncode) == ("right\n", "", 0)
    # Of the parent a plain one and an async one, each used twice; of the child one.
    assert sorted(connections.uses) == [1, 2, 2]


FORKED_AT_WORK = """
    import os, signal, sys
    from mistral_models import Mistral
    mistral = Mistral("fake-key", server_url=sys.argv[1])
    mistral.models.list()
    (pool,) = mistral._pools._sync.values()
    with pool._transport._pool._optional_thread_lock:  # as a thread of the parent would, which the child does not have
        child = os.fork()
        if not child:
            signal.alarm(10)
            mistral.close()
            assert mistral.models.list().data
            mistral.close()
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    mistral.close()
    print("right")
"""


def test_a_child_forked_while_a_thread_was_at_work_does_not_wait_for_that_thread(fake, url):
    """What the parent was doing with its connections is no concern of the child's, which closes its own only."""
    ended = program(FORKED_AT_WORK, url)
    assert (ended.stdout, ended.stderr, ended.returncode) == ("right\n", "", 0)


OPEN = """
    import asyncio, itertools, sys, threading
    from mistral_models import Mistral, operations
    mistral = Mistral("fake-key", server_url=sys.argv[1])
    mistral.models.list()
"""


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "outcomes = mistral.send_all(operations.list() for _ in range(50)); next(outcomes)",
        "threading.Thread(target=mistral.models.list).start()",
        "threading.Thread(target=lambda: [mistral.models.list() for _ in itertools.count()], daemon=True).start()",
        "asyncio.run(mistral.models.list_async())",
    ],
    ids=["idle", "bulk", "in flight", "in flight for ever", "async"],
)
def test_a_program_ends_with_a_client_left_open(fake, url, rest):
    """By itself, in time, with success, and without a word: at the end of a process nothing needs closing."""
    lines = "\n".join(line.removeprefix("    ") for line in OPEN.splitlines())
    ended = program(f"{lines}\n{rest}\n", url, options=("-W", "always:Mistral:ResourceWarning"))
    assert (ended.stdout, ended.stderr, ended.returncode) == ("", "", 0)
