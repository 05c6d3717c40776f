"""`archive`, `unarchive` and `delete`: selection of the models, confirmation, progress and report."""

import os
import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

import click

from . import client, options
from .batch import Batch, check_ids, on_interrupt
from .completion import complete_ids
from .dry_run import DryRun, check_models, count_models
from .exit_codes import ExitCode
from .formats import to_json
from .id_files import BYTE_ORDER_MARK, read_ids
from .terminal import escape, silence

if TYPE_CHECKING:
    from mistral_models import Mistral

    from .model_info import ModelInfo

_MAX_LISTED: Final = 40
"""How many ids the confirmation lists."""
_CURRENTLY_ARCHIVED: Final = {"archive": (False,), "unarchive": (True,), "delete": (False, True)}
"""Which models a filter selects for each command: archived ones, others, or both."""
_HELP: Final = {
    "archive": "Archive fine-tuned models.",
    "unarchive": "Unarchive fine-tuned models.",
    "delete": "Delete fine-tuned models permanently. Asks for confirmation unless --yes is given.",
}
_SELECTION_HELP: Final = """

Give ids, - to read them from standard input (one per line, # for comments), or filters as for `list`, which select
fine-tuned models only. A failure does not stop the other operations. Ctrl-C starts no further operations, waits for
those in flight, and reports the outcome.
"""


class BulkOptions(NamedTuple):
    """How the operations are run and reported."""

    concurrency: int
    dry_run: bool
    as_json: bool
    yes: bool


def _command(action: str) -> click.Command:
    @options.pass_connection
    def command(
        connection: options.ConnectionOptions,
        /,
        ids: tuple[str, ...],
        filters: options.ModelFilter,
        **bulk_options: Any,  # noqa: ANN401 what click passes
    ) -> int:
        return _run(connection, action, ids, filters, BulkOptions(**{"yes": True, **bulk_options}))

    decorators: list[Callable[[Any], Any]] = [
        click.argument("ids", metavar="[ID]...", nargs=-1, shell_complete=complete_ids),
        options.filter_options,
        click.option(
            "--concurrency",
            metavar="NUMBER",
            type=click.IntRange(1, 64),
            default=8,
            show_default=True,
            help="Maximum number of requests in flight.",
        ),
        click.option("--dry-run", is_flag=True, help="Change nothing: list the ids, and say what would fail."),
        *([click.option("-y", "--yes", is_flag=True, help="Do not ask for confirmation.")] * (action == "delete")),
        options.json_option,
        options.connection_options,
    ]
    decorated: Any = command
    for decorator in reversed(decorators):
        decorated = decorator(decorated)
    made: click.Command = click.command(action, cls=options.Command, help=_HELP[action] + _SELECTION_HELP)(decorated)
    return made


BULK_COMMANDS: Final = {action: _command(action) for action in _HELP}


def _run(
    connection: options.ConnectionOptions,
    action: str,
    ids: Sequence[str],
    filters: options.ModelFilter,
    bulk_options: BulkOptions,
) -> int:
    _check_selection(action, ids, filters)
    needs_confirmation = not (bulk_options.yes or bulk_options.dry_run)
    if needs_confirmation and ("-" in ids or not sys.stdin.isatty()):
        raise click.UsageError(f"{action} cannot ask for confirmation here: it needs --yes (or --dry-run)")
    with client.connect(connection) as mistral:
        selected = _select(mistral, connection, action, ids, filters)
        with options.usage_errors():
            check_ids(action, selected)
        if bulk_options.dry_run:
            return _dry_run(mistral, connection, DryRun(action, selected), bulk_options, needs_check=bool(ids))
        if selected and needs_confirmation and not _confirm(action, selected):
            click.echo("nothing was changed", err=True)
            return ExitCode.INTERRUPTED
        return _run_batch(mistral, Batch(action, selected), bulk_options)


def _check_selection(action: str, ids: Sequence[str], filters: options.ModelFilter) -> None:
    """Require ids or filters, so that no command changes every model by accident."""
    if ids and not filters.is_empty:
        raise click.UsageError("give ids or filters, not both")
    if not ids and filters.is_empty:
        raise click.UsageError(f"no models to {action}: give ids, - to read them from standard input, or filters")


def _select(
    mistral: "Mistral",
    connection: options.ConnectionOptions,
    action: str,
    ids: Sequence[str],
    filters: options.ModelFilter,
) -> list[str]:
    """Return the ids of the selected models, without duplicates."""
    if not filters.is_empty:
        models = client.list_models(mistral, connection, filters)
        return [model.id for model in models if _is_selectable(action, model)]
    return list(dict.fromkeys(_expand(ids)))


def _is_selectable(action: str, model: "ModelInfo") -> bool:
    """Whether a filter may select the model: it is fine-tuned, and the action changes its state."""
    return model.type == "fine-tuned" and bool(model.id) and model.archived in _CURRENTLY_ARCHIVED[action]


def _expand(ids: Sequence[str]) -> Iterable[str]:
    """Replace `-` by the ids that are read from the standard input; drop byte-order marks, as `xargs` passes them."""
    for name in ids:
        if name == "-":
            yield from read_ids(sys.stdin.buffer)
        else:
            yield name.removeprefix(BYTE_ORDER_MARK)


def _dry_run(
    mistral: "Mistral",
    connection: options.ConnectionOptions,
    dry_run: DryRun,
    bulk_options: BulkOptions,
    *,
    needs_check: bool,
) -> int:
    """Report what would be done; ids that a filter selected need no check, because they were listed just now."""
    if needs_check:
        dry_run = check_models(mistral, connection, dry_run.action, dry_run.ids, bulk_options.concurrency)
    if bulk_options.as_json:
        click.echo(to_json(dry_run.report()))
    elif dry_run.ids:
        click.echo("\n".join(map(escape, dry_run.ids)))
    click.echo("\n".join(map(escape, dry_run.summary().splitlines())), err=True)
    return dry_run.exit_code()


def _confirm(action: str, ids: Sequence[str]) -> bool:
    for name in ids[:_MAX_LISTED]:
        click.echo(f"  {escape(name)}", err=True)
    if len(ids) > _MAX_LISTED:
        click.echo(f"  and {len(ids) - _MAX_LISTED} more (--dry-run lists all)", err=True)
    return click.confirm(f"{action} {count_models(len(ids))} permanently?", err=True)


def _run_batch(mistral: "Mistral", batch: Batch, bulk_options: BulkOptions) -> int:
    with ExitStack() as stack:

        def interrupt() -> None:
            batch.interrupt()
            click.echo("\nwaiting for operations in flight; press Ctrl-C again to abandon them", err=True)

        def abandon() -> NoReturn:
            stack.close()
            _report(batch, as_json=bulk_options.as_json)
            os._exit(batch.exit_code())  # a regular exit would wait for the threads

        on_progress = stack.enter_context(_progress_bar(batch, enabled=len(batch.ids) > 1))
        stack.enter_context(on_interrupt(interrupt, abandon))
        try:
            with client.sending():
                batch.run(mistral, bulk_options.concurrency, on_progress)
        except Exception:
            if batch.done or batch.failed:
                _report(batch, as_json=bulk_options.as_json)
            raise
    _report(batch, as_json=bulk_options.as_json)
    return batch.exit_code()


def _report(batch: Batch, *, as_json: bool) -> None:
    try:
        click.echo(to_json(batch.report()) if as_json else "\n".join(map(escape, batch.summary().splitlines())))
    except BrokenPipeError:  # the exit code still has to tell the outcome
        silence(sys.stdout)


@contextmanager
def _progress_bar(batch: Batch, *, enabled: bool) -> Generator[Callable[[], None]]:
    """Show a progress bar if the standard error is a terminal; yield the function that advances it."""
    if not (enabled and sys.stderr.isatty()):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(batch.action, total=len(batch.ids))
        yield lambda: progress.advance(task)
