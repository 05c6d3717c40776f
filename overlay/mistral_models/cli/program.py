"""The program: its commands by name, and the rim where errors become one line and an exit status."""

import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Any, Final

import click

from mistral_models import __version__

from . import options, statuses
from .safe import safe
from .statuses import Status

NAME: Final = "mistral-models"

_COMMANDS: Final = {
    "list": "listing",
    "show": "showing",
    "update": "updating",
    "archive": "bulk",
    "unarchive": "bulk",
    "delete": "bulk",
    "timeline": "timeline",
    "doctor": "doctor",
    "serve": "serve",
    "completion": "completion",
}


class _Program(click.Group):
    """A group whose commands are loaded when they are named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f".{_COMMANDS[cmd_name]}", __package__)
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:  # noqa: ANN401 as the base class has it
        if args[0] not in _COMMANDS and not ctx.resilient_parsing:
            from difflib import get_close_matches

            if close := get_close_matches(args[0], _COMMANDS):
                raise click.UsageError(f"No such command {args[0]!r}; did you mean {' or '.join(close)}?", ctx)
        return super().resolve_command(ctx, args)

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:  # noqa: ANN401 likewise
        try:
            return super().make_context(*arguments, **options)
        except BrokenPipeError:  # of --help or --version
            hush()
            raise click.exceptions.Exit(Status.DONE) from None

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 as the base class has it
        try:
            status = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:  # `| head` has read enough
            hush()
            return Status.DONE
        return status


def hush() -> None:
    """Send what is still to be written nowhere, so that the interpreter does not complain when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=_Program, name=NAME, invoke_without_command=True, epilog=statuses.HELP)
@click.version_option(__version__, message="%(version)s")
@options.connection
@click.pass_context
def program(ctx: click.Context) -> int | None:
    """See and manage the models of the Mistral API.

    The key is read from the environment variable MISTRAL_API_KEY; with --demo every command runs against an embedded
    service that needs none.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        return Status.USAGE
    return None


def run(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit status.

    Args:
        arguments: In place of those of the process.
    """
    _prepare_streams()
    if "_MISTRAL_MODELS_COMPLETE" in os.environ:
        from .shells import shells

        shells()
    try:
        return int(program.main(arguments, prog_name=NAME, standalone_mode=False) or Status.DONE)
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else NAME
        return _ended(f"{error.format_message()} (see {where} --help)", error.exit_code)
    except click.ClickException as error:
        return _ended(error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return _ended("interrupted", Status.INTERRUPTED)
    except OSError as error:
        return _ended(str(error), Status.SERVICE)
    except Exception as error:  # noqa: BLE001 what is no error of the library is raised again
        return _ended(*_known(error))


def _prepare_streams() -> None:
    """Replace closed ones, and let the others take any text: what a terminal cannot show becomes a number.

    Input that is not text is for its reader to refuse.
    """
    for name, mode, errors in (
        ("stdin", "r", "surrogateescape"),
        ("stdout", "w", "backslashreplace"),
        ("stderr", "w", "backslashreplace"),
    ):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=errors)


def _known(error: Exception) -> tuple[str, int]:
    from mistral_models._credentials import EnvironmentVariableError
    from mistral_models.errors import MistralError

    if not isinstance(error, MistralError | EnvironmentVariableError):
        raise error
    return statuses.told(error), statuses.status_of(error)


def _ended(message: str, status: int) -> int:
    click.echo(f"{NAME}: {safe(' '.join(message.split()))}", err=True)
    return status
