"""Options that several commands share: the connection, filters for models, and output formats."""

import datetime as dt
import functools
import math
import re
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple, TypeVar

import click
from click.core import ParameterSource

from .model_info import CAPABILITIES, TYPES, ModelInfo, api_name

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


@contextmanager
def usage_errors() -> Generator[None]:
    """Report a `ValueError` of the block as a usage error."""
    try:
        yield
    except ValueError as error:
        raise click.UsageError(str(error)) from None


class Command(click.Command):
    """A command that rejects an option that is given twice, unless its values accumulate."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Check the arguments and parse them."""
        reject_repetition(self, ctx, args)
        return super().parse_args(ctx, args)


def reject_repetition(command: click.Command, ctx: click.Context, args: Sequence[str]) -> None:
    """Reject an option that is given twice, because click would silently use the last value.

    Options with `multiple` or `count` accumulate. Eager options, such as `--help`, end the program.

    Raises:
        UsageError: The message names the option.
    """
    if ctx.resilient_parsing:  # for shell completion, which has no use for errors
        return
    _, _, in_order = command.make_parser(ctx).parse_args([*args])
    for parameter, number in Counter(in_order).items():
        if number > 1 and isinstance(parameter, click.Option) and not parameter.is_eager:
            _check_may_repeat(parameter)


def _check_may_repeat(parameter: click.Parameter) -> None:
    accumulates = parameter.multiple or (isinstance(parameter, click.Option) and parameter.count)
    if not accumulates:
        names = " / ".join([*parameter.opts, *parameter.secondary_opts])
        raise click.UsageError(f"option {names} was given more than once; it does not accumulate")


class _Seconds(click.FloatRange):
    """A finite number of seconds."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 the base class declares it so
        seconds: float = super().convert(value, param, ctx)
        if not math.isfinite(seconds * 1000):
            self.fail(f"{value} is not a finite number of seconds", param, ctx)
        return seconds


def _parse_moment(ctx: click.Context, param: click.Parameter, value: str | None) -> dt.datetime | None:
    """Parse a date, which means its beginning in UTC, or a date and time."""
    del ctx
    if value is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a date such as 2026-01-31", param=param) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _parse_tokens(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """Parse a number of tokens: exact, or with a unit as in the table."""
    del ctx
    if value is None:
        return None
    match = re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,15})?)([km]?)", value, re.IGNORECASE)
    if match is None:
        raise click.BadParameter(f"{value!r} is not a number of tokens such as 100000, 100k or 1M", param=param)
    return round(float(match[1]) * {"": 1, "k": 1000, "m": 1_000_000}[match[2].lower()])


def _validate_text(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Reject an empty value, which would otherwise mean the same as a missing option, and invalid UTF-8."""
    del ctx
    if value == "":
        raise click.BadParameter("the value is empty; pass a value or leave the option out", param=param)
    if value is not None and any("\ud800" <= char <= "\udfff" for char in value):
        raise click.BadParameter("the value is not valid UTF-8", param=param)
    return value


class ConnectionOptions:
    """How to reach the service. These options are accepted before and after the command."""

    def __init__(self) -> None:
        self.server_url: str | None = None
        self.timeout: float | None = None
        """Seconds for a whole call, retries included."""
        self.retries: int | None = None
        self.verbose: int = 0
        self.demo: bool = False
        self.header: tuple[str, ...] = ()
        """Headers to add to every request, each as `Name: value`."""
        self.given: set[str] = set()
        """Names of the options that were given in either position."""


pass_connection: Final = click.make_pass_decorator(ConnectionOptions, ensure=True)
"""Decorator that passes the `ConnectionOptions` to a command as its first argument."""


def _store(ctx: click.Context, param: click.Parameter, value: Any) -> None:  # noqa: ANN401 what click passes
    """Store an option that was given; its values before and after the command accumulate, or are an error."""
    name = param.name or ""
    if ctx.get_parameter_source(name) is ParameterSource.DEFAULT:
        return
    connection = ctx.ensure_object(ConnectionOptions)
    value = _validate_text(ctx, param, value) if isinstance(value, str) else value
    if name in connection.given:
        _check_may_repeat(param)
        value = getattr(connection, name) + value
    connection.given.add(name)
    setattr(connection, name, value)


def _connection_option(*names: str, help: str, **options: Any) -> Callable[[Decorated], Decorated]:  # noqa: A002, ANN401 click's names
    return click.option(*names, help=help, callback=_store, expose_value=False, **options)


_CONNECTION: Final = (
    _connection_option("--server-url", metavar="URL", help="Base URL of the service; overrides MISTRAL_SERVER_URL."),
    _connection_option(
        "--timeout",
        metavar="SECONDS",
        type=_Seconds(min=0, min_open=True),
        help="Time limit per call, retries included.",
    ),
    _connection_option(
        "--retries",
        metavar="NUMBER",
        type=click.IntRange(min=0),
        help="Retries after transient failures; 2 by default.",
    ),
    _connection_option("-v", "--verbose", count=True, help="Log retries; twice, also requests and responses."),
    _connection_option(
        "--header",
        metavar="'NAME: VALUE'",
        multiple=True,
        help="Header to add to every request; repeatable. Other users of this machine can see it.",
    ),
    _connection_option("--demo", is_flag=True, help="Use a fake service, without a key."),
)


def parse_headers(lines: Sequence[str]) -> dict[str, str]:
    """Split headers into names, in lower case, and values.

    Raises:
        ValueError: A header has no colon, or is given twice. The message shows no value.
    """
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if not colon:
            raise ValueError("--header takes a name and a value with a colon between them: --header 'Name: value'")
        if name in headers:
            raise ValueError(f"--header: {name!r} has two values")
        headers[name] = value.strip()
    return headers


def connection_options(command: Decorated) -> Decorated:
    """Add the connection options; `pass_connection` passes their values."""
    return _decorate(_CONNECTION, command)


class ModelFilter(NamedTuple):
    """Conditions that a model must meet, all of them; an empty, false or None value is no condition."""

    types: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    archived: bool | None = None
    deprecated: bool = False
    match: tuple[str, ...] = ()
    """Globs for the id, the name or an alias."""
    provider: str | None = None
    """Applied by the service, not by `accepts`."""
    model: str | None = None
    """Applied by the service, not by `accepts`."""
    min_context: int | None = None
    """In tokens."""
    created_after: dt.datetime | None = None
    """Earliest time; only fine-tuned models have one."""
    created_before: dt.datetime | None = None
    """Only fine-tuned models that are older."""

    @property
    def is_empty(self) -> bool:
        """Whether every model meets the conditions."""
        return self == ModelFilter()

    def accepts(self, model: ModelInfo) -> bool:
        """Check the conditions that the service does not check."""
        return (
            (not self.types or model.type in self.types)
            and (not self.owners or model.owner in self.owners)
            and all(model.capabilities.get(name) for name in self.capabilities)
            and self.archived in {None, model.archived}
            and (not self.deprecated or model.deprecation is not None)
            and (self.min_context is None or (model.context_length or 0) >= self.min_context)
            and (self.created_after is None or (model.created is not None and model.created >= self.created_after))
            and (self.created_before is None or (model.created is not None and model.created < self.created_before))
            and (not self.match or any(self._matches(name) for name in (*model.ids, model.name) if name))
        )

    def _matches(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self.match)

    def check_names(self, models: Sequence[ModelInfo]) -> None:
        """Reject misspelled types and capabilities.

        Args:
            models: All models that the service lists.

        Raises:
            ValueError: Neither the schema nor any of the models has such a type or capability.
        """
        types = {*TYPES, *(model.type for model in models if model.type)}
        capabilities = {*CAPABILITIES, *(name for model in models for name in model.capabilities)}
        for kind, names, known in (("type", self.types, types), ("capability", self.capabilities, capabilities)):
            for name in names:
                if name not in known:
                    raise ValueError(f"unknown {kind} {name!r}; known: {', '.join(sorted(known))}")


_FILTERS: Final = (
    click.option(
        "--type", "types", metavar="TYPE", multiple=True, help="Type: base, fine-tuned, ...; repeatable (any)."
    ),
    click.option("--owner", "owners", metavar="OWNER", multiple=True, help="Owner; repeatable (any)."),
    click.option(
        "--capability",
        "capabilities",
        metavar="NAME",
        multiple=True,
        help="Capability, such as vision or completion_chat; repeatable (all).",
    ),
    click.option("--archived/--no-archived", default=None, help="Only archived models, or only others."),
    click.option("--deprecated", is_flag=True, help="Only models with a deprecation date."),
    click.option(
        "--match",
        metavar="GLOB",
        multiple=True,
        help="Only models whose id, name or alias matches, such as 'ft:*'; repeatable (any).",
    ),
    click.option(
        "--min-context",
        metavar="TOKENS",
        callback=_parse_tokens,
        help="Only models with at least this context: 100k, 1M.",
    ),
    click.option(
        "--created-after",
        metavar="DATE",
        callback=_parse_moment,
        help="Only fine-tuned models that were created on this day (UTC) or later.",
    ),
    click.option(
        "--created-before",
        metavar="DATE",
        callback=_parse_moment,
        help="Only fine-tuned models that were created before this day (UTC).",
    ),
    click.option("--provider", metavar="NAME", callback=_validate_text, help="Filter by provider, on the server."),
    click.option("--model", metavar="NAME", callback=_validate_text, help="Filter by model name, on the server."),
)


def filter_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the filter options; the command gets them as `filters`, a `ModelFilter`."""

    @functools.wraps(command)
    def with_filters(*, capabilities: tuple[str, ...], **others: Any) -> int:  # noqa: ANN401 what click passes
        given = {name: others.pop(name) for name in ModelFilter._fields if name in others}
        filters = ModelFilter(capabilities=tuple(map(api_name, capabilities)), **given)
        if filters.created_after and filters.created_before and filters.created_after >= filters.created_before:
            raise click.UsageError("--created-after must be earlier than --created-before")
        return command(filters=filters, **others)

    return _decorate(_FILTERS, with_filters)


json_option: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

_FORMATS: Final = (
    click.option("--json", "as_json", is_flag=True, help="Print a JSON array with every field."),
    click.option("--jsonl", "as_jsonl", is_flag=True, help="Print one JSON object per line, with every field."),
    click.option("--csv", "as_csv", is_flag=True, help="Print CSV with every field."),
)


def format_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the machine-readable formats; the command gets the chosen one as `output_format`, or None."""

    @functools.wraps(command)
    def with_format(*, as_json: bool, as_jsonl: bool, as_csv: bool, **others: Any) -> int:  # noqa: ANN401 what click passes
        chosen = [name for name, given in (("json", as_json), ("jsonl", as_jsonl), ("csv", as_csv)) if given]
        if len(chosen) > 1:
            raise click.UsageError(f"--{chosen[0]} and --{chosen[1]} cannot be combined")
        return command(output_format=chosen[0] if chosen else None, **others)

    return _decorate(_FORMATS, with_format)


def _decorate(decorators: Sequence[Callable[[Decorated], Decorated]], command: Decorated) -> Decorated:
    for decorator in reversed(decorators):
        command = decorator(command)
    return command
