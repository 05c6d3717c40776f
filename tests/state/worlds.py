"""Runs the same calls as sync calls, in asyncio, in uvloop and in trio."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from types import ModuleType
from typing import Any

import pytest
from mistral_models import Mistral

Step = tuple[str, dict[str, Any]] | Callable[[], object]
"""The name of a method of `mistral.models` with its arguments, or a function to call in between."""

WORLDS = ["sync", "asyncio", "uvloop", "trio"]


def run(world: str, main: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run an async function in a world that is not sync."""
    if world == "asyncio":
        return asyncio.run(main())
    library: ModuleType = pytest.importorskip(world)
    return library.run(main) if world == "trio" else library.run(main())


def run_steps(world: str, mistral: Mistral, *steps: Step) -> list[Any]:
    """Take the steps one after another, close the client, and return the results or errors of its calls."""
    outcomes: list[Any] = []

    def sync_main() -> None:
        with mistral:
            for method, arguments in calls(""):
                try:
                    outcomes.append(method(**arguments))
                except Exception as error:  # noqa: BLE001 it is an outcome
                    outcomes.append(error)

    async def main() -> None:
        async with mistral:
            for method, arguments in calls("_async"):
                try:
                    outcomes.append(await method(**arguments))
                except Exception as error:  # noqa: BLE001 it is an outcome
                    outcomes.append(error)

    def calls(suffix: str) -> Iterator[tuple[Callable[..., Any], dict[str, Any]]]:
        for step in steps:
            if callable(step):
                step()
            else:
                name, arguments = step
                yield getattr(mistral.models, name + suffix), arguments

    if world == "sync":
        sync_main()
    else:
        run(world, main)
    return outcomes
