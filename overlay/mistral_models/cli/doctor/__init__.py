"""`doctor`: find problems with the connection to the service, and say how to solve them."""

import datetime as dt
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import click

from .. import client, options, terminal
from ..exit_codes import ExitCode, exit_code_for
from ..formats import to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .diagnostics import Diagnostic
    from .probes import ProbeResults

_MAX_CONNECT_TIMEOUT: Final = 5.0
"""Seconds for the TCP connection and for the TLS handshake; less if `--timeout` is shorter."""
_DEFAULT_TIMEOUT: Final = 20.0
"""Seconds for each request unless `--timeout` is given."""

_HELP: Final = """Diagnose the connection to the service.

Checks the API key, proxy, connection, TLS, response, latency, clock, and whether responses match the API's schema, and
says how to solve each problem. The key is never shown.
"""


@click.command("doctor", cls=options.Command, help=_HELP)
@options.json_option
@options.connection_options
@options.pass_connection
def doctor_command(connection: options.ConnectionOptions, *, as_json: bool) -> int:
    """Run `doctor`."""
    from .diagnostics import diagnose

    results = _probe(connection)
    diagnostics = list(diagnose(results, dt.datetime.now(dt.UTC)))
    if as_json:
        click.echo(to_json([{**diagnostic._asdict()} for diagnostic in diagnostics]))
    else:
        _print(diagnostics)
    return _exit_code(results, diagnostics)


def _probe(connection: options.ConnectionOptions) -> "ProbeResults":
    from mistral_models import _server_urls

    from .probes import probe

    if connection.demo:
        url, source = client.EMBEDDED_URL, "--demo"
    else:
        default = os.environ.get(_server_urls.SERVER_URL_VARIABLE)
        with options.usage_errors():
            url = _server_urls.find_server_url(connection.server_url, None, None, default)
        option = connection.server_url and "--server-url"
        source = option or (default and _server_urls.SERVER_URL_VARIABLE) or "the default"
    connect_timeout = None if connection.demo else min(connection.timeout or _MAX_CONNECT_TIMEOUT, _MAX_CONNECT_TIMEOUT)
    connection.timeout = connection.timeout or _DEFAULT_TIMEOUT
    with ExitStack() as stack:
        try:
            mistral = stack.enter_context(client.connect(connection))
        except client.APIKeyError as error:
            results = probe(url, None, connect_timeout)
            return results._replace(server_url_source=source, key_error=error.format_message())
        results = probe(url, mistral, connect_timeout)._replace(server_url_source=source)
        return results._replace(replaces_key="authorization" in options.parse_headers(connection.header))


def _exit_code(results: "ProbeResults", diagnostics: "Sequence[Diagnostic]") -> ExitCode:
    if results.key_error:
        return ExitCode.AUTHENTICATION
    if results.error is not None:
        is_rejected_key = exit_code_for(results.error) == ExitCode.AUTHENTICATION
        return ExitCode.AUTHENTICATION if is_rejected_key else ExitCode.FAILURE
    has_failure = any(diagnostic.level == "failure" for diagnostic in diagnostics)
    return ExitCode.FAILURE if has_failure else ExitCode.SUCCESS


def _print(diagnostics: "Sequence[Diagnostic]") -> None:
    symbols = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failure": ("✗", "red"), "skipped": ("-", "dim")}
    unicode = terminal.detect().unicode
    rows: list[Sequence[tuple[str, str]]] = []
    for check, level, found, advice in diagnostics:
        symbol, style = symbols[level] if unicode else (level, "")
        rows.append(((symbol, style), (check, "bold"), (found, "dim" if level == "skipped" and unicode else "")))
        if advice:
            rows.append((("", ""), ("", ""), (advice, style)))
    terminal.display(terminal.grid(rows, columns=3))
