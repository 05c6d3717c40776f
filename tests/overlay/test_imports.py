"""What is imported when, and that nothing is left to be imported when something has gone wrong."""

import subprocess
import sys
import textwrap
from pathlib import Path

import mistral_models
import pytest

PRELUDE = """
import asyncio, json, sys
from mistral_models import Mistral, errors, operations, utils
from mistral_models.testing import (
    FakeMistral, connection_refused, disconnect, invalid_body, latency, oversized_body, status,
)

fake = FakeMistral()
once = {"retry_config": 0}

def call(mistral, method="list", **arguments):
    return getattr(mistral.models, method)(**arguments)

async def call_async(mistral, method="list", **arguments):
    return await getattr(mistral.models, f"{method}_async")(**arguments)
"""

FAULTS = """
FAULTS = [
    status(404, {"message": "no such model"}),
    status(422, {"detail": [{"loc": ["body", "name"], "msg": "bad", "type": "t"}]}),
    status(429, headers={"Retry-After": "Fri, 15 Jan 2027 08:00:20 GMT"}),
    status(503, "<title>Busy</title>", {"content-type": "text/html; charset=cp1255"}),
    status(302, headers={"location": "https://elsewhere.example"}),
    connection_refused(),
    disconnect("in body"),
    invalid_body(),
    invalid_body(b'{"data": [{"type": "base", "id": "m", "capabilities": {}, "deprecation": "2026W011"}]}'),
    oversized_body(200_000),
    invalid_body(b"[" * 100_000),
]
"""


def run(program: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", PRELUDE + FAULTS + textwrap.dedent(program)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("mode", ["sync", "async"])
@pytest.mark.parametrize("retries", [0, 2])
def test_failing_calls_import_nothing_after_one_successful_call(mode, retries):
    """No error path may depend on files that can still be read."""
    result = run(f"""
        methods = ["list", "retrieve", "delete", "update", "archive", "unarchive"]
        policy = utils.RetryConfig("backoff", utils.BackoffStrategy(1, 1, 1, None), True, max_retries={retries})
        options = {{"retry_config": policy, "max_response_bytes": 100_000}}

        def failing_calls():
            for number, fault in enumerate(FAULTS):
                method = methods[number % 6]
                failing = FakeMistral()
                failing.inject(fault, times=None)
                with failing.serve() as url:
                    yield method, {{"server_url": url, **({{}} if method == "list" else {{"model_id": "m"}})}}

        def main():
            with Mistral(fake.api_key, **options) as mistral, fake.serve() as url:
                call(mistral, server_url=url)
                before = set(sys.modules)
                for method, arguments in failing_calls():
                    try: call(mistral, method, **arguments)
                    except errors.MistralError as error: str(error), error.raw_response, repr(error)
            return set(sys.modules) - before

        async def main_async():
            with fake.serve() as url:
                async with Mistral(fake.api_key, **options) as mistral:
                    await call_async(mistral, server_url=url)
                    before = set(sys.modules)
                    for method, arguments in failing_calls():
                        try: await call_async(mistral, method, **arguments)
                        except errors.MistralError as error: str(error), error.raw_response, repr(error)
            return set(sys.modules) - before

        print(main() if "{mode}" == "sync" else asyncio.run(main_async()))
    """)
    assert (result.stderr, result.stdout) == ("", "set()\n")


def test_public_modules_are_imported_when_they_are_used():
    """After `import mistral_models`, a program can use `mistral_models.utils` and the others at once."""
    program = "import mistral_models as m; print(m.utils, m.catalogue, m.errors, m.models, m.operations)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.stdout.count("<module 'mistral_models.") == 5, result.stderr


def test_without_its_packages_the_command_line_says_how_to_install_them():
    """The exit code is 2, as for other errors of the user."""
    folder = Path(mistral_models.__file__).parents[1]
    program = "import sys; sys.path.append(sys.argv[1]); from mistral_models.__main__ import main; sys.exit(main())"
    result = subprocess.run([sys.executable, "-S", "-c", program, folder], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert "pip install 'mistral-models[cli]'" in result.stderr


def test_a_first_call_under_a_patched_sys_modules_breaks_no_later_call():
    """`mock.patch.dict(sys.modules)` removes what was imported meanwhile; pyfakefs does so, too."""
    result = run("""
        from unittest import mock
        with fake.serve() as url, Mistral(fake.api_key, server_url=url, **once) as mistral:
            with mock.patch.dict(sys.modules):
                call(mistral)
            assert call(mistral).data
            assert mistral.send(operations.list()).parsed.data
            try: call(mistral, "retrieve", model_id="nope")
            except errors.NotFoundError as error: print("not found")
            from mistral_models import models
            print(isinstance(call(mistral).data[0], models.BaseModelCard))
            asyncio.run(call_async(Mistral(fake.api_key, server_url=url)))
    """)
    assert result.stdout == "not found\nTrue\n", result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="resource limits are POSIX")
@pytest.mark.parametrize("mode", ["sync", "async"])
def test_a_process_without_file_descriptors_gets_a_connection_error(mode):
    """Without the imports of the first call, it would be an `OSError` about a module that cannot be read."""
    result = run(f"""
        import os, resource
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        with fake.serve() as url:
            async def main():
                async with Mistral(fake.api_key, server_url=url, **once) as mistral:
                    await call_async(mistral)
                held = []
                try:
                    while True: held.append(os.dup(0))
                except OSError: pass
                mistral = Mistral(fake.api_key, server_url=url, timeout_ms=5000, **once)
                try:
                    if "{mode}" == "async": await call_async(mistral)
                    else: call(mistral)
                except errors.APIConnectionError: print('connection error')
                finally:
                    for each in held: os.close(each)
            if "{mode}" == "sync":
                with Mistral(fake.api_key, server_url=url, **once) as mistral: call(mistral)
            asyncio.run(main())
    """)
    assert result.stdout == "connection error\n", result.stderr


def test_httpx_internals_that_are_gone_are_reported_at_the_first_call(fake):
    """The error has the missing name and says what to do; otherwise a deadline could be lost silently."""
    result = run("""
        import httpx
        class Changed(httpx.HTTPTransport):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                self.pool = self.__dict__.pop("_pool")
        httpx._client.HTTPTransport = Changed
        with fake.serve() as url:
            try: call(Mistral(fake.api_key, server_url=url))
            except RuntimeError as error: print(error)
    """)
    assert "has no '_pool'; install an older httpx, or upgrade mistral-models" in result.stdout, result.stderr


def test_internals_that_are_only_needed_when_a_response_is_read_are_reported_too():
    """Otherwise a server could respond to a request before it is made."""
    result = run("""
        import httpx
        class Changed(httpx.SyncByteStream):
            def __init__(self, stream): self.stream = stream
            def __iter__(self): return iter(self.stream)
            def close(self): self.stream.close()
        Changed.__module__ = httpx._transports.default.__name__
        httpx._transports.default.ResponseStream = Changed
        with fake.serve() as url:
            try: call(Mistral(fake.api_key, server_url=url))
            except RuntimeError as error: print(error)
    """)
    assert "has no '_httpcore_stream'; install an older httpx, or upgrade" in result.stdout, result.stderr


def test_no_module_of_the_package_imports_inside_a_function():
    """The only exception is msgspec, which may be missing; what takes long to import is deferred in one place."""
    import ast

    import mistral_models

    found = []
    for path in sorted(Path(mistral_models.__file__).parent.glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                found += [
                    (path.name, function.name)
                    for node in ast.walk(function)
                    if isinstance(node, ast.Import | ast.ImportFrom)
                ]
    assert sorted(set(found)) == [
        ("__init__.py", "__getattr__"),
        ("__main__.py", "main"),
        ("_json.py", "load_fast_decoder"),
    ]


def test_entering_a_client_leaves_no_import_for_the_first_async_call(fake):
    """The event loop goes on while they are imported, and the first call imports nothing more."""
    result = run("""
        async def main():
            with fake.serve() as url:
                count = 0

                async def tick():
                    nonlocal count
                    while True:
                        await asyncio.sleep(0)
                        count += 1

                task = asyncio.create_task(tick())
                async with Mistral(fake.api_key, server_url=url) as mistral:
                    print(count > 3)
                    task.cancel()
                    before = set(sys.modules)
                    await call_async(mistral)
                    print(set(sys.modules) - before)

        sys.modules.pop("httpx", None)
        asyncio.run(main())
    """)
    assert (result.stdout, result.stderr) == ("True\nset()\n", "")
