"""`vendor`: compare a document of the vendor with the one that the client was built from."""

import os
from datetime import date
from pathlib import Path
from typing import Final

from tools.generate import ROOT

from .accepted import read_accepted
from .ci_formats import as_github, as_json, as_sarif
from .compare import compare
from .documents import read
from .report import Report, create_report
from .rules import Severity
from .text_formats import as_markdown, as_text

CLIENT_DOCUMENT: Final = ROOT / "openapi.yaml"
ACCEPTED: Final = ROOT / "drift-accepted.yml"
FORMATS: Final = {
    "text": as_text, "markdown": as_markdown, "json": as_json, "github": as_github, "sarif": as_sarif,
}  # fmt: skip


def compare_with_client(
    other: str,
    *,
    base: str | None,
    accepted: str | None,
    all_operations: bool,
    fail_on: Severity | None,
    today: date,
) -> Report:
    """Compare a document of the vendor with the client's.

    Args:
        other: The path or URL of the vendor's document.
        base: The path or URL of the client's document; None for `openapi.yaml`.
        accepted: The file with the accepted differences; None for `drift-accepted.yml` if the base is `openapi.yaml`,
            and for no file if it is not.
        all_operations: Compare all operations, not only the client's.
        fail_on: The least severe difference that is a failure; None if none is.
        today: The date that decides whether an accepted difference has expired.
    """
    base_document = read(base or relative(CLIENT_DOCUMENT))
    is_client = Path(base_document.source).resolve() == CLIENT_DOCUMENT
    other_document = read(other)
    client = base_document if is_client or not CLIENT_DOCUMENT.exists() else read(relative(CLIENT_DOCUMENT))
    differences = compare(base_document, other_document, all_operations=all_operations, client=client)
    source = accepted or (relative(ACCEPTED) if is_client and ACCEPTED.exists() else None)
    return create_report(
        base_document,
        other_document,
        differences,
        accepted=read_accepted(read(source)) if source else None,
        today=today,
        fail_on=fail_on,
    )


def relative(path: Path) -> str:
    """Return a path relative to the current folder."""
    return os.path.relpath(path)
