"""`python -m benchmarks.http_libraries`: compare this package on httpx with this package on httpx2.

The second is a copy in which every `httpx` and `httpcore` is renamed to `httpx2` and `httpcore2`. Both are measured in
turn, in processes of their own, so that a busy machine slows both.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from mistral_models.testing import FakeMistral

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 15
CASES = {
    "start-up and one call": """
with mistral:
    mistral.models.retrieve(model_id="codestral-latest")
print(time.perf_counter() - before)
""",
    "`retrieve`": """
with mistral:
    print(min(seconds(lambda: mistral.models.retrieve(model_id="codestral-latest")) for _ in range(300)))
""",
    "50 in flight, each": """
import asyncio

async def main():
    async with mistral:
        waiting = asyncio.Semaphore(50)

        async def call():
            async with waiting:
                await mistral.models.retrieve_async(model_id="codestral-latest")

        async def calls(number):
            await asyncio.gather(*(call() for _ in range(number)))

        await calls(100)
        before = time.perf_counter()
        await calls(500)
        return (time.perf_counter() - before) / 500

print(asyncio.run(main()))
""",
}
PROGRAM = """
import time
before = time.perf_counter()
from mistral_models import Mistral

def seconds(call):
    before = time.perf_counter()
    call()
    return time.perf_counter() - before

mistral = Mistral({key!r}, server_url={url!r})
"""


def renamed(text: str) -> str:
    """Return a program with the names of the other packages."""
    return re.sub(r"\b(httpx|httpcore)\b", r"\g<1>2", text)


def copy(folder: Path) -> Path:
    """Copy both packages into a folder, on httpx2."""
    for package in ("overlay/mistral_models", "generated/mistral_models_raw"):
        target = folder / Path(package).name
        shutil.copytree(ROOT / package, target, ignore=shutil.ignore_patterns("__pycache__"))
        for file in target.rglob("*.py"):
            file.write_text(renamed(file.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def measure(program: str, path: str) -> float:
    """Run a program that prints seconds."""
    environment = {**os.environ, "PYTHONPATH": path, "NO_PROXY": "*"}
    result = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    return float(result.stdout)


def main() -> None:
    """Print the medians in milliseconds, and their ratio."""
    fake = FakeMistral()
    with tempfile.TemporaryDirectory() as folder, fake.serve() as url:
        paths = {
            "httpx": os.pathsep.join([str(ROOT / "overlay"), str(ROOT / "generated")]),
            "httpx2": str(copy(Path(folder))),
        }
        for name, case in CASES.items():
            program = PROGRAM.format(key=fake.api_key, url=url) + case
            rounds = [{library: measure(program, path) for library, path in paths.items()} for _ in range(ROUNDS)]
            medians = {library: statistics.median(each[library] for each in rounds) for library in paths}
            ratio = statistics.median(each["httpx2"] / each["httpx"] for each in rounds)
            print(f"{name}: {', '.join(f'{k} {v * 1000:.2f} ms' for k, v in medians.items())}, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
