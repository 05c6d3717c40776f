"""Decode the text of a list of 80 cards with our templates' code and with the stock templates' code, in one run.

Both packages are generated from the same `openapi.yaml` into a temporary folder. The rounds alternate, so that a change
of the machine's speed meets both; the ratio is that of the medians.
"""

import importlib
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mistral_models.testing import base_model, fine_tuned_model

from tools.generate import ROOT, generate

ROUNDS = 400


def cards(count: int) -> bytes:
    """Make the text of a list of realistic cards: most have all fields, one in five is fine-tuned."""
    chance = random.Random(80)  # noqa: S311 the same cards in each run
    names = list(base_model("")["capabilities"])
    models: list[dict[str, Any]] = []
    for number in range(count):
        name = f"mistral-{number}-2506"
        fields: dict[str, Any] = {
            "created": 1750000000 + number,
            "description": f"Official {name} model, with a sentence about what it is for.",
            "aliases": [f"mistral-{number}-latest", f"mistral-{number}"],
            "deprecation": "2027-03-31T12:00:00Z" if number % 4 == 0 else None,
            "default_model_temperature": 0.3,
        }
        able = [capability for capability in names if chance.random() < 0.3]
        models.append(fine_tuned_model(name, **fields) if number % 5 == 0 else base_model(name, *able, **fields))
    hidden = {"model_type", "workspace_id", "root_version"}
    data = [{key: value for key, value in model.items() if key not in hidden} for model in models]
    return json.dumps({"object": "list", "data": data}).encode()


def seconds(call: Callable[[], object]) -> float:
    """Time one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> int:
    """Print the medians and their ratios; the exit status says whether the ratio is at most a half."""
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
    median = {name: statistics.median(found) for name, found in times.items()}
    for name, value in median.items():
        spread = statistics.quantiles(times[name], n=10)
        print(f"{name:12} {value * 1e3:.3f} ms  (10 % to 90 %: {spread[0] * 1e3:.3f} to {spread[-1] * 1e3:.3f})")
    ratio = median["ours"] / median["stock"]
    print(f"ours/stock {ratio:.3f} (at most 0.5)   ours/json.loads {median['ours'] / median['json.loads']:.2f}")
    return int(ratio > 0.5)


if __name__ == "__main__":
    sys.exit(main())
