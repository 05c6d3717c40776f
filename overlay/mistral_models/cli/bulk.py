"""`archive`, `unarchive` and `delete`: what is asked for, what is asked back, and what is reported."""

import os
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

import click

from . import choosing, options
from .completion import complete_ids
from .safe import safe
from .statuses import Status
from .work import Work, check, interruptible

if TYPE_CHECKING:
    from mistral_models import Mistral

_SHOWN: Final = 40
"""How many ids a question lists."""


class Manner(NamedTuple):
    """How it is to be done."""

    concurrency: int
    dry_run: bool
    as_json: bool
    yes: bool


def _command(action: str, text: str) -> click.Command:
    @options.settings
    def command(
        settings: options.Settings,
        /,
        ids: tuple[str, ...],
        selection: options.Selection,
        **manner: Any,  # noqa: ANN401 what click passes
    ) -> int:
        return _perform(settings, action, ids, selection, Manner(**{"yes": True, **manner}))

    decorators: list[Callable[[Any], Any]] = [
        click.argument("ids", metavar="[ID]...", nargs=-1, shell_complete=complete_ids),
        options.selection,
        click.option("--concurrency", type=click.IntRange(1, 64), default=8, show_default=True, help="At once."),
        click.option("--dry-run", is_flag=True, help="Only list the ids."),
        *([click.option("-y", "--yes", is_flag=True, help="Do not ask.")] if action == "delete" else []),
        options.as_json,
        options.connection,
    ]
    decorated: Any = command
    for decorate in reversed(decorators):
        decorated = decorate(decorated)
    made: click.Command = click.command(action, help=text)(decorated)
    return made


_WHICH: Final = """

    Give ids, - to read them from the standard input (one a line, # for comments), or filters as for `list`, which
    choose fine-tuned models only. One failure does not stop the rest. Ctrl-C starts no more, waits for those under way,
    and says what is done and what is not.
    """

archive_command: click.Command = _command("archive", "Take fine-tuned models out of service." + _WHICH)
unarchive_command: click.Command = _command("unarchive", "Bring archived models back into service." + _WHICH)
delete_command: click.Command = _command(
    "delete", "Delete fine-tuned models for good. Asks first, unless --yes is given." + _WHICH
)


def _perform(
    settings: options.Settings, action: str, ids: Sequence[str], selection: options.Selection, manner: Manner
) -> int:
    from . import session

    choosing.check(action, ids, selection)
    if not (manner.yes or manner.dry_run) and ("-" in ids or not sys.stdin.isatty()):
        raise click.UsageError(f"nobody can be asked: {action} needs --yes here (or --dry-run, to see what would go)")
    with session.connected(settings) as mistral:
        wanted = choosing.chosen(mistral, settings, action, ids, selection)
        try:
            check(action, wanted)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        if manner.dry_run:
            return _rehearse(action, wanted, as_json=manner.as_json)
        if wanted and not manner.yes and not _agreed(action, wanted):
            click.echo("nothing was done", err=True)
            return Status.INTERRUPTED
        return _work(mistral, Work(action, wanted), manner)


def _rehearse(action: str, ids: Sequence[str], *, as_json: bool) -> int:
    if as_json:
        from .formats import encoded

        click.echo(encoded({"action": action, "dry_run": True, "ids": list(ids)}))
    elif ids:
        click.echo("\n".join(map(safe, ids)))
    click.echo(f"{action} would concern {_models(len(ids))}; nothing was done", err=True)
    return Status.DONE


def _agreed(action: str, ids: Sequence[str]) -> bool:
    for name in ids[:_SHOWN]:
        click.echo(f"  {safe(name)}", err=True)
    if len(ids) > _SHOWN:
        click.echo(f"  and {len(ids) - _SHOWN} more, which --dry-run lists", err=True)
    return click.confirm(f"{action} {_models(len(ids))} for good?", err=True)


def _work(mistral: "Mistral", work: Work, manner: Manner) -> int:
    with ExitStack() as stack:

        def interrupt() -> None:
            work.interrupt()
            click.echo("\nwaiting for those under way; Ctrl-C again gives up on them", err=True)

        def give_up() -> NoReturn:
            stack.close()
            _report(work, as_json=manner.as_json)
            os._exit(work.status())  # anything else would wait for the threads

        advance = stack.enter_context(_progress(work, enabled=len(work.ids) > 1))
        stack.enter_context(interruptible(interrupt, give_up))
        try:
            work.run(mistral, manner.concurrency, advance)
        except Exception:
            if work.done or work.failed:
                _report(work, as_json=manner.as_json)
            raise
    _report(work, as_json=manner.as_json)
    return work.status()


def _report(work: Work, *, as_json: bool) -> None:
    from .formats import encoded
    from .program import hush

    try:
        click.echo(encoded(work.report()) if as_json else "\n".join(map(safe, work.summary().splitlines())))
    except BrokenPipeError:  # what was done is done, and the exit status says so
        hush()


@contextmanager
def _progress(work: Work, *, enabled: bool) -> Generator[Callable[[], None]]:
    """Show a bar while it is worked, where somebody sees it."""
    if not (enabled and sys.stderr.isatty()):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    look = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*look, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(work.action, total=len(work.ids))
        yield lambda: bar.advance(task)


def _models(number: int) -> str:
    return "1 model" if number == 1 else f"{number} models"
