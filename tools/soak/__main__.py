"""Run the soak: threads and tasks against the fake service in trouble; exit 1 if anything grows or differs."""

import argparse
import asyncio
import gc
import json
import math
import os
import random
import subprocess
import sys
import threading
import urllib.request
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, TextIO

from mistral_models import Mistral, errors, operations
from mistral_models.operations import Operation
from mistral_models.utils import BackoffStrategy, RetryConfig

from .beliefs import Action, Contradiction, differences, states
from .samples import Sample, growth, table
from .worker import Worker

THREADS = 4
TASKS = 8
MODELS = 4
OWN_CLIENT = 0.02
"""How often a worker uses a client of its own and closes it."""
OPTIONS: dict[str, Any] = {
    "api_key": "fake-key",
    "timeout_ms": 2000,
    "retry_config": RetryConfig(
        "backoff", BackoffStrategy(5, 100, 2, 2000), retry_connection_errors=True, max_retries=2
    ),
}


class Service(NamedTuple):
    """The fake service in its process."""

    url: str
    process: "subprocess.Popen[str]"

    def make(self, model_id: str) -> None:
        """Make a fine-tuned model."""
        request = urllib.request.Request(self.url, model_id.encode(), method="PUT")  # noqa: S310 of our own making
        with urllib.request.urlopen(request) as answer:  # noqa: S310 the same
            answer.read()

    def end(self) -> dict[str, Any]:
        """End it, and hear what it holds."""
        said, _ = self.process.communicate()
        found: dict[str, Any] = json.loads(said)
        return found


@contextmanager
def served(share: float, seed: int) -> Generator[Service]:
    """Run the service in a process until the block ends."""
    command = [sys.executable, "-m", "tools.soak.service", str(share), str(seed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Service(process.stdout.readline().strip(), process)
        finally:
            process.kill()


class Soak:
    """What the workers share.

    Args:
        service: Where to send.
        seconds: For how long.
        seed: What chance starts from.
        leak: Keep every outcome, to see that it is noticed.
    """

    def __init__(self, service: Service, seconds: float, seed: int, *, leak: bool) -> None:
        self.mistral: Mistral = Mistral(server_url=service.url, **OPTIONS)
        self.workers: list[Worker] = [Worker(n, MODELS, self._chance(seed, n)) for n in range(THREADS + TASKS)]
        self.problems: list[str] = []
        self.samples: list[Sample] = []
        self._service = service
        self._seconds = seconds
        self._started = monotonic()
        self._own = self._chance(seed, -1)
        self._kept: list[object] | None = [] if leak else None
        self._operations = 0
        self._failures = 0
        self._lock = threading.Lock()

    @staticmethod
    def _chance(seed: int, number: int) -> random.Random:
        return random.Random(f"{seed}/{number}")  # noqa: S311 not for secrets

    async def run(self) -> None:
        """Let all work until the time is up."""
        threads = [threading.Thread(target=self._guarded, args=(worker,)) for worker in self.workers[:THREADS]]
        for thread in threads:
            thread.start()
        async with self.mistral:
            tasks = [asyncio.create_task(self._task(worker)) for worker in self.workers[THREADS:]]
            await self._sample()
            for ended in await asyncio.gather(*tasks, return_exceptions=True):
                if ended is not None:
                    self.problems.append(f"a call raised {ended!r}")
            for thread in threads:
                await asyncio.to_thread(thread.join)

    async def _sample(self) -> None:
        every = max(self._seconds / 120, 0.1)
        while self._goes_on():
            await asyncio.sleep(every)
            gc.collect()
            passed = monotonic() - self._started
            held = resident(), descriptors(), threading.active_count(), len(asyncio.all_tasks())
            self.samples.append(Sample(passed, self._operations, self._failures, *held))

    def _goes_on(self) -> bool:
        return not self.problems and monotonic() - self._started < self._seconds

    def _guarded(self, worker: Worker) -> None:
        try:
            self._thread(worker)
        except Exception as error:  # noqa: BLE001 whatever a call raises that it should not
            self.problems.append(f"a call raised {error!r}")

    def _thread(self, worker: Worker) -> None:
        while self._goes_on():
            for model_id in worker.wanted():
                self._service.make(model_id)
            with self._client() as mistral:
                for action, outcome in _outcomes(mistral, worker.plan()):
                    self._take(worker, action, outcome)

    async def _task(self, worker: Worker) -> None:
        while self._goes_on():
            for model_id in worker.wanted():
                await asyncio.to_thread(self._service.make, model_id)
            async with self._client_async() as mistral:
                async for action, outcome in _outcomes_async(mistral, worker.plan()):
                    self._take(worker, action, outcome)

    @contextmanager
    def _client(self) -> Iterator[Mistral]:
        if self._own.random() >= OWN_CLIENT:
            yield self.mistral
        else:
            with Mistral(server_url=self._service.url, **OPTIONS) as own:
                yield own

    @asynccontextmanager
    async def _client_async(self) -> AsyncIterator[Mistral]:
        if self._own.random() >= OWN_CLIENT:
            yield self.mistral
        else:
            async with Mistral(server_url=self._service.url, **OPTIONS) as own:
                yield own

    def _take(self, worker: Worker, action: Action, outcome: object) -> None:
        with self._lock:
            self._operations += 1
            self._failures += isinstance(outcome, errors.MistralError)
            if self._kept is not None:
                self._kept.append(outcome)
        try:
            worker.take(action, outcome)
        except Contradiction as contradiction:
            self.problems.append(str(contradiction))


def _operation(action: Action) -> Operation[Any]:
    made: Operation[Any] = getattr(operations, action.operation)(**action.arguments)
    return made


def _outcomes(mistral: Mistral, plan: list[Action]) -> Iterator[tuple[Action, object]]:
    if len(plan) > 1:
        by_id = {action.model_id: action for action in plan}
        for operation, outcome in mistral.send_all(map(_operation, plan), concurrency=3):
            yield by_id[operation.model_id], outcome if isinstance(outcome, errors.MistralError) else outcome.parsed
        return
    for action in plan:
        try:
            outcome = getattr(mistral.models, action.operation)(**action.arguments)
        except errors.MistralError as error:
            outcome = error
        yield action, outcome


async def _outcomes_async(mistral: Mistral, plan: list[Action]) -> AsyncIterator[tuple[Action, object]]:
    if len(plan) > 1:
        by_id = {action.model_id: action for action in plan}
        async for operation, outcome in mistral.send_all_async(map(_operation, plan), concurrency=3):
            yield by_id[operation.model_id], outcome if isinstance(outcome, errors.MistralError) else outcome.parsed
        return
    for action in plan:
        try:
            outcome = await getattr(mistral.models, f"{action.operation}_async")(**action.arguments)
        except errors.MistralError as error:
            outcome = error
        yield action, outcome


def resident() -> float:
    """Read how much memory this process has, in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def descriptors() -> int:
    """Count the open file descriptors of this process."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 it is faster


def report(soak: Soak, held: dict[str, Any], out: TextIO) -> list[str]:
    """Print the samples and what was done; return what is wrong."""
    told = {model_id: belief for worker in soak.workers for model_id, belief in worker.beliefs.items()}
    wrong = [*soak.problems, *growth(soak.samples)]
    wrong += differences(told, states(model for model in held["models"] if ":soak:" in model["id"]))
    if not soak.samples:
        return wrong
    last = soak.samples[-1]
    print(table(soak.samples), file=out)
    print(
        f"\n{last.operations} operations in {last.seconds:.0f} s, {held['requests']} requests, {held['faults']} faults,"
        f" {last.failures} operations failed, {len(told)} models compared",
        file=out,
    )
    return wrong


def main() -> int:
    """Run, and say what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tools.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=1800, help="how long (default: %(default)s)")
    parser.add_argument("--faults", type=float, default=0.1, help="share of requests in trouble (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="what chance starts from (default: %(default)s)")
    parser.add_argument("--leak", action="store_true", help="keep every outcome, to see that it is noticed")
    arguments = parser.parse_args()
    if not (0 < arguments.seconds < math.inf and 0 <= arguments.faults <= 1):
        parser.error("--seconds must be a number above 0, --faults one from 0 to 1")
    if not Path("/proc/self/statm").exists():
        parser.exit(2, "soak: needs /proc, as Linux has it\n")
    with served(arguments.faults, arguments.seed) as service:
        soak = Soak(service, arguments.seconds, arguments.seed, leak=arguments.leak)
        asyncio.run(soak.run())
        wrong = report(soak, service.end(), sys.stdout)
    for sentence in wrong:
        print(f"soak: {sentence}", file=sys.stderr)
    if not wrong:
        print("Nothing grew, and the service holds what the clients were told.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
