"""`make bench`: this project against httpx by hand and the vendor's SDK, in one run.

Rounds of the contenders alternate, each in a process of its own, so that a change of the machine's speed meets all
of them. A ratio is the median of the ratios of the rounds; its spread, their quartiles. Writes results.json and
results.md.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pyperf

from tools.generate import ROOT

FOLDER = Path(__file__).parent
PYTHON = {
    "ours": Path(f"{sys.prefix}-bench") / "bin" / "python",  # nothing there that a user would not have
    "httpx": Path(f"{sys.prefix}-bench") / "bin" / "python",
    "vendor": Path(f"{sys.prefix}-vendor") / "bin" / "python",
}
FIRST = {
    "ours": """from mistral_models import Mistral
with Mistral('key', server_url={url!r}) as mistral:
    print(len(mistral.models.list().data))""",
    "httpx": """import httpx, json
with httpx.Client() as client:
    print(len(json.loads(client.get({url!r} + '/v1/models').content)['data']))""",
    "vendor": """from mistralai.client import Mistral
with Mistral(api_key='key', server_url={url!r}) as mistral:
    print(len(mistral.models.list().data))""",
}
IMPORT = {
    "ours": "from mistral_models import Mistral; Mistral('key')",
    "httpx": "import httpx",
    "vendor": "from mistralai.client import Mistral; Mistral(api_key='key')",
}
PEAK = "\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
CLOCK = "import time; start = time.perf_counter()\n{program}\nprint(time.perf_counter() - start)"


class Target(NamedTuple):
    """What a row of the issue promises."""

    case: str
    most: float | None
    """Times httpx by hand."""
    least: float | None
    """Times faster (or smaller) than the vendor's SDK."""


TARGETS = (
    Target("start to first list", 1.25, 3),
    Target("import and construct", 0.5, 10),
    Target("again over TLS", 0.3, 10),
    Target("list of 80", 1.35, 2.5),
    Target("list of 1000", 1.6, 2.5),
    Target("retrieve", 1.15, 2),
    Target("50 in flight", 1 / 0.9, 2),
    Target("bulk in threads", 1 / 0.9, None),
    Target("bulk in tasks", 1 / 0.9, None),
    Target("peak memory", 1.3, 1 / 0.6),
    Target("installed size", None, 4),
)
ROUNDS = {"list of 1000": 15, "50 in flight": 1, "bulk in threads": 1, "bulk in tasks": 1, "again over TLS": 10}


@contextmanager
def serving() -> Iterator[tuple[str, str, str]]:
    """Start the server; yields its two URLs and the certificate to trust."""
    command = [sys.executable, "-m", "benchmarks.server"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        plain, secure, trusted = server.stdout.readline().split()
        try:
            yield plain, secure, trusted
        finally:
            server.kill()


def output(contender: str, *arguments: str, trusted: str = "") -> str:
    """Run something in the environment of a contender."""
    environment = {**os.environ, **({"SSL_CERT_FILE": trusted} if trusted else {}), "NO_PROXY": "*"}
    command = [str(PYTHON[contender]), *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def measure(case: str, contender: str, urls: tuple[str, str, str]) -> list[float]:
    """Take one round of one contender: seconds, or kilobytes."""
    plain, secure, trusted = urls
    match case:
        case "start to first list":
            return [whole(contender, FIRST[contender].format(url=plain))]
        case "import and construct":
            return [float(output(contender, "-c", CLOCK.format(program=IMPORT[contender])).split()[-1])]
        case "peak memory":
            program = FIRST[contender].format(url=plain).replace(".list()", ".list(model='1000')")
            program = program.replace("'/v1/models'", "'/v1/models?model=1000'")
            return [float(output(contender, "-c", program + PEAK).split()[-1])]
        case "again over TLS":
            worker = [str(FOLDER / "worker.py"), contender, case, secure, "10"]
            return list(json.loads(output(contender, *worker, trusted=trusted)))
        case _:
            worker = [str(FOLDER / "worker.py"), contender, case, plain, str(ROUNDS.get(case, 200))]
            return list(json.loads(output(contender, *worker)))


def whole(contender: str, program: str) -> float:
    """Time a process from its start to its end."""
    start = pyperf.perf_counter()
    output(contender, "-c", program)
    return float(pyperf.perf_counter() - start)


def size(contender: str) -> float:
    """Add up what is installed for a contender, in bytes; ours, and what it depends on."""
    names = {"ours": "mistral-models", "vendor": "mistralai"}
    return float(output(contender, str(FOLDER / "installed.py"), names[contender]))


def alternate(case: str, urls: tuple[str, str, str], rounds: int) -> dict[str, list[float]]:
    """Measure a case, the contenders in turn."""
    contenders = ["ours", "httpx", "vendor"]
    if case.startswith("bulk"):
        contenders.remove("vendor")  # it has nothing of the kind
    found: dict[str, list[float]] = {contender: [] for contender in contenders}
    for _ in range(rounds):
        for contender in contenders:
            found[contender].append(statistics.median(measure(case, contender, urls)))
    return found


def ratios(found: dict[str, list[float]], other: str) -> list[float]:
    """Ours by theirs, round by round."""
    return [mine / theirs for mine, theirs in zip(found["ours"], found[other], strict=True)]


def rows(measured: dict[str, dict[str, list[float]]]) -> Iterator[list[str]]:
    """Make the rows of the table."""
    for target in TARGETS:
        found = measured.get(target.case)
        if not found:
            continue
        cells = [target.case]
        cells += [shown(target.case, statistics.median(found[name])) if name in found else "" for name in PYTHON]
        for other, limit, turned in (("httpx", target.most, False), ("vendor", target.least, True)):
            if other not in found or limit is None:
                cells += ["", ""]
                continue
            each = sorted(1 / ratio if turned else ratio for ratio in ratios(found, other))
            middle, low, high = statistics.median(each), each[len(each) // 4], each[-1 - len(each) // 4]
            holds = middle >= limit if turned else middle <= limit
            cells += [
                f"{middle:.2f} ({low:.2f} to {high:.2f})",
                f"{'≥' if turned else '≤'} {limit:.2f} {'✓' if holds else '✗'}",
            ]
        yield cells


def shown(case: str, value: float) -> str:
    """Write a number with its unit."""
    if case == "peak memory":
        return f"{value / 1024:.1f} MiB"
    return f"{value / 1e6:.1f} MB" if case == "installed size" else f"{value * 1e3:.3f} ms"


def main() -> int:
    """Measure, and write down what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds; writes nothing")
    quick = parser.parse_args().quick
    measured: dict[str, dict[str, list[float]]] = {}
    with serving() as urls:
        for target in TARGETS[:-1]:
            measured[target.case] = alternate(target.case, urls, 3 if quick else 15)
            print(
                target.case,
                {name: shown(target.case, statistics.median(v)) for name, v in measured[target.case].items()},
            )
    measured["installed size"] = {name: [size(name)] for name in ("ours", "vendor")}
    table = [["", *PYTHON, "ours / httpx", "target", "vendor / ours", "target"], ["---"] * 8, *rows(measured)]
    text = "\n".join(f"| {' | '.join(row)} |" for row in table)
    print(text)
    if not quick:
        write(measured, text)
    return int("✗" in text)


def write(measured: dict[str, dict[str, list[float]]], table: str) -> None:
    """Write results.json (for pyperf, with machine and versions) and results.md."""
    # pyperf's own collection would name this machine and its folders.
    metadata: dict[str, Any] = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }
    where = ", ".join(f"{name} {value}" for name, value in metadata.items())

    def benchmark(name: str, values: list[float]) -> pyperf.Benchmark:
        named = {"name": name, **metadata}
        return pyperf.Benchmark([pyperf.Run([value], metadata=named, collect_metadata=False) for value in values])

    suite = pyperf.BenchmarkSuite(
        [benchmark(f"{case}: {name}", v) for case, found in measured.items() for name, v in found.items()]
    )
    suite.dump(str(FOLDER / "results.json"), replace=True)
    (FOLDER / "results.md").write_text(f"# Measured\n\nMedians of alternating rounds, one run; {where}.\n\n{table}\n")


if __name__ == "__main__":
    sys.exit(main())
