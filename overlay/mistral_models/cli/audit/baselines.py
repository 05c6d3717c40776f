"""Reading and writing the file of findings that are known."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import click

from .findings import Baseline, Finding, baseline_key
from .names import OK
from .writing import write_atomically

_VERSION: Final = 1


def read_baseline(file: Path) -> Baseline:
    """Read a baseline.

    Raises:
        UsageError: It does not exist, or is not a baseline. Going on without it would report known findings as new.
    """
    try:
        return Baseline(_counts(json.loads(file.read_text(encoding="utf-8"))))
    except FileNotFoundError:
        raise click.UsageError(f"the baseline {file} does not exist; create it with --write-baseline") from None
    except OSError as error:
        raise click.UsageError(f"the baseline {file}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise click.UsageError(f"{file} is not a baseline; replace it with --write-baseline") from None


def _counts(content: Any) -> dict[tuple[str, str, str], int]:  # noqa: ANN401 it can be any JSON
    if content["version"] != _VERSION:
        raise ValueError(content["version"])
    counts: dict[tuple[str, str, str], int] = {}
    for each in content["findings"]:
        key, number = (each["file"], each["name"], each["status"]), each["count"]
        if not all(isinstance(part, str) for part in key) or not isinstance(number, int) or number < 1:
            raise ValueError(key)
        counts[key] = number
    return counts


def write_baseline(file: Path, findings: list[Finding]) -> int:
    """Write the findings to a baseline, and return how many there are.

    Raises:
        OSError: The file cannot be written.
    """
    counts = Counter(baseline_key(each) for each in findings if each.status != OK)
    entries = [
        {"file": key[0], "name": key[1], "status": key[2], "count": number} for key, number in sorted(counts.items())
    ]
    text = json.dumps({"version": _VERSION, "findings": entries}, indent=2) + "\n"
    write_atomically(file, text.encode())
    return counts.total()
