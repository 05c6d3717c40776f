"""`make bench`: compare this package with plain httpx and the vendor's SDK, in one run.

The contenders alternate, each in a process of its own, so that a change of the machine's speed affects all of them.
Prints a table of ratios, and exits with 1 if one of them misses its target.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.generate import ROOT

from . import report
from .cases import GROWTH, SLOW_KINDS, TARGETS, Case
from .ratios import Measurements

FOLDER = Path(__file__).parent
CLEAN = Path(f"{sys.prefix}-bench")  # has only what users install
SPEED = CLEAN / "speed"
ENVIRONMENTS = {**dict.fromkeys(("ours", "httpx", "speed"), CLEAN), "vendor": Path(f"{sys.prefix}-vendor")}
FIRST_LIST = {
    "ours": """from mistral_models import Mistral
with Mistral('key', server_url={url!r}) as mistral:
    print(len(mistral.models.list({model}).data))""",
    "httpx": """import httpx, json
with httpx.Client() as client:
    print(len(json.loads(client.get({url!r} + '/v1/models', params=dict({model})).content)['data']))""",
    "vendor": """from mistralai.client import Mistral
with Mistral(api_key='key', server_url={url!r}) as mistral:
    print(len(mistral.models.list({model}).data))""",
}
IMPORT = {
    "ours": "from mistral_models import Mistral; Mistral('key')",
    "httpx": "import httpx",
    "vendor": "from mistralai.client import Mistral; Mistral(api_key='key')",
}
# The peak of getrusage would include the process that started this one.
PEAK_MEMORY = "\nimport re; print(re.search(r'VmHWM:\\s*(\\d+) kB', open('/proc/self/status').read())[1])"
TIMED = "import time; start = time.perf_counter()\n{program}\nprint(time.perf_counter() - start)"
DISTRIBUTIONS = {"ours": "mistral-models", "vendor": "mistralai"}


@contextmanager
def serving() -> Iterator[tuple[str, str, str]]:
    """Start the server; yields its HTTP and HTTPS URLs and the path of the certificates to trust."""
    with tempfile.TemporaryDirectory() as folder:
        trusted = Path(folder) / "trusted.pem"
        command = [sys.executable, "-m", "benchmarks.server", str(trusted)]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            plain, secure = server.stdout.readline().split()
            try:
                yield plain, secure, str(trusted)
            finally:
                server.kill()


def run_python(contender: str, *arguments: str, trusted: str = "") -> str:
    """Run Python in the environment of a contender, and return its output."""
    environment = {**os.environ, **({"SSL_CERT_FILE": trusted} if trusted else {}), "NO_PROXY": "*"}
    if contender == "speed":
        environment["PYTHONPATH"] = str(SPEED)
    command = [str(ENVIRONMENTS[contender] / "bin" / "python"), *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def measure(case: Case, contender: str, urls: tuple[str, str, str]) -> float:
    """Measure one round of one contender, in seconds or bytes."""
    plain, secure, trusted = urls
    match case.kind:
        case "start":
            program = FIRST_LIST[contender].format(url=plain, model="")
            start = time.perf_counter()
            run_python(contender, "-c", program)
            return time.perf_counter() - start
        case "import":
            return float(run_python(contender, "-c", TIMED.format(program=IMPORT[contender])).split()[-1])
        case "peak memory":
            program = FIRST_LIST[contender].format(url=plain, model=f"model='{case.size}'") + PEAK_MEMORY
            return 1024 * float(run_python(contender, "-c", program).split()[-1])
        case "installed size":
            return float(run_python(contender, str(FOLDER / "installed.py"), DISTRIBUTIONS[contender]))
        case kind:  # measured in worker.py
            url, trust = (secure, trusted) if "TLS" in kind else (plain, "")
            worker = [str(FOLDER / "worker.py"), contender, kind, str(case.size), url, str(case.repetitions)]
            seconds: list[float] = json.loads(run_python(contender, *worker, trusted=trust))
            return statistics.median(seconds)


def measure_all(cases: Iterable[Case]) -> Measurements:
    """Measure the contenders in turn, and print the medians."""
    measured: Measurements = {}
    with serving() as urls:
        for case in cases:
            rounds: dict[str, list[float]] = {contender: [] for contender in case.contenders}
            for _ in range(case.rounds):
                for contender in case.contenders:
                    rounds[contender].append(measure(case, contender, urls))
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
        report.write(FOLDER, measured, growth)
        plots.write(FOLDER, measured, growth)
    return int(not report.all_targets_met(measured))


if __name__ == "__main__":
    sys.exit(main())
