"""Responses that are nested more deeply than the recursion limit of the interpreter."""

import pytest

from .probes import run_program

PROGRAM = """
import asyncio, os, sys
from mistral_models import Mistral, errors, utils
from mistral_models.testing import FakeMistral, status

# Garbage with a finalizer. If it were collected near the recursion limit, Python would print that the finalizer failed.
class Cycle:
    def __init__(self):
        self.itself = self
    def __del__(self):
        sum(range(3))

async def list_in_event_loop():
    async with mistral:
        return await mistral.models.list_async()

before, opening, closing, after = (argument.encode() for argument in sys.argv[1:])
recorder = utils.Recorder(os.devnull)
fake = FakeMistral()
with fake.serve() as url, Mistral("fake-key", server_url=url, retry_config=0, on_attempt=recorder) as mistral:
    for depth in [*range(930, 1010, 2), 100_000]:
        for code in (200, 422):
            for call in (mistral.models.list, lambda: asyncio.run(list_in_event_loop())):
                fake.inject(status(code, before + opening * depth + b"1" + closing * depth + after))
                Cycle()
                try:
                    call()
                except errors.MistralError as error:
                    assert error.status_code == code
                    assert code == 200 or error.data.detail is None or error.data.detail
                else:
                    assert code == 200
    assert mistral.models.list().data
print("done")
"""


@pytest.mark.parametrize(
    "parts",
    [
        ("", "[", "]", ""),
        ("", '{"a":', "}", ""),
        ("", '{"data":[', "]}", ""),
        ('{"detail": [{"msg": "no", "loc": [', "[", "]", "]}]}"),
        ('{"detail": [{"msg": "no", "loc": [], "type": "t", "input": ', "[", "]", "}]}"),
        ('{"detail": [{"loc": [], "type": "t", "msg": ', "[", "]", "}]}"),
    ],
)
def test_deeply_nested_responses_are_a_result_or_an_error_of_this_package(parts):
    """Around and beyond the recursion limit, nothing else is raised, nothing is printed, and later calls succeed."""
    result = run_program(PROGRAM, *parts)
    assert (result.stdout, result.stderr, result.returncode) == ("done\n", "", 0)
