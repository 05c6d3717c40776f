"""`vendor`: what the vendor's document says now against what the client was built from."""

import os
from datetime import date
from pathlib import Path
from typing import Final

from tools.generate import ROOT

from .accepted import ledger
from .compare import compare
from .documents import read
from .machines import as_github, as_json, as_junit, as_sarif
from .people import as_markdown, as_text
from .report import Report, report
from .rules import Severity

CLIENT: Final = ROOT / "openapi.yaml"
ACCEPTED: Final = ROOT / "drift-accepted.yml"
FORMATS: Final = {
    "text": as_text, "markdown": as_markdown,
    "json": as_json, "github": as_github, "sarif": as_sarif, "junit": as_junit,
}  # fmt: skip


def vendor(
    other: str,
    *,
    base: str | None,
    accepted: str | None,
    every: bool,
    level: Severity | None,
    today: date,
) -> Report:
    """Compare a document of the vendor with the client's.

    Args:
        other: A path or a URL.
        base: Likewise; `openapi.yaml` where None.
        accepted: The accepted differences; where None, `drift-accepted.yml`, but only for the base `openapi.yaml`.
        every: Look at all operations, not at the client's only.
        level: From which severity on a difference is a failure.
        today: The day on which an accepted difference may have expired.
    """
    ours = read(base or shown(CLIENT))
    is_client = Path(ours.source).resolve() == CLIENT
    theirs = read(other)
    client = ours if is_client or not CLIENT.exists() else read(shown(CLIENT))
    differences = compare(ours, theirs, every=every, client=client)
    source = accepted or (shown(ACCEPTED) if is_client and ACCEPTED.exists() else None)
    entries = ledger(read(source)) if source else None
    return report(ours, theirs, differences, ledger=entries, today=today, level=level)


def shown(path: Path) -> str:
    """A path as people write it in the current folder."""
    return os.path.relpath(path)
