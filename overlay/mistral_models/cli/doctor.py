"""`doctor`: what is wrong between here and the service, and what to do about it."""

import datetime as dt
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import click

from . import options
from .statuses import Status, status_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .findings import Finding
    from .measuring import Measured

_STEP: Final = 5.0
"""Seconds for connecting and for the handshake, unless --timeout says less."""
_ANSWER: Final = 20.0
"""Seconds for each answer, unless --timeout says something else."""


@click.command("doctor")
@options.as_json
@options.connection
@options.settings
def doctor_command(settings: options.Settings, as_json: bool) -> int:  # noqa: FBT001 click's way
    """Find out what is wrong, and what to do about it.

    It checks key, proxy, connection, TLS, latency, clock, and whether answers are as the document says.

    The key is never shown.
    """
    from .findings import findings

    measured = _measured(settings)
    found = list(findings(measured, dt.datetime.now(dt.UTC)))
    if as_json:
        from .formats import encoded

        click.echo(encoded([{**finding._asdict()} for finding in found]))
    else:
        _print(found)
    return _status(measured, found)


def _measured(settings: options.Settings) -> "Measured":
    from mistral_models import _settings as configuration

    from . import session
    from .measuring import measure

    try:
        url = session.EMBEDDED if settings.demo else configuration.server_url(settings.server_url)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    patience = None if settings.demo else min(settings.timeout or _STEP, _STEP)
    settings.timeout = settings.timeout or _ANSWER
    with ExitStack() as stack:
        try:
            mistral = stack.enter_context(session.connected(settings))
        except session.NoKeyError as error:
            return measure(url, error.format_message(), None, patience)
        return measure(url, None, mistral, patience)


def _status(measured: "Measured", found: "Sequence[Finding]") -> int:
    if measured.key_problem:
        return Status.AUTHENTICATION
    if measured.error is not None:
        return Status.AUTHENTICATION if status_of(measured.error) == Status.AUTHENTICATION else Status.SERVICE
    return Status.SERVICE if any(finding.level == "failure" for finding in found) else Status.DONE


def _print(found: "Sequence[Finding]") -> None:
    from rich.table import Table

    from .screen import screen, show, text

    marks = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failure": ("✗", "red"), "skipped": ("-", "dim")}
    lines = Table.grid(padding=(0, 2))
    lines.add_column(no_wrap=True)
    lines.add_column(no_wrap=True)
    lines.add_column(overflow="fold")
    for finding in found:
        mark, style = marks[finding.level] if screen().pictures else (finding.level, "")
        lines.add_row(text(mark, style), text(finding.check, "bold"), text(finding.found, "dim" * (mark == "-")))
        if finding.advice:
            lines.add_row(text(""), text(""), text(finding.advice, style))
    show(lines)
