"""Causes of good performance: when modules are imported, how much memory and how many calls are needed. No timings."""

import json
import subprocess
import sys
import tracemalloc
from types import FrameType
from typing import Any

from mistral_models import Mistral
from mistral_models.testing import base_model, status
from mistral_models_raw.models import ModelList

from tests.frames import is_of_package

HEAVY = {"httpx", "httpcore", "attr", "attrs", "dateutil", "ssl", "asyncio", "email.utils", "dataclasses", "msgspec"}


def modules_loaded_by(program: str, *arguments: str) -> set[str]:
    """Return the names in `sys.modules` at the end of a program."""
    source = f"import sys, json\n{program}\nprint(json.dumps(sorted(sys.modules)))"
    command = [sys.executable, "-I", "-c", source, *arguments]
    return set(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def own_modules(modules: set[str]) -> set[str]:
    return {name for name in modules if name.partition(".")[0] == "mistral_models"}


def test_importing_the_package_and_constructing_a_client_loads_no_heavy_module():
    """A program that makes no call imports neither httpx nor attrs nor asyncio."""
    interpreter = modules_loaded_by("")
    imported = modules_loaded_by("import mistral_models") - interpreter
    assert len(own_modules(imported)) == 2  # the package and its version
    constructed = modules_loaded_by("from mistral_models import Mistral\nMistral('key')") - interpreter
    assert not constructed & HEAVY
    assert not {
        name for name in constructed if name.startswith(("mistral_models_raw.api", "mistral_models_raw.models"))
    }


def test_importing_the_client_class_loads_every_module_that_a_call_needs(fake):
    """Calls import other packages, but only one module of this package: `models`, because it needs attrs."""
    imported = modules_loaded_by("from mistral_models import Mistral")
    program = (
        "from mistral_models import Mistral, operations\n"
        "with Mistral('fake-key', server_url=sys.argv[1]) as mistral:\n"
        "    mistral.models.list()\n"
        "    for _ in mistral.send_all([operations.delete('m')]): pass\n"
    )
    fake.inject(status(503))
    fake.inject(status(422), operation="delete")
    with fake.serve() as url:
        called = modules_loaded_by(program, url)
    assert own_modules(called) - own_modules(imported) == {"mistral_models.models"}
    assert not own_modules(imported) & {"mistral_models.cli", "mistral_models.testing", "mistral_models.catalogue"}


def test_a_sync_call_loads_neither_asyncio_nor_the_packages_of_the_command_line(fake):
    """Modules that httpx imports itself do not count."""
    program = (
        "from mistral_models import Mistral\n"
        "with Mistral('fake-key', server_url=sys.argv[1]) as mistral: assert mistral.models.list().data"
    )
    with fake.serve() as url:
        called = modules_loaded_by(program, url)
    assert not {"click", "rich", "asyncio"} & (called - modules_loaded_by("import httpx"))


def test_the_command_line_prints_its_version_without_loading_the_client():
    """`--version` imports neither httpx nor attrs, rich or the client, so it starts fast."""
    program = (
        "sys.argv = ['mistral-models', '--version']\n"
        "import contextlib, io\nfrom mistral_models.__main__ import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): main()"
    )
    loaded, imported, with_client = (
        modules_loaded_by(each) for each in (program, "import mistral_models", "from mistral_models import Mistral")
    )
    assert not loaded & {"httpx", "attr", "rich"}
    assert not loaded & own_modules(with_client - imported)


def test_a_decoded_model_takes_less_than_700_bytes():
    """A model takes the memory of its values and of two objects with slots; the JSON text is not kept."""
    payload: dict[str, Any] = json.loads(json.dumps({"data": [base_model(f"m{n}", aliases=[]) for n in range(1000)]}))
    tracemalloc.start()
    try:
        decoded = ModelList.from_dict(payload)
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(decoded.data) == 1000
    assert size / 1000 < 700


def test_function_calls_of_decoding_grow_linearly_with_the_number_of_models():
    """Ten times the models need at most about ten times the function calls, and fewer than 25 each."""

    def count_calls(count: int) -> int:
        payload = {"data": [base_model(f"m{n}") for n in range(count)]}
        total = 0

        def count_call(_: object, event: str, __: object) -> None:
            nonlocal total
            total += event in {"call", "c_call"}

        sys.setprofile(count_call)
        try:
            ModelList.from_dict(payload)
        finally:
            sys.setprofile(None)
        return total

    few, many = count_calls(100), count_calls(1000)
    assert many - few < 9.5 * few
    assert many / 1000 < 25


def test_a_call_needs_fewer_than_125_function_calls_of_this_package(fake):
    """A second call reuses the connection and the parsed URL."""
    name = fake.models[0]["id"]
    with fake.serve() as url, Mistral("fake-key", server_url=url) as mistral:
        mistral.models.retrieve(model_id=name)
        own, parsing = 0, 0

        def count_call(frame: FrameType, event: str, _: object) -> None:
            nonlocal own, parsing
            own += event == "call" and is_of_package(frame)
            parsing += event == "call" and frame.f_code.co_name == "urlparse" and "httpx" in frame.f_code.co_filename

        sys.setprofile(count_call)
        try:
            mistral.models.retrieve(model_id=name)
        finally:
            sys.setprofile(None)
    assert 20 < own < 125
    assert parsing == 0
