"""Lists of models as the service sends them: the entries of 2026-10-08, repeated under other names."""

import json
from typing import Any

from mistral_models.testing import catalogue


def cards(count: int) -> bytes:
    """Return the JSON of a list of that many entries, the same in each run; the first 46 are those of 2026-10-08."""
    entries = [entry for entry in catalogue() if entry["type"] == "base"]
    data = [_numbered(entries[number % len(entries)], number // len(entries)) for number in range(count)]
    return json.dumps({"object": "list", "data": data}).encode()


def _numbered(entry: dict[str, Any], number: int) -> dict[str, Any]:
    """Return an entry, created at a fixed time, with a number after its names unless it is 0."""
    suffix = f"-{number}" if number else ""
    return {
        **entry,
        "created": 1791465826,
        "id": f"{entry['id']}{suffix}",
        "name": f"{entry['name']}{suffix}",
        "aliases": [f"{alias}{suffix}" for alias in entry["aliases"]],
    }
