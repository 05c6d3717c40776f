"""Clients in several processes, and at the end of a process."""

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import pytest
from mistral_models import Mistral, errors, operations
from mistral_models.testing import FakeMistral

from .probes import Connections, run_program


def send(mistral: Mistral, operation: operations.Operation):
    with mistral:
        return mistral.send(operation).parsed


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_clients_and_operations_can_be_sent_to_other_processes(fake, url, method):
    """Results and errors return with their attributes."""
    mistral = Mistral(fake.api_key, server_url=url)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as pool:
        assert pool.submit(send, mistral, operations.retrieve("codestral-2508")).result().id == "codestral-2508"
        with pytest.raises(errors.NotFoundError) as caught:
            pool.submit(send, mistral, operations.archive("gone")).result()
    assert (caught.value.status_code, caught.value.attempts) == (404, 1)
    assert caught.value.raw_response.request.method == "POST"
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.body) == (str(caught.value), caught.value.body)


FORK = """
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
    print("done")
"""


def test_a_forked_child_neither_uses_nor_closes_the_connections_of_its_parent():
    """Calls succeed in both processes, and the parent continues to use its connections."""
    connections = Connections()

    class Counting(FakeMistral):
        def handle(self, request):
            connections.count_request()
            return super().handle(request)

    with Counting().serve() as url:
        result = run_program(FORK, url)
    assert (result.stdout, result.stderr, result.returncode) == ("done\n", "", 0)
    # The parent has a sync and an async connection and uses each twice; the child has one.
    assert sorted(connections.requests) == [1, 2, 2]


FORK_DURING_CALL = """
    import os, signal, sys, threading
    from mistral_models import Mistral
    mistral = Mistral("fake-key", server_url=sys.argv[1])
    mistral.models.list()
    has_lock, forked = threading.Event(), threading.Event()
    def stop_with_lock(frame, event, function):
        in_httpcore = frame.f_globals["__name__"].startswith("httpcore")
        if event == "c_return" and function.__name__ == "acquire" and in_httpcore:
            sys.setprofile(None)
            has_lock.set()
            forked.wait()
    threading.setprofile(stop_with_lock)
    thread = threading.Thread(target=mistral.models.list)
    thread.start()
    threading.setprofile(None)
    has_lock.wait()
    child = os.fork()
    if not child:
        signal.alarm(10)
        mistral.close()
        assert mistral.models.list().data
        mistral.close()
        os._exit(0)
    forked.set()
    thread.join()
    assert os.waitpid(child, 0)[1] == 0
    mistral.close()
    print("done")
"""

FORK_DURING_IMPORT = """
    import os, signal, sys, threading
    from mistral_models import Mistral
    with Mistral("fake-key", server_url=sys.argv[1]) as mistral:
        thread = threading.Thread(target=mistral.models.list)
        thread.start()
        while "httpx" not in sys.modules:
            pass
        if not (child := os.fork()):
            signal.alarm(20)
            mistral.models.list()
            os._exit(0)
        print(os.waitpid(child, 0)[1])
        thread.join()
"""


@pytest.mark.posix("forks")
def test_a_child_forked_while_another_thread_imports_a_module_does_not_deadlock(url):
    """The first call imports httpx, and the child's call uses it; `alarm` ends a child that hangs."""
    result = run_program(FORK_DURING_IMPORT, url, timeout=120)
    assert (result.stdout, result.stderr) == ("0\n", "")


def test_a_child_forked_during_a_call_of_another_thread_does_not_deadlock(url):
    """The child does not wait for locks that a thread of the parent holds."""
    result = run_program(FORK_DURING_CALL, url)
    assert (result.stdout, result.stderr, result.returncode) == ("done\n", "", 0)


LIST_MODELS = """
    import asyncio, itertools, sys, threading
    from mistral_models import Mistral, operations
    mistral = Mistral("fake-key", server_url=sys.argv[1])
    mistral.models.list()
"""


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "outcomes = mistral.send_all(operations.list() for _ in range(50)); next(outcomes)",
        "threading.Thread(target=mistral.models.list).start()",
        "threading.Thread(target=lambda: [mistral.models.list() for _ in itertools.count()], daemon=True).start()",
        "asyncio.run(mistral.models.list_async())",
    ],
    ids=["idle", "bulk", "in flight", "always in flight", "async"],
)
def test_a_program_with_an_open_client_ends_normally(url, statement):
    """It ends by itself, with exit code 0 and no warning: nothing needs to be closed at the end of a process."""
    lines = "\n".join(line.removeprefix("    ") for line in LIST_MODELS.splitlines())
    result = run_program(f"{lines}\n{statement}\n", url, options=("-W", "always:Mistral:ResourceWarning"))
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


SLOW_LOOKUP = """
    import socket, threading, sys, time
    from mistral_models import Mistral, errors
    socket.getaddrinfo = lambda *_, **__: threading.Event().wait(60)  # no portable setting makes a resolver hang
    try:
        Mistral("fake-key", server_url="https://models.invalid", retry_config=0, timeout_ms=300).models.list()
    except errors.APITimeoutError as error:
        print(error)
"""


def test_a_name_lookup_that_hangs_does_not_keep_a_program_from_ending():
    """The call times out, and the program ends although its resolver has not responded."""
    result = run_program(SLOW_LOOKUP, timeout=20)
    assert "the address of models.invalid was not found in time" in result.stdout
    assert (result.stderr, result.returncode) == ("", 0)
