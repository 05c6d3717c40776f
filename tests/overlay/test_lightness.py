"""What makes it fast, stated as causes: what is loaded when, and what is made how often. No timings."""

import json
import subprocess
import sys
import tracemalloc
from types import FrameType
from typing import Any

from mistral_models import Mistral
from mistral_models.testing import base_model, status
from mistral_models_raw.models import ModelList

HEAVY = {"httpx", "httpcore", "attr", "attrs", "dateutil", "ssl", "asyncio", "email.utils", "dataclasses", "msgspec"}


def loaded(program: str, *arguments: str) -> set[str]:
    """The modules that a program leaves in `sys.modules`."""
    whole = f"import sys, json\n{program}\nprint(json.dumps(sorted(sys.modules)))"
    command = [sys.executable, "-I", "-c", whole, *arguments]
    return set(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def ours(modules: set[str]) -> set[str]:
    return {name for name in modules if name.partition(".")[0] == "mistral_models"}


def test_importing_the_package_and_constructing_a_client_loads_nothing_heavy():
    """Programs that never call pay neither for httpx nor for attrs."""
    bare = loaded("")
    imported = loaded("import mistral_models") - bare
    assert ours(imported) == {"mistral_models", "mistral_models._version"}
    constructed = loaded("from mistral_models import Mistral\nMistral('key')") - bare
    assert not constructed & HEAVY
    assert not {
        name for name in constructed if name.startswith(("mistral_models_raw.api", "mistral_models_raw.models"))
    }


def test_naming_the_client_loads_every_module_that_a_call_needs(fake):
    """Calls load other packages, but no module of this one except the types, which need attrs."""
    named = loaded("from mistral_models import Mistral")
    program = (
        "from mistral_models import Mistral, operations\n"
        "with Mistral('fake-key', server_url=sys.argv[1]) as mistral:\n"
        "    mistral.models.list()\n"
        "    for _ in mistral.send_all([operations.delete('m')]): pass\n"
    )
    fake.inject(status(503))
    fake.inject(status(422), operation="delete")
    with fake.serve() as url:
        called = loaded(program, url)
    assert ours(called) - ours(named) == {"mistral_models.models"}
    assert not ours(named) & {"mistral_models.cli", "mistral_models.testing", "mistral_models.catalogue"}


def test_a_sync_call_does_not_load_asyncio_or_what_only_the_command_line_needs(fake):
    """Beyond what httpx loads itself."""
    program = (
        "from mistral_models import Mistral\n"
        "with Mistral('fake-key', server_url=sys.argv[1]) as mistral: assert mistral.models.list().data"
    )
    with fake.serve() as url:
        after = loaded(program, url)
    assert not {"click", "rich", "asyncio"} & (after - loaded("import httpx"))


def test_the_command_line_prints_its_version_without_loading_the_client():
    """Shells ask for it at every completion."""
    program = (
        "sys.argv = ['mistral-models', '--version']\n"
        "import contextlib, io\nfrom mistral_models.__main__ import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): main()"
    )
    assert not loaded(program) & {"httpx", "attr", "rich", "mistral_models._client"}


def test_a_card_takes_little_memory():
    """No more than what its values take and two objects with slots; nothing is kept of the text."""
    payload: dict[str, Any] = json.loads(json.dumps({"data": [base_model(f"m{n}", aliases=[]) for n in range(1000)]}))
    tracemalloc.start()
    try:
        decoded = ModelList.from_dict(payload)
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(decoded.data) == 1000
    assert size / 1000 < 700


def test_instructions_grow_with_the_number_of_models_and_no_faster():
    """Ten times the models, ten times the calls of Python functions."""

    def calls(count: int) -> int:
        payload = {"data": [base_model(f"m{n}") for n in range(count)]}
        seen = 0

        def count_call(_: object, event: str, __: object) -> None:
            nonlocal seen
            seen += event in {"call", "c_call"}

        sys.setprofile(count_call)
        try:
            ModelList.from_dict(payload)
        finally:
            sys.setprofile(None)
        return seen

    few, many = calls(100), calls(1000)
    assert many - few < 9.5 * few
    assert many / 1000 < 25


def test_a_call_adds_few_instructions_to_those_of_the_transport(fake):
    """A kept connection and an address that was used before: counted are the calls of functions of ours."""
    name = fake.models[0]["id"]
    with fake.serve() as url, Mistral("fake-key", server_url=url) as mistral:
        mistral.models.retrieve(model_id=name)
        ours, parsing = 0, 0

        def count_call(frame: FrameType, event: str, _: object) -> None:
            nonlocal ours, parsing
            ours += event == "call" and "mistral_models" in frame.f_code.co_filename
            parsing += event == "call" and frame.f_code.co_name == "urlparse" and "httpx" in frame.f_code.co_filename

        sys.setprofile(count_call)
        try:
            mistral.models.retrieve(model_id=name)
        finally:
            sys.setprofile(None)
    assert 20 < ours < 90
    assert parsing == 0
