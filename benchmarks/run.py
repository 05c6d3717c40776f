"""`make bench`: this project against httpx by hand and the vendor's SDK, in one run.

Rounds of the contenders alternate, each in a process of its own, so that a change of the machine's speed meets all
of them. Prints a table of ratios; exits with 1 when one of them is not what was promised.
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
from .cases import GROWTH, LONG, PROMISED, Case

FOLDER = Path(__file__).parent
CLEAN = Path(f"{sys.prefix}-bench")  # nothing there that a user would not have
SPEED = CLEAN / "speed"
PYTHON = {**dict.fromkeys(("ours", "httpx", "speed"), CLEAN), "vendor": Path(f"{sys.prefix}-vendor")}
FIRST = {
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
# Not getrusage, whose peak is inherited from the process that started this one.
PEAK = "\nimport re; print(re.search(r'VmHWM:\\s*(\\d+) kB', open('/proc/self/status').read())[1])"
CLOCK = "import time; start = time.perf_counter()\n{program}\nprint(time.perf_counter() - start)"
PACKAGE = {"ours": "mistral-models", "vendor": "mistralai"}


@contextmanager
def serving() -> Iterator[tuple[str, str, str]]:
    """Start the server; yields its two URLs and the certificate to trust."""
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


def output(contender: str, *arguments: str, trusted: str = "") -> str:
    """Run something in the environment of a contender."""
    environment = {**os.environ, **({"SSL_CERT_FILE": trusted} if trusted else {}), "NO_PROXY": "*"}
    if contender == "speed":
        environment["PYTHONPATH"] = str(SPEED)
    command = [str(PYTHON[contender] / "bin" / "python"), *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def measure(case: Case, contender: str, urls: tuple[str, str, str]) -> float:
    """Take one round of one contender: seconds, or bytes."""
    plain, secure, trusted = urls
    match case.what:
        case "start":
            program = FIRST[contender].format(url=plain, model="")
            start = time.perf_counter()
            output(contender, "-c", program)
            return time.perf_counter() - start
        case "import":
            return float(output(contender, "-c", CLOCK.format(program=IMPORT[contender])).split()[-1])
        case "peak":
            program = FIRST[contender].format(url=plain, model=f"model='{case.number}'") + PEAK
            return 1024 * float(output(contender, "-c", program).split()[-1])
        case "size":
            return float(output(contender, str(FOLDER / "installed.py"), PACKAGE[contender]))
        case what:  # in worker.py
            url, trust = (secure, trusted) if "TLS" in what else (plain, "")
            worker = [str(FOLDER / "worker.py"), contender, what, str(case.number), url, str(case.times)]
            found: list[float] = json.loads(output(contender, *worker, trusted=trust))
            return statistics.median(found)


def alternate(cases: Iterable[Case]) -> report.Measured:
    """Measure, the contenders in turn."""
    measured: report.Measured = {}
    with serving() as urls:
        for case in cases:
            found: dict[str, list[float]] = {contender: [] for contender in case.contenders}
            for _ in range(case.rounds):
                for contender in case.contenders:
                    found[contender].append(measure(case, contender, urls))
            measured[case.name] = found
            shown = (f"{name} {report.shown(case, statistics.median(each))}" for name, each in found.items())
            print(f"{case.name:24}", *shown, sep="  ", flush=True)
    return measured


def main() -> int:
    """Measure, and write down what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few rounds of what is promised; writes nothing")
    parser.add_argument(
        "--only", metavar="WORDS", help="of what is promised, what has these words in its name; writes nothing"
    )
    options = parser.parse_args()
    chosen = [case for case in PROMISED if (options.only or "") in case.name]
    if not chosen:
        parser.error(f"no case has {options.only!r} in its name; there are {', '.join(case.name for case in PROMISED)}")
    if options.quick:
        chosen = [case._replace(rounds=min(case.rounds, 1 if case.what in LONG else 2)) for case in chosen]
    measured = alternate(chosen)
    print(report.table(measured))
    if not options.quick and not options.only:
        report.write(FOLDER, measured, alternate(GROWTH))
    return int(not report.holds(measured))


if __name__ == "__main__":
    sys.exit(main())
