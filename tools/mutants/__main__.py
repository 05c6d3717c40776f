"""Change the core in many small ways, one at a time, and report the changes (mutants) that no test notices."""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from tools.generate import ROOT

from .mutations import Mutation, mutations
from .selection import collect, listed, measure

CORE = "overlay/mistral_models"
ACCEPTED = Path(__file__).with_name("accepted.json")
FAST = ["-m", "not slow", "tests/overlay", "tests/testing"]
SLOW = ["-m", "slow", "tests/overlay", "tests/testing", "tests/state"]
ENOUGH_FAST, ENOUGH = 0.88, 0.93
"""The rates of noticed mutants to reach, with the fast tests and with all."""
TIMEOUT = 240
"""Seconds after which a mutant counts as noticed: it probably has an endless loop."""


class Mutant(NamedTuple):
    """A mutation of a file."""

    file: str
    mutation: Mutation

    def __str__(self) -> str:
        return f"{self.file}:{self.mutation.line}: {self.mutation.description}"


def all_mutants() -> list[Mutant]:
    """Return every mutant of the core."""
    files = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / CORE).glob("*.py"))
    return [Mutant(file, mutation) for file in files for mutation in mutations((ROOT / file).read_text("utf-8"))]


def copy_project(folder: Path) -> Path:
    """Copy the files of the project, without environments and caches."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def environment_of(tree: Path) -> dict[str, str]:
    """Return the environment in which Python imports the packages of a copy."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(tree / "overlay"), str(tree / "generated")])}


def is_noticed(mutant: Mutant, tree: Path, tests: Iterable[str]) -> bool:
    """Apply a mutant to a copy, and return whether one of the tests fails."""
    path = tree / mutant.file
    original = path.read_text("utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", listed(tests, tree)]
    path.write_text(mutant.mutation.source, "utf-8")
    try:
        result = subprocess.run(
            command, cwd=tree, env=environment_of(tree), capture_output=True, check=False, timeout=TIMEOUT
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(original, "utf-8")
    return result.returncode != 0


def run(mutants: Sequence[Mutant], trees: Sequence[Path], arguments: Sequence[str]) -> list[Mutant]:
    """Return the mutants that none of these tests notices."""
    environment = environment_of(trees[0])
    tests = collect(trees[0], environment, arguments)
    coverage = measure(trees[0], environment, tests)
    free: SimpleQueue[Path] = SimpleQueue()
    for tree in trees:
        free.put(tree)

    def survives(mutant: Mutant) -> bool:
        selected = dict.fromkeys(coverage.get(mutant.file, {}).get(mutant.mutation.line, []))
        # The others have the last word: some run other processes, and some use what an earlier test has cached.
        others = [test for test in tests if test not in selected]
        tree = free.get()
        try:
            noticed = any(is_noticed(mutant, tree, part) for part in (selected, others) if part)
        finally:
            free.put(tree)
        print("." if noticed else f"\nnot noticed: {mutant}\n", end="", flush=True)
        return not noticed

    with ThreadPoolExecutor(len(trees)) as threads:
        return [mutant for mutant, survived in zip(mutants, threads.map(survives, mutants), strict=True) if survived]


def report(tests: str, total: int, survivors: Sequence[Mutant]) -> float:
    """Print how many mutants some tests notice, and which they do not; return the rate."""
    rate = 1 - len(survivors) / total
    print(f"\nnoticed by {tests}: {total - len(survivors)} of {total}, {rate:.1%}")
    for mutant in survivors:
        print(f"  {mutant}")
    return rate


def main() -> int:
    """Run a sample of mutants.

    Returns:
        The exit code: 0 if the tests notice enough of them.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument(
        "--count", type=int, default=265, help="how many mutants, chosen at random; 0 for all (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=1, help="chooses another sample (default: %(default)s)")
    parser.add_argument("--file", default="", help="change only files whose name contains this")
    parser.add_argument("--fast", action="store_true", help="run only the fast tests")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="how many to test at a time (default: %(default)s)"
    )
    options = parser.parse_args()
    accepted = json.loads(ACCEPTED.read_text("utf-8"))
    mutants = [mutant for mutant in all_mutants() if options.file in mutant.file]
    mutants = [mutant for mutant in mutants if mutant.mutation.description not in accepted.get(mutant.file, {})]
    if not mutants:
        parser.error(f"no file of the core has {options.file!r} in its name")
    if options.count and options.count < len(mutants):
        mutants = random.Random(options.seed).sample(mutants, options.count)  # noqa: S311 no secret
    with tempfile.TemporaryDirectory() as folder:
        trees = [copy_project(Path(folder) / str(number)) for number in range(options.jobs)]
        print(f"{len(mutants)} mutants, fast tests")
        survivors = run(mutants, trees, FAST)
        rate = report("the fast tests", len(mutants), survivors)
        is_enough = rate >= ENOUGH_FAST
        if survivors and not options.fast:
            print(f"{len(survivors)} mutants, slow tests")
            survivors = run(survivors, trees, SLOW)
            rate = report("fast or slow tests", len(mutants), survivors)
            is_enough = is_enough and rate >= ENOUGH
    return int(not is_enough)


if __name__ == "__main__":
    sys.exit(main())
