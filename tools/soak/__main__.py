"""Send random operations from threads and tasks to a service with faults; exit with 1 on leaks or wrong results."""

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

from .oracle import Action, InconsistencyError, differences, fine_tuned_states
from .samples import Sample, growth, table
from .worker import Worker

THREADS = 4
TASKS = 8
MODELS = 4
OWN_CLIENT_RATE = 0.02
"""How often a worker uses a client of its own, and closes it."""
OPTIONS: dict[str, Any] = {
    "api_key": "fake-key",
    "timeout_ms": 2000,
    "retry_config": RetryConfig(
        "backoff",
        BackoffStrategy(5, 100, 2, 2000),
        retry_connection_errors=True,
        max_retries=2,
        attempt_timeout_ms=400,  # silent connections are abandoned and closed
    ),
}


class Service(NamedTuple):
    """The fake service in a process of its own."""

    url: str
    process: "subprocess.Popen[str]"

    def create(self, model_id: str) -> None:
        """Create a fine-tuned model."""
        request = urllib.request.Request(self.url, model_id.encode(), method="PUT")  # noqa: S310 the URL is ours
        with urllib.request.urlopen(request) as response:  # noqa: S310 the URL is ours
            response.read()

    def stop(self) -> dict[str, Any]:
        """Stop it, and return its models and the numbers of requests and faults."""
        output, _ = self.process.communicate()
        state: dict[str, Any] = json.loads(output)
        return state


@contextmanager
def serve(fault_rate: float, seed: int) -> Generator[Service]:
    """Run the service in a process of its own until the block ends."""
    command = [sys.executable, "-m", "tools.soak.service", str(fault_rate), str(seed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Service(process.stdout.readline().strip(), process)
        finally:
            process.kill()


class Soak:
    """A run of all workers with one client.

    Args:
        service: The service to send requests to.
        seconds: The duration.
        seed: The seed of all random choices.
        leak: Keep every outcome, to check that growth is detected.
    """

    def __init__(self, service: Service, seconds: float, seed: int, *, leak: bool) -> None:
        self.mistral: Mistral = Mistral(server_url=service.url, **OPTIONS)
        self.workers: list[Worker] = [Worker(n, MODELS, self._rng(seed, n)) for n in range(THREADS + TASKS)]
        self.problems: list[str] = []
        self.samples: list[Sample] = []
        self._service = service
        self._seconds = seconds
        self._started = monotonic()
        self._client_rng = self._rng(seed, -1)
        self._leaked: list[object] | None = [] if leak else None
        self._operations = 0
        self._failures = 0
        self._lock = threading.Lock()

    @staticmethod
    def _rng(seed: int, number: int) -> random.Random:
        return random.Random(f"{seed}/{number}")  # noqa: S311 not for secrets

    async def run(self) -> None:
        """Run all workers until the time is over or a problem is found."""
        threads = [threading.Thread(target=self._thread_main, args=(worker,)) for worker in self.workers[:THREADS]]
        for thread in threads:
            thread.start()
        async with self.mistral:
            tasks = [asyncio.create_task(self._run_task(worker)) for worker in self.workers[THREADS:]]
            await self._take_samples()
            for error in await asyncio.gather(*tasks, return_exceptions=True):
                if error is not None:
                    self.problems.append(f"a call raised {error!r}")
            for thread in threads:
                await asyncio.to_thread(thread.join)

    async def _take_samples(self) -> None:
        interval = max(self._seconds / 120, 0.1)
        while self._is_running():
            await asyncio.sleep(interval)
            gc.collect()
            elapsed = monotonic() - self._started
            usage = resident_memory(), open_descriptors(), threading.active_count(), len(asyncio.all_tasks())
            self.samples.append(Sample(elapsed, self._operations, self._failures, *usage))

    def _is_running(self) -> bool:
        return not self.problems and monotonic() - self._started < self._seconds

    def _thread_main(self, worker: Worker) -> None:
        try:
            self._run_thread(worker)
        except Exception as error:  # noqa: BLE001 a call may raise anything if it has a bug
            self.problems.append(f"a call raised {error!r}")

    def _run_thread(self, worker: Worker) -> None:
        while self._is_running():
            for model_id in worker.replacements():
                self._service.create(model_id)
            with self._client() as mistral:
                for action, outcome in _outcomes(mistral, worker.plan()):
                    self._record(worker, action, outcome)

    async def _run_task(self, worker: Worker) -> None:
        while self._is_running():
            for model_id in worker.replacements():
                await asyncio.to_thread(self._service.create, model_id)
            async with self._client_async() as mistral:
                async for action, outcome in _outcomes_async(mistral, worker.plan()):
                    self._record(worker, action, outcome)

    @contextmanager
    def _client(self) -> Iterator[Mistral]:
        if self._client_rng.random() >= OWN_CLIENT_RATE:
            yield self.mistral
        else:
            with Mistral(server_url=self._service.url, **OPTIONS) as own:
                yield own

    @asynccontextmanager
    async def _client_async(self) -> AsyncIterator[Mistral]:
        if self._client_rng.random() >= OWN_CLIENT_RATE:
            yield self.mistral
        else:
            async with Mistral(server_url=self._service.url, **OPTIONS) as own:
                yield own

    def _record(self, worker: Worker, action: Action, outcome: object) -> None:
        with self._lock:
            self._operations += 1
            self._failures += isinstance(outcome, errors.MistralError)
            if self._leaked is not None:
                self._leaked.append(outcome)
        try:
            worker.record(action, outcome)
        except InconsistencyError as error:
            self.problems.append(str(error))


def _operation(action: Action) -> Operation[Any]:
    operation: Operation[Any] = getattr(operations, action.operation)(**action.arguments)
    return operation


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


def resident_memory() -> float:
    """Return the resident set size of this process in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def open_descriptors() -> int:
    """Return the number of open file descriptors of this process."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 faster than pathlib


def report(soak: Soak, service_state: dict[str, Any], out: TextIO) -> list[str]:
    """Print the samples and totals, and return the problems."""
    expected = {model_id: states for worker in soak.workers for model_id, states in worker.states.items()}
    actual = fine_tuned_states(model for model in service_state["models"] if ":soak:" in model["id"])
    problems = [*soak.problems, *growth(soak.samples), *differences(expected, actual)]
    if not soak.samples:
        return problems
    last = soak.samples[-1]
    print(table(soak.samples), file=out)
    print(
        f"\n{last.operations} operations in {last.seconds:.0f} s, {service_state['requests']} requests,"
        f" {service_state['faults']} faults, {last.failures} operations failed, {len(expected)} models compared",
        file=out,
    )
    return problems


def main() -> int:
    """Run the soak test, and print what is wrong.

    Returns:
        0 if nothing is wrong, else 1.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=1800, help="the duration (default: %(default)s)")
    parser.add_argument(
        "--faults", type=float, default=0.1, help="share of requests with a fault (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of all random choices (default: %(default)s)")
    parser.add_argument("--leak", action="store_true", help="keep every outcome, to check that growth is detected")
    arguments = parser.parse_args()
    if not (0 < arguments.seconds < math.inf and 0 <= arguments.faults <= 1):
        parser.error("--seconds must be a number above 0, --faults a number from 0 to 1")
    if not Path("/proc/self/statm").exists():
        parser.exit(2, "soak: it reads its memory usage from /proc, which only Linux has\n")
    with serve(arguments.faults, arguments.seed) as service:
        soak = Soak(service, arguments.seconds, arguments.seed, leak=arguments.leak)
        asyncio.run(soak.run())
        problems = report(soak, service.stop(), sys.stdout)
    for problem in problems:
        print(f"soak: {problem}", file=sys.stderr)
    if not problems:
        print("Nothing grew, and the models of the service are as the clients observed them.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
