"""The program: its commands, and the conversion of errors to one line and an exit code."""

import os
import sys
from io import TextIOWrapper
from typing import Any, Final

import click

from mistral_models import __version__

from . import exit_codes
from .exit_codes import ExitCode
from .options import connection_options, reject_repetition
from .terminal import escape, silence

NAME: Final = "mistral-models"
COMPLETION_VARIABLE: Final = "_MISTRAL_MODELS_COMPLETE"
"""Environment variable that a shell sets when it asks for suggestions; click derives it from the name."""

COMMANDS: Final = {
    "list": "List models.",
    "show": "Show a model in full.",
    "update": "Change the name or description of a fine-tuned model.",
    "archive": "Archive fine-tuned models.",
    "unarchive": "Unarchive fine-tuned models.",
    "delete": "Delete fine-tuned models permanently.",
    "timeline": "Draw the deprecations of the coming months.",
    "audit": "Find the names of models in files, and say when they will be retired.",
    "diff": "Show what changed between two lists of models, losses first.",
    "doctor": "Diagnose the connection to the service.",
    "serve": "Run a fake service until Ctrl-C.",
    "completion": "Print the completion script of a shell.",
}
"""The commands, and the first sentence of the help of each: `--help` shows it without importing the command."""


def _load(name: str) -> click.Command:
    """Import a command. Each import is a statement of its own, so that tools such as PyInstaller find the modules."""
    match name:
        case "list":
            from .list import list_command

            return list_command
        case "show":
            from .show import show_command

            return show_command
        case "update":
            from .update import update_command

            return update_command
        case "timeline":
            from .timeline import timeline_command

            return timeline_command
        case "audit":
            from .audit import audit_command

            return audit_command
        case "diff":
            from .diff import diff_command

            return diff_command
        case "doctor":
            from .doctor import doctor_command

            return doctor_command
        case "serve":
            from .serve import serve_command

            return serve_command
        case "completion":
            from .completion import completion_command

            return completion_command
        case _:
            from .bulk import BULK_COMMANDS

            return BULK_COMMANDS[name]


class _Program(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        return _load(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:  # noqa: ANN401 as the base class declares it
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            from difflib import get_close_matches

            if matches := get_close_matches(args[0], COMMANDS):
                raise click.UsageError(f"No such command {args[0]!r}; did you mean {' or '.join(matches)}?", ctx)
        return super().resolve_command(ctx, args)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:  # noqa: ANN401 as the base class declares it
        try:
            return super().make_context(*args, **kwargs)
        except BrokenPipeError:  # --help or --version, piped into a program that does not read it
            silence(sys.stdout)
            raise click.exceptions.Exit(ExitCode.SUCCESS) from None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        reject_repetition(self, ctx, args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 as the base class declares it
        try:
            exit_code = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:  # a reader such as `head` has read enough
            silence(sys.stdout)
            return ExitCode.SUCCESS
        return exit_code


_HELP: Final = """Find out when the Mistral models in your files will be retired, and manage your
fine-tuned models.

The API key is read from the environment variable MISTRAL_API_KEY, and the address of the service from
MISTRAL_SERVER_URL if it is set. With --demo, every command uses a fake service that needs no key.
"""


@click.group(cls=_Program, name=NAME, invoke_without_command=True, help=_HELP, epilog=exit_codes.HELP)
@click.version_option(__version__, message="%(version)s")
@connection_options
@click.pass_context
def program(ctx: click.Context) -> int | None:
    """Print the help if no command is given."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        return ExitCode.USAGE
    return None


def run(arguments: list[str] | None = None) -> int:
    """Run the program.

    Args:
        arguments: The command-line arguments, without the program's name; those of the process by default.

    Returns:
        The exit code; `mistral-models --help` lists them.
    """
    _prepare_streams()
    _skip_command_line_of_httpx()
    if COMPLETION_VARIABLE in os.environ:
        from .completion import register_shells

        register_shells()
    try:
        return int(program.main(arguments, prog_name=NAME, standalone_mode=False) or ExitCode.SUCCESS)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else NAME
        return _fail(f"{error.format_message().removesuffix('.')} (see {command} --help)", error.exit_code)
    except click.ClickException as error:
        return _fail(error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return _fail("interrupted", ExitCode.INTERRUPTED)
    except OSError as error:
        return _fail(_describe_os_error(error), ExitCode.FAILURE)
    except Warning as warning:  # of another package, where the environment turns warnings into errors
        return _fail(f"{type(warning).__name__}: {warning}", ExitCode.FAILURE)
    except Exception as error:
        from mistral_models.errors import MistralError

        if not isinstance(error, MistralError):
            raise
        return _fail(exit_codes.describe(error), exit_codes.exit_code_for(error))


def _prepare_streams() -> None:
    """Replace closed standard streams, and accept any text: characters that cannot be written are escaped."""
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


def _skip_command_line_of_httpx() -> None:
    """Keep `import httpx` from importing httpx's own command line and with it pygments, which takes as long again."""
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None blocks an import, as documented


def _describe_os_error(error: OSError) -> str:
    """Begin with the file, if the error has one: `lists/new.json: Permission denied`."""
    if isinstance(error.filename, (str, bytes)):
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    return str(error)


def _fail(message: str, exit_code: int) -> int:
    try:
        click.echo(f"{NAME}: {escape(' '.join(message.split()))}", err=True)
    except OSError:  # the exit code still has to tell the outcome
        silence(sys.stderr)
    return exit_code
