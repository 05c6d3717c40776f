"""Answers nested so deep that the interpreter gives up."""

import pytest

from .probes import program

DEEP = """
import asyncio, os, sys
from mistral_models import Mistral, errors, utils
from mistral_models.testing import FakeMistral, status

class Circle:
    def __init__(self):
        self.me = self
    def __del__(self):
        sum(range(3))

async def in_a_loop():
    async with mistral:
        return await mistral.models.list_async()

before, opening, closing, after = (argument.encode() for argument in sys.argv[1:])
recorder = utils.Recorder(os.devnull)
fake = FakeMistral()
with fake.serve() as url, Mistral("fake-key", server_url=url, retry_config=0, on_response=recorder) as mistral:
    for depth in [*range(930, 1010, 2), 100_000]:
        for code in (200, 422):
            for call in (mistral.models.list, lambda: asyncio.run(in_a_loop())):
                fake.inject(status(code, before + opening * depth + b"1" + closing * depth + after))
                Circle()
                try:
                    call()
                except errors.MistralError as error:
                    assert error.status_code == code
                    assert code == 200 or error.data.detail is None or error.data.detail
                else:
                    assert code == 200
    assert mistral.models.list().data
print("right")
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
def test_deeply_nested_answers_print_nothing_and_break_nothing(parts):
    """Just below the limit of the interpreter, just above it and far beyond: a result, or an error of ours."""
    ended = program(DEEP, *parts)
    assert (ended.stdout, ended.stderr, ended.returncode) == ("right\n", "", 0)
