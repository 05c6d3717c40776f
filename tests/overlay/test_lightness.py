"""What makes it fast, stated as causes: what is loaded when, and what is made how often. No timings."""

import json
import subprocess
import sys
import tracemalloc
from types import FrameType
from typing import Any

from mistral_models import Mistral
from mistral_models.testing import base_model
from mistral_models_raw.models import ModelList

HEAVY = {"httpx", "httpcore", "attr", "attrs", "dateutil", "ssl", "asyncio", "email.utils", "dataclasses", "logging"}


def loaded(program: str, *arguments: str) -> set[str]:
    """The modules that a program leaves in `sys.modules`."""
    whole = f"import sys, json\n{program}\nprint(json.dumps(sorted(sys.modules)))"
    command = [sys.executable, "-I", "-c", whole, *arguments]
    return set(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def test_importing_the_package_loads_nothing_heavy():
    """Nor does making a client; both are done by programs that never call."""
    bare = loaded("")
    more = loaded("import mistral_models") - bare
    assert not more & HEAVY
    assert not {name for name in more if name.startswith("mistral_models_raw")}
    assert len(more) < 40
    more = loaded("from mistral_models import Mistral\nMistral('key')") - bare
    assert not more & HEAVY
    assert not {name for name in more if name.startswith(("mistral_models_raw.api", "mistral_models_raw.models"))}
    assert len(more) < 60


def test_the_happy_path_loads_no_code_for_trouble(fake):
    """Retries, dates, the command line, the testing kit, asyncio in plain calls, and models that nobody asked for."""
    program = (
        "from mistral_models import Mistral\n"
        "with Mistral('fake-key', server_url=sys.argv[1]) as mistral: assert mistral.models.list().data"
    )
    with fake.serve() as url:
        after = loaded(program, url)
    ours = {name.removeprefix("mistral_models.") for name in after if name.startswith("mistral_models.")}
    assert not ours & {"retries", "failures", "errors", "bulk", "recorder", "cli", "testing", "models", "utils"}
    assert not {"dateutil", "click", "asyncio"} & (after - loaded("import httpx"))
    raw = {name.rpartition(".")[2] for name in after if name.startswith("mistral_models_raw.models.")}
    assert "completion_fine_tuned_model" not in raw
    assert not {name for name in after if name.startswith("mistral_models_raw.api.models.")} - {
        "mistral_models_raw.api.models.list_"
    }


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
    assert 20 < ours < 65
    assert parsing == 0
