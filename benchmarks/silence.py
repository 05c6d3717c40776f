"""`python -m benchmarks.silence`: compare how this package and the vendor's SDK handle a connection that goes silent.

The first connection is silent, or its response arrives one byte at a time; every other one gets a response at once.
Prints a table with the outcome of each call and how long it took. Needs `.venv-vendor`, which `make bench` creates.
"""

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

LIMIT = 65
"""Seconds after which a program is stopped."""
PAUSE = 0.05
"""Seconds before each byte of a response that trickles."""
WORKERS = 4
"""How many programs run at the same time. They mostly wait, so there can be more of them than cores."""
BODY = b'{"object": "list", "data": []}'
RESPONSE = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(BODY), BODY)
PYTHONS = {"mistralai": Path(f"{sys.prefix}-vendor") / "bin" / "python", "mistral-models": Path(sys.executable)}
MODULES = {"mistralai": "mistralai.client", "mistral-models": "mistral_models"}
PROGRAM = """
import asyncio, json, sys, time
from {module} import Mistral
from {module}.utils import BackoffStrategy, RetryConfig
def call_sync():
    with Mistral(api_key="key", server_url=sys.argv[1]{options}) as mistral:
        mistral.models.list()
async def call_async():
    async with Mistral(api_key="key", server_url=sys.argv[1]{options}) as mistral:
        await mistral.models.list_async()
started = time.perf_counter()
try:
    asyncio.run(call_async()) if sys.argv[2] == "async" else call_sync()
    outcome = "a list"
except Exception as error:
    outcome = "`" + type(error).__name__ + "`"
print(outcome + ", %.1f s" % (time.perf_counter() - started))
"""
BACKOFF = 'RetryConfig("backoff", BackoffStrategy(500, 8000, 2, 60_000), retry_connection_errors=True{more})'


class Setting(NamedTuple):
    """A package and how its client is configured."""

    package: str
    description: str
    options: str = ""
    """Further arguments of `Mistral`, as Python."""


SETTINGS = (
    Setting("mistralai", "defaults"),
    Setting("mistralai", "`RetryConfig`", f", retry_config={BACKOFF.format(more='')}"),
    Setting(
        "mistralai", "`RetryConfig`, `timeout_ms=400`", f", timeout_ms=400, retry_config={BACKOFF.format(more='')}"
    ),
    Setting("mistral-models", "defaults"),
    Setting(
        "mistral-models",
        "`attempt_timeout_ms=400`, `timeout_ms=8000`",
        f", timeout_ms=8000, retry_config={BACKOFF.format(more=', attempt_timeout_ms=400')}",
    ),
)
FIRST_CONNECTIONS = ("silent", "one byte at a time")


@contextmanager
def serving(first: str) -> Iterator[str]:
    """Serve until the block ends; yields the URL."""
    stopped = threading.Event()

    def serve(connection: socket.socket, *, is_first: bool) -> None:
        with connection, contextlib.suppress(OSError):
            while connection.recv(65536):
                if not is_first:
                    connection.sendall(RESPONSE)
                elif first == "one byte at a time":
                    for byte in RESPONSE[:15] + b"x" * 10_000:
                        if stopped.wait(PAUSE):
                            return
                        connection.sendall(bytes([byte]))

    def accept() -> None:
        is_first = True
        while True:
            connection, _ = listener.accept()
            if stopped.is_set():
                connection.close()
                return
            threading.Thread(target=serve, args=(connection,), kwargs={"is_first": is_first}, daemon=True).start()
            is_first = False

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        port = listener.getsockname()[1]
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            stopped.set()
            socket.create_connection(("127.0.0.1", port)).close()
            thread.join()


def run_python(package: str, *arguments: str) -> str:
    """Run Python in the environment of a package, and return its output."""
    command = [str(PYTHONS[package]), "-c", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=LIMIT).stdout.strip()


def measure(setting: Setting, api: str, first: str) -> str:
    """Make a call, and return its outcome with the seconds."""
    program = PROGRAM.format(module=MODULES[setting.package], options=setting.options)
    with serving(first) as url:
        try:
            return run_python(setting.package, program, url, api)
        except subprocess.TimeoutExpired:
            return f"nothing after {LIMIT} s"


def main() -> None:
    """Measure all settings, and print the table."""
    names = {
        package: f"{package} {run_python(package, f'import importlib.metadata as m; print(m.version({package!r}))')}"
        for package in PYTHONS
    }
    calls = [(setting, api, first) for setting in SETTINGS for api in ("sync", "async") for first in FIRST_CONNECTIONS]
    print("| package | configuration | API | first connection | outcome |")
    print("| --- | --- | --- | --- | --- |")
    with ThreadPoolExecutor(WORKERS) as executor:
        outcomes = executor.map(lambda call: measure(*call), calls)
        for (setting, api, first), outcome in zip(calls, outcomes, strict=True):
            print(f"| {names[setting.package]} | {setting.description} | {api} | {first} | {outcome} |", flush=True)


if __name__ == "__main__":
    main()
