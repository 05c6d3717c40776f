"""Options that several commands take, and the values that they become."""

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import click
from click.core import ParameterSource

from .filters import Filter

Command = TypeVar("Command", bound=Callable[..., Any])


class _Seconds(click.FloatRange):
    """More than 0, and not without end."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 the base class has it so
        seconds: float = super().convert(value, param, ctx)
        return seconds if math.isfinite(seconds * 1000) else self.fail(f"{value} is no number of seconds", param, ctx)


def _text(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Refuse what is empty, or no text: nothing of the kind is meant, and it would be taken for nothing said."""
    del ctx
    if value == "":
        raise click.BadParameter("it is empty; leave the option out, or say what is meant", param=param)
    if value is not None and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise click.BadParameter("it is not text in UTF-8", param=param)
    return value


class Settings:
    """How to reach the service; given before the command or after it."""

    def __init__(self) -> None:
        self.server_url: str | None = None
        self.timeout: float | None = None
        """Seconds for a whole call."""
        self.retries: int | None = None
        self.verbose: int = 0
        self.demo: bool = False


settings: Final = click.make_pass_decorator(Settings, ensure=True)
"""Pass them to a command, in front."""


def _keep(ctx: click.Context, param: click.Parameter, value: object) -> None:
    name = param.name or ""
    if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT:
        setattr(ctx.ensure_object(Settings), name, _text(ctx, param, value) if isinstance(value, str) else value)


def _setting(*names: str, help: str, **options: Any) -> Callable[[Command], Command]:  # noqa: A002, ANN401 click's words
    return click.option(*names, help=help, callback=_keep, expose_value=False, **options)


_CONNECTION: Final = (
    _setting("--server-url", metavar="URL", help="Where the service is."),
    _setting("--timeout", metavar="SECONDS", type=_Seconds(min=0, min_open=True), help="For each call."),
    _setting("--retries", metavar="NUMBER", type=click.IntRange(min=0), help="After passing failures; 2 by default."),
    _setting("-v", "--verbose", count=True, help="Say what is retried; twice, also what is sent and answered."),
    _setting("--demo", is_flag=True, help="Use an embedded service, without a key."),
)


def connection(command: Command) -> Command:
    """Add the options about the connection; they end up in `ctx.obj`, a `Settings`."""
    return _with(_CONNECTION, command)


class Selection(NamedTuple):
    """Which models are meant: what the service is asked for, and what is chosen from its answer."""

    filter: Filter = Filter()
    provider: str | None = None
    model: str | None = None

    def __bool__(self) -> bool:
        return self != Selection()


_FILTERS: Final = (
    click.option(
        "--type", "types", metavar="TYPE", multiple=True, help="base, fine-tuned, or another; any of several."
    ),
    click.option("--owner", "owners", metavar="OWNER", multiple=True, help="Who owns it; any of several."),
    click.option(
        "--capability",
        "capabilities",
        metavar="NAME",
        multiple=True,
        help="Such as vision or completion_chat; all of several.",
    ),
    click.option("--archived/--no-archived", default=None, help="Only archived ones, or only others."),
    click.option("--deprecated", is_flag=True, help="Only those with a date of deprecation."),
    click.option("--match", metavar="GLOB", help="Only those whose id, name or alias is like this: 'ft:*'."),
    click.option("--provider", metavar="NAME", callback=_text, help="Ask the service for those of this provider."),
    click.option("--model", metavar="NAME", callback=_text, help="Ask the service for those of this name."),
)


def selection(command: Callable[..., int]) -> Callable[..., int]:
    """Add the filters; the command gets them as `selection`."""

    @functools.wraps(command)
    def selecting(
        *,
        types: tuple[str, ...],
        owners: tuple[str, ...],
        capabilities: tuple[str, ...],
        archived: bool | None,
        deprecated: bool,
        match: str | None,
        provider: str | None,
        model: str | None,
        **others: Any,  # noqa: ANN401 what click passes
    ) -> int:
        from .cards import wire_name

        wanted = tuple(map(wire_name, capabilities))
        chosen = Filter(types, owners, wanted, archived, deprecated, match)
        return command(selection=Selection(chosen, provider, model), **others)

    return _with(_FILTERS, selecting)


as_json: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

_FORMS: Final = (
    click.option("--json", "as_json", is_flag=True, help="Print an array with every field."),
    click.option("--jsonl", "as_jsonl", is_flag=True, help="Print an object a line, with every field."),
    click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values of every field."),
)


def forms(command: Callable[..., int]) -> Callable[..., int]:
    """Add the formats for programs; the command gets the one that is asked for as `form`, or None."""

    @functools.wraps(command)
    def choosing(*, as_json: bool, as_jsonl: bool, as_csv: bool, **others: Any) -> int:  # noqa: ANN401 likewise
        asked = [name for name, given in (("json", as_json), ("jsonl", as_jsonl), ("csv", as_csv)) if given]
        if len(asked) > 1:
            raise click.UsageError(f"--{asked[0]} and --{asked[1]} exclude each other")
        return command(form=asked[0] if asked else None, **others)

    return _with(_FORMS, choosing)


def _with(decorators: Sequence[Callable[[Command], Command]], command: Command) -> Command:
    for decorate in reversed(decorators):
        command = decorate(command)
    return command
