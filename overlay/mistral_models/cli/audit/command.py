"""Carrying out `audit`: from the arguments to the report and the exit code."""

import datetime as dt
import os
import sys
import time
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from .. import client, options, terminal
from ..exit_codes import ExitCode
from ..id_files import read_numbered_ids
from . import settings, sources
from .baselines import read_baseline, write_baseline
from .ci_reports import as_github, as_sarif
from .findings import Baseline
from .messages import number_of, stale_warning, totals
from .names import ModelList, Names
from .reports import as_json, as_text
from .run import Auditor, Outcome, Request, apply, audit, audit_names, plan_fixes

_SHOW_PROGRESS_AFTER: Final = 1.0
"""Seconds."""


def run_audit(
    connection: options.ConnectionOptions, arguments: Mapping[str, Any], given: Collection[str], output_format: str
) -> ExitCode:
    """Run the command.

    Args:
        connection: How to reach the service.
        arguments: The fields of `Request`, except the working directory.
        given: The arguments that the command line has; the settings of the project replace the others.
        output_format: `text`, `json`, `github` or `sarif`.

    Raises:
        UsageError: Arguments contradict each other, or a file that they name cannot be used.
        NothingToVerifyError: There is no file to read, or no model to compare with.
    """
    current = Path.cwd()
    configured = settings.read_settings(current)
    if "offline" in given:  # the option replaces the list that the settings name
        configured.pop("catalogue", None)
    merged: dict[str, Any] = {**arguments}
    merged.update((name, value) for name, value in configured.items() if name not in given)
    merged["exclude"] = (*configured.get("exclude", ()), *arguments["exclude"])
    merged["paths"] = arguments["paths"] or (Path(),)
    request = Request(current=current, in_hook=os.environ.get("PRE_COMMIT") == "1", **merged)
    _check(request)
    baseline = read_baseline(request.baseline) if request.baseline and not request.write_baseline else None
    names = _names(request, connection)
    if request.reads_standard_input:
        outcome = audit_names(request, names, list(read_numbered_ids(sys.stdin.buffer)))
    else:
        outcome = _audit_files(request, names, baseline)
    return _finish(request, outcome, connection, output_format)


def _check(request: Request) -> None:
    """Reject options that contradict each other.

    Raises:
        UsageError: The message names them.
    """
    if request.write_baseline and request.baseline is None:
        raise click.UsageError("--write-baseline needs --baseline FILE")
    if request.force and not (request.fix or request.show_diff):
        raise click.UsageError("--force is for --fix and --diff")
    if request.fix and request.show_diff:
        raise click.UsageError("--fix and --diff cannot be combined")
    if Path("-") in request.paths:
        if len(request.paths) > 1:
            raise click.UsageError("- reads names from standard input, and cannot be combined with other paths")
        if request.fix or request.show_diff or request.baseline:
            raise click.UsageError("--fix, --diff and --baseline are for files, not for names from standard input")


def _names(request: Request, connection: options.ConnectionOptions) -> Names:
    """Get the list that names are compared with, and warn if something in it may be old."""
    models: ModelList | None = None
    if request.catalogue is not None:
        models = sources.read_list(request.catalogue)
    elif not request.offline:
        try:
            models = sources.fetch_list(connection)
        except client.APIKeyError as error:
            raise client.APIKeyError(f"{error.format_message()}; --offline and --catalogue need none") from None
    names = Names(sources.load_bundle(), models, request.as_of or dt.datetime.now(dt.UTC).date())
    if names.is_offline:
        _note(f"offline: names are compared with {names.list.source}, which is bundled with this package")
    if warning := stale_warning(names):
        _note(f"warning: {warning}")
    return names


def _audit_files(request: Request, names: Names, baseline: Baseline | None) -> Outcome:
    auditor = Auditor(request, names)
    with _progress_bar() as on_file:
        outcome = audit(request, auditor, baseline, on_file)
    if not (request.fix or request.show_diff):
        return outcome
    has_changed = False
    for fix in plan_fixes(request, auditor, outcome.all_findings):
        for finding, reason in fix.plan.not_fixed:
            _note(f"{finding.file}:{finding.line}: {finding.name} is not replaced: {reason}")
        for finding, remark in fix.plan.remarks:
            _note(f"{finding.file}:{finding.line}: {remark}")
        if request.show_diff:
            sys.stdout.buffer.write(fix.diff())
        elif fix.plan.edits:
            if apply(fix):
                has_changed = True
                _note(f"{fix.source.file.name}: replaced {number_of(len(fix.plan.edits), 'name')}")
            else:
                _note(f"{fix.source.file.name}: changed in the meantime, and was left alone")
    return audit(request, auditor, baseline, _ignore_progress) if has_changed else outcome


def _ignore_progress(done: int, total: int) -> None:
    del done, total


@contextmanager
def _progress_bar() -> Generator[Callable[[int, int], None]]:
    """Show a progress bar if the standard error is a terminal and the work takes longer than a second."""
    if not sys.stderr.isatty():
        yield _ignore_progress
        return
    from rich.console import Console
    from rich.progress import Progress

    start = time.monotonic()
    with Progress(console=Console(stderr=True), transient=True, auto_refresh=False) as progress:
        task = progress.add_task("audit", total=None, visible=False)

        def on_file(done: int, total: int) -> None:
            if done % 50 == 0 and time.monotonic() - start > _SHOW_PROGRESS_AFTER:
                progress.update(task, completed=done, total=total, visible=True, refresh=True)

        yield on_file


def _finish(request: Request, outcome: Outcome, connection: options.ConnectionOptions, output_format: str) -> ExitCode:
    """Print the report, and return the exit code."""
    report = outcome.report
    has_read = bool(report.summary.files)
    for each in outcome.skipped:
        if connection.verbose or (each.is_failure and not has_read):
            _note(f"{each.name}: not read: {each.reason}")
    if not has_read and not outcome.all_excluded:
        raise sources.NothingToVerifyError(f"nothing was read: {_why_nothing_was_read(request, outcome)}")
    if request.write_baseline and request.baseline:
        number = write_baseline(request.baseline, list(outcome.all_findings))
        _note(f"wrote {number_of(number, 'finding')} to {request.baseline}")
        return ExitCode.SUCCESS
    for unused in report.unused_suppressions:
        _note(f"{unused.file}:{unused.line}: unused suppression: {unused.message}")
    if outcome.gone:
        _note(f"{request.baseline}: {outcome.gone} of its findings are gone; update it with --write-baseline")
    if not request.show_diff:
        _print(outcome, output_format, request.current)
    return ExitCode.FINDINGS if report.has_failed and not request.exit_zero else ExitCode.SUCCESS


def _why_nothing_was_read(request: Request, outcome: Outcome) -> str:
    if request.reads_standard_input:
        return "the standard input has no names"
    but = " that is not excluded" if request.exclude else ""
    skipped = next((f"; {each.name} is {each.reason}" for each in outcome.skipped if not each.is_failure), "")
    return f"there is no text file in the given paths{but}{skipped}"


def _print(outcome: Outcome, output_format: str, current: Path) -> None:
    report = outcome.report
    match output_format:
        case "json":
            click.echo(as_json(report))
        case "sarif":
            click.echo(as_sarif(report, _folder_in_workspace(current)))
        case "github":
            _print_github(outcome, current)
        case _:
            from rich.text import Text

            if lines := list(as_text(report)):
                terminal.display(Text("\n").join(lines))
            _note(totals(report))


def _print_github(outcome: Outcome, current: Path) -> None:
    output = as_github(outcome.report, _folder_in_workspace(current))
    click.echo(output.commands, nl=False)
    if not output.summary:
        return
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if file:
        with Path(file).open("a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(output.summary)
    else:
        _note("GitHub shows 10 annotations of each level; GITHUB_STEP_SUMMARY is not set, so the others are left out")


def _folder_in_workspace(current: Path) -> str:
    """Return the working directory relative to the checkout of GitHub Actions; empty outside of one."""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    if not workspace or not current.is_relative_to(workspace):
        return ""
    folder = current.relative_to(workspace).as_posix()
    return "" if folder == "." else folder


def _note(text: str) -> None:
    click.echo(f"mistral-models: {terminal.escape(text)}", err=True)
