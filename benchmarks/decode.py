"""Compare decoding a list of 80 models by the code of our templates and by that of the stock templates.

Both packages are generated from `openapi.yaml` into a temporary folder. Measurements alternate, so that a change of the
machine's speed affects both, and the medians are compared.
"""

import importlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tools.generate import ROOT, generate

from .cards import cards

ROUNDS = 400


def seconds(call: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> int:
    """Print the medians and their ratios.

    Returns:
        The exit code: 0 if our code takes at most half the time.
    """
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, folder)
        generate(Path(folder) / "ours_raw")
        command = [
            "--path",
            str(ROOT / "openapi.yaml"),
            "--meta",
            "none",
            "--output-path",
            str(Path(folder) / "stock_raw"),
        ]
        generator = Path(sys.executable).parent / "openapi-python-client"
        subprocess.run([generator, "generate", *command], check=True, capture_output=True)
        ours, stock = (
            importlib.import_module(f"{name}.models").ModelList.from_dict for name in ("ours_raw", "stock_raw")
        )
    text = cards(80)
    assert len(ours(json.loads(text)).data) == len(stock(json.loads(text)).data) == 80
    contenders: dict[str, Callable[[], object]] = {
        "json.loads": lambda: json.loads(text),
        "ours": lambda: ours(json.loads(text)),
        "stock": lambda: stock(json.loads(text)),
    }
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, call in contenders.items():
            times[name].append(seconds(call))
    median = {name: statistics.median(measured) for name, measured in times.items()}
    for name, value in median.items():
        spread = statistics.quantiles(times[name], n=10)
        print(f"{name:12} {value * 1e3:.3f} ms  (10 % to 90 %: {spread[0] * 1e3:.3f} to {spread[-1] * 1e3:.3f})")
    ratio = median["ours"] / median["stock"]
    print(f"ours/stock {ratio:.3f} (at most 0.5)   ours/json.loads {median['ours'] / median['json.loads']:.2f}")
    return int(ratio > 0.5)


if __name__ == "__main__":
    sys.exit(main())
