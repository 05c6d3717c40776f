"""Ctrl-C during sync calls, at every point."""

import pytest

from .probes import run_program
from .raw_service import respond, serve

INTERRUPT = """
    import gc, itertools, os, signal, sys
    from mistral_models import Mistral

    url, events, reuses_connection, *files = sys.argv[1:]
    mistral = Mistral("fake-key", server_url=url, retry_config=0)
    ids = itertools.cycle(["codestral-2508", "ministral-14b-2512"])

    def interrupt_at(point):
        passed = 0
        def trace(frame, event, _):
            nonlocal passed
            if not frame.f_code.co_filename.endswith(tuple(files)):
                return None
            frame.f_trace_opcodes = events == "opcode"
            if event == events:
                passed += 1
                if passed == point:
                    raise KeyboardInterrupt
            return trace
        sys.settrace(trace)
        try:
            retrieve()
        except KeyboardInterrupt:
            return True
        finally:
            sys.settrace(None)
        return passed >= point

    def retrieve():
        model_id = next(ids)
        assert mistral.models.retrieve(model_id=model_id).id == model_id

    retrieve()
    before = len(os.listdir("/dev/fd"))
    for point in itertools.count(1):
        signal.alarm(20)  # a call that hangs ends the program
        if reuses_connection == "no":
            mistral.close()
        if not interrupt_at(point):
            break
        retrieve()
        # Between two lines of the client, a connection may belong to nobody: then it is closed by garbage collection.
        assert len(os.listdir("/dev/fd")) <= before or gc.collect() and len(os.listdir("/dev/fd")) <= before, point
    mistral.close()
    print("done", point > 100)
"""

POOL = ("httpcore/_sync/connection_pool.py", "httpcore/_synchronization.py")
CALL = (
    "httpcore/_sync/connection_pool.py",
    "httpcore/_synchronization.py",
    "httpcore/_sync/connection.py",
    "httpcore/_sync/http11.py",
    "httpx/_client.py",
    "httpx/_transports/default.py",
    "mistral_models/_client.py",
    "mistral_models/_pools.py",
    "mistral_models/_sync_network.py",
    "mistral_models/_transport.py",
)


@pytest.mark.posix("counts file descriptors")
@pytest.mark.slow
@pytest.mark.parametrize("reuses_connection", ["yes", "no"])
@pytest.mark.parametrize(("events", "files"), [("line", CALL), ("opcode", POOL)], ids=["every line", "locks"])
def test_the_call_after_an_interrupted_one_works(fake, url, events, files, reuses_connection):
    """It gets its own response, and no descriptor stays open, wherever the KeyboardInterrupt came."""
    result = run_program(INTERRUPT, url, events, reuses_connection, *files, timeout=300)
    assert (result.stdout, result.returncode) == ("done True\n", 0), result.stderr


SIGNALS = """
    import gc, os, random, signal, sys
    from mistral_models import Mistral

    def interrupt(*_):
        raise KeyboardInterrupt

    mistral = Mistral("key", server_url=sys.argv[1], retry_config=0)
    mistral.models.retrieve(model_id="first")
    before = len(os.listdir("/dev/fd"))
    moments = random.Random(18)
    interrupted = 0
    for number in range(400):
        try:
            signal.signal(signal.SIGALRM, interrupt)
            try:
                signal.setitimer(signal.ITIMER_REAL, moments.uniform(0.0001, 0.004))
                mistral.models.retrieve(model_id=f"interrupted-{number}")
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except KeyboardInterrupt:
            interrupted += 1
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(20)  # a call that hangs ends the program
        assert mistral.models.retrieve(model_id=f"next-{number}").id == f"next-{number}"
        signal.alarm(0)
    gc.collect()
    assert len(os.listdir("/dev/fd")) <= before
    mistral.close()
    print("done", interrupted > 20)
"""


@pytest.mark.posix("sends signals")
@pytest.mark.slow
@pytest.mark.parametrize("is_https", [False, True], ids=["plain", "TLS"])
def test_the_call_after_one_that_a_signal_interrupted_works(is_https, certificates):
    """It gets its own response, and no descriptor stays open."""
    with serve(respond, certificates.contexts["valid"] if is_https else None) as url:
        result = run_program(SIGNALS, url, timeout=100)
    assert (result.stdout, result.returncode) == ("done True\n", 0), result.stderr
