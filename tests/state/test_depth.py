"""Answers nested so deep that the interpreter gives up."""

import pytest

from .probes import program

DEEP = """
import asyncio, sys
from mistral_models import Mistral, errors
from mistral_models.testing import FakeMistral, status

class Circle:
    def __init__(self):
        self.me = self
    def __del__(self):
        sum(range(3))

async def in_a_loop():
    async with mistral:
        return await mistral.models.list_async()

opening, closing = sys.argv[1].encode(), sys.argv[2].encode()
fake = FakeMistral()
with fake.serve() as url, Mistral("fake-key", server_url=url, retry_config=0) as mistral:
    for depth in [*range(900, 1040, 10), 100_000]:
        for code in (200, 503):
            for call in (mistral.models.list, lambda: asyncio.run(in_a_loop())):
                fake.trouble(status(code, opening * depth + b"1" + closing * depth))
                Circle()
                try:
                    call()
                except errors.MistralError as error:
                    assert error.status_code == code
                else:
                    assert code == 200
    assert len(mistral.models.list().data) == 13
print("right")
"""


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('{"data":[', "]}")])
def test_deeply_nested_answers_print_nothing_and_break_nothing(opening, closing):
    """Just below the limit of the interpreter, just above it and far beyond: a result, or an error of ours."""
    ended = program(DEEP, opening, closing)
    assert (ended.stdout, ended.stderr, ended.returncode) == ("right\n", "", 0)
