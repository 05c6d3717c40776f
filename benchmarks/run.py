"""`make bench`: compare this package with plain httpx and the vendor's SDK, in one run.

In each round, the contenders run in a random order, each in a process of its own. So a change of the machine's speed,
or what the previous process left behind, does not always affect the same contender. Prints a table of ratios, and exits
with 1 if one of them misses its target.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mistral_models.testing import catalogue

from tools.generate import ROOT

from . import report
from .cases import GROWTH, PROGRAMS, SLOW_KINDS, TARGETS, Case
from .ratios import Measurements
from .tree import write_tree

FOLDER = Path(__file__).parent
CLEAN = Path(f"{sys.prefix}-bench")  # has only what users install
EXTRAS = {"speed": CLEAN / "speed", "program": CLEAN / "cli"}
"""Folders with the packages of an extra, by what needs it."""
VENDOR = Path(f"{sys.prefix}-vendor")
FIRST_LIST = {
    "ours": """from mistral_models import Mistral
with Mistral('key', server_url={url!r}, max_response_bytes=2**29) as mistral:
    print(len(mistral.models.list({model}).data))""",
    "baseline": """import httpx, json
with httpx.Client() as client:
    print(len(json.loads(client.get({url!r} + '/v1/models', params=dict({model})).content)['data']))""",
    "vendor": """from mistralai.client import Mistral
with Mistral(api_key='key', server_url={url!r}) as mistral:
    print(len(mistral.models.list({model}).data))""",
}
IMPORT = {
    "ours": "from mistral_models import Mistral; Mistral('key')",
    "baseline": "import httpx",
    "vendor": "from mistralai.client import Mistral; Mistral(api_key='key')",
}
# The peak of getrusage would include the process that started this one.
PEAK_MEMORY = "\nimport re; print(re.search(r'VmHWM:\\s*(\\d+) kB', open('/proc/self/status').read())[1])"
TIMED = "import time; start = time.perf_counter()\n{program}\nprint(time.perf_counter() - start)"
DISTRIBUTIONS = {"ours": "mistral-models", "vendor": "mistralai"}
COMPLETION = {"_MISTRAL_MODELS_COMPLETE": "zsh_complete", "COMP_CWORD": "4"}
FILE_SIZE = 10_000
"""Bytes in each file that `audit` reads."""


class Session:
    """What the cases of one run share: the server, and files that are written when a case first needs them."""

    def __init__(self, urls: str, folder: Path) -> None:
        self.plain, self.secure = urls.split()
        self.trusted = str(folder / "trusted.pem")
        self.names = folder / "names"
        self._folder = folder

    def cache(self) -> str:
        """Return a cache folder in which the command line has stored the ids of a list."""
        cache = str(self._folder / "cache")
        if not Path(cache).exists():
            arguments = ["-m", "mistral_models", "--server-url", self.plain, "list"]
            run_python("program", *arguments, XDG_CACHE_HOME=cache, MISTRAL_API_KEY="key")
        return cache

    def tree(self, files: int) -> Path:
        """Return a folder of source files."""
        tree = self._folder / f"tree-{files}"
        if not tree.exists():
            names = sorted({entry["id"] for entry in catalogue()})
            self.names.write_text("".join(f"{name}\n" for name in names))
            write_tree(tree, names, files, FILE_SIZE)
        return tree


@contextmanager
def open_session() -> Iterator[Session]:
    """Start the server in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.server", f"{folder}/trusted.pem"]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            try:
                yield Session(server.stdout.readline(), Path(folder))
            finally:
                server.kill()


def run_python(contender: str, *arguments: str, **variables: str) -> str:
    """Run Python in the environment of a contender, and return its output."""
    environment = {**os.environ, "NO_PROXY": "*", **variables}
    if contender in EXTRAS:
        environment["PYTHONPATH"] = str(EXTRAS[contender])
    command = [str((VENDOR if contender == "vendor" else CLEAN) / "bin" / "python"), *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def time_once(call: Callable[[], object]) -> float:
    """Time a call, in seconds."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def time_python(contender: str, *arguments: str, **variables: str) -> float:
    """Time a whole process, in seconds."""
    return time_once(lambda: run_python(contender, *arguments, **variables))


def time_program(case: Case, contender: str, session: Session) -> float:
    """Time `mistral-models`, or the program that is its baseline."""
    match case.kind, contender:
        case "audit", "baseline":
            command = ["git", "grep", "--count", "-F", "-w", "-f", str(session.names)]
            return time_once(
                lambda: subprocess.run(command, cwd=session.tree(case.size), check=True, capture_output=True)
            )
        case "audit", _:
            return time_python(
                "program", "-m", "mistral_models", "audit", "--offline", "--exit-zero", str(session.tree(case.size))
            )
        case "--demo list", "baseline":
            return time_python("baseline", "-c", "import httpx")  # an environment without rich, which it would import
        case _, "baseline":
            return time_python("program", "-c", "import click")
        case "completion", _:
            words = f"mistral-models --server-url {session.plain} show mistral-l"
            return time_python(
                "program", "-m", "mistral_models", XDG_CACHE_HOME=session.cache(), COMP_WORDS=words, **COMPLETION
            )
        case arguments, _:
            return time_python("program", "-m", "mistral_models", *arguments.split())


def measure(case: Case, contender: str, session: Session) -> float:
    """Measure one round of one contender, in seconds or bytes."""
    match case.kind:
        case "start":
            return time_python(contender, "-c", FIRST_LIST[contender].format(url=session.plain, model=""))
        case "import":
            return float(run_python(contender, "-c", TIMED.format(program=IMPORT[contender])).split()[-1])
        case "peak memory":
            program = FIRST_LIST[contender].format(url=session.plain, model=f"model='{case.size}'") + PEAK_MEMORY
            return 1024 * float(run_python(contender, "-c", program).split()[-1])
        case "installed size":
            return float(run_python(contender, str(FOLDER / "installed.py"), DISTRIBUTIONS[contender]))
        case kind if kind in PROGRAMS:
            return time_program(case, contender, session)
        case kind:  # measured in worker.py
            variables = {"SSL_CERT_FILE": session.trusted} if "TLS" in kind else {}
            url = session.secure if "TLS" in kind else session.plain
            worker = [str(FOLDER / "worker.py"), contender, kind, str(case.size), url, str(case.repetitions)]
            seconds: list[float] = json.loads(run_python(contender, *worker, **variables))
            return statistics.median(seconds)


def versions() -> dict[str, str]:
    """Return the versions of the packages that are measured."""
    program = "import importlib.metadata as m, json, sys; print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"
    found: dict[str, str] = json.loads(run_python("ours", "-c", program, "httpx", "attrs", "python-dateutil"))
    return {**found, **json.loads(run_python("vendor", "-c", program, "mistralai"))}


def measure_all(cases: Iterable[Case]) -> Measurements:
    """Measure the contenders in turn, and print the medians."""
    measured: Measurements = {}
    with open_session() as session:
        for case in cases:
            rounds: dict[str, list[float]] = {contender: [] for contender in case.contenders}
            for _ in range(case.rounds):
                for contender in random.sample(case.contenders, len(case.contenders)):
                    rounds[contender].append(measure(case, contender, session))
            measured[case.name] = rounds
            medians = (f"{name} {report.format_value(case, statistics.median(each))}" for name, each in rounds.items())
            print(f"{case.name:24}", *medians, sep="  ", flush=True)
    return measured


def main() -> int:
    """Measure, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few rounds of the cases with targets; writes nothing")
    parser.add_argument(
        "--only", metavar="TEXT", help="the cases with targets whose name contains the text; writes nothing"
    )
    options = parser.parse_args()
    cases = [case for case in TARGETS if (options.only or "") in case.name]
    if not cases:
        names = ", ".join(case.name for case in TARGETS)
        parser.error(f"no case has {options.only!r} in its name; the cases are {names}")
    if options.quick:
        cases = [case._replace(rounds=min(case.rounds, 1 if case.kind in SLOW_KINDS else 2)) for case in cases]
    measured = measure_all(cases)
    print(report.table(measured))
    if not options.quick and not options.only:
        from . import plots  # matplotlib takes long to import

        growth = measure_all(GROWTH)
        report.write(FOLDER, measured, growth, versions())
        plots.write(FOLDER, measured, growth)
    return int(not report.all_targets_met(measured))


if __name__ == "__main__":
    sys.exit(main())
