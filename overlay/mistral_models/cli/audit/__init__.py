"""`audit`: find the names of models in files, and say which are retired, deprecated, unlisted or unknown."""

import datetime as dt
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

from .. import options

_HELP: Final = """Find the names of models in files, and say when they will be retired.

A name is retired (its date has passed), deprecated (it has a retirement date), unlisted (known, but not in the list) or
unknown (it looks like the name of a model, but there has never been one). Retired names in code and configuration fail
the run; those in comments, documentation, tests and outputs of notebooks are notes. PATH is a file or a folder, by
default the working directory; in a git repository, ignored files are left out. - reads names from standard input, one
per line.
"""

_EPILOG: Final = """\b
Comments that suppress findings, in any language:
  # mistral-models: ignore[NAME] until=2027-01-31 -- why
  # mistral-models: ignore-next-line[NAME]
  # mistral-models: ignore-file[NAME]
Settings: [tool.mistral-models.audit] in pyproject.toml.
"""


def _statuses(ctx: click.Context, param: click.Parameter, value: str | None) -> frozenset[str] | None:
    from .settings import parse_statuses

    del ctx, param
    return None if value is None else parse_statuses(value, "--fail-on")


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> dt.date | None:
    del ctx
    try:
        return None if value is None else dt.date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a date such as 2026-01-31", param=param) from None


_FILE: Final = click.Path(dir_okay=False, path_type=Path)


@click.command("audit", cls=options.Command, help=_HELP, epilog=_EPILOG)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, allow_dash=True, path_type=Path))
@click.option(
    "--catalogue",
    metavar="FILE",
    type=_FILE,
    help="Compare with a file that `list --json` wrote; needs no key and no network.",
)
@click.option(
    "--offline", is_flag=True, help="Compare with the records bundled with this package; needs no key and no network."
)
@click.option("--as-of", metavar="DATE", callback=_day, help="Use this date instead of today's (UTC).")
@click.option("--all", "show_all", is_flag=True, help="Also report names without problems.")
@click.option("--json", "as_json_object", is_flag=True, help="Print one JSON object.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    help="Format of the report; github is for annotations of GitHub Actions.",
)
@click.option(
    "--fail-on",
    metavar="STATUSES",
    callback=_statuses,
    help="Statuses that fail the run, separated by commas; retired by default.",
)
@click.option(
    "--fail-within",
    metavar="DAYS",
    type=click.IntRange(min=0),
    help="Also fail for names that are retired within this many days.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--exclude", metavar="GLOB", multiple=True, help="Files or folders to leave out; repeatable.")
@click.option("--baseline", metavar="FILE", type=_FILE, help="Ignore the known findings in this file.")
@click.option("--write-baseline", is_flag=True, help="Save the current findings to the --baseline file.")
@click.option("--fix", is_flag=True, help="Replace names with listed replacements.")
@click.option("--diff", "show_diff", is_flag=True, help="Print what --fix would change, as a unified diff.")
@click.option("--force", is_flag=True, help="Also fix if the replacement can do less, or git could not undo it.")
@options.connection_options
@options.pass_connection
def audit_command(
    connection: options.ConnectionOptions,
    /,
    *,
    as_json_object: bool,
    output_format: str,
    **arguments: Any,  # noqa: ANN401 what click passes
) -> int:
    """Run `audit`."""
    from .command import run_audit

    if as_json_object and output_format not in {"text", "json"}:
        raise click.UsageError(f"--json and --format {output_format} cannot be combined")
    if arguments["show_diff"] and (as_json_object or output_format != "text"):
        raise click.UsageError("--diff prints a patch: leave out --json and --format")
    context = click.get_current_context()
    given = {name for name in arguments if context.get_parameter_source(name) is not ParameterSource.DEFAULT}
    return run_audit(connection, arguments, given, "json" if as_json_object else output_format)
