"""`diff`: what changed between two lists of models, as text, JSON or Markdown."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from . import client, options, terminal
from .dates import to_utc
from .exit_codes import ExitCode
from .formats import to_json
from .list_files import read_catalogue
from .terminal import escape

if TYPE_CHECKING:
    from mistral_models._json import Json
    from mistral_models.catalogue import Catalogue, Change, ChangeKind, Model

_HELP: Final = """Show what changed between two lists of models, losses first.

OLD and NEW are files that `list --json` or `list --jsonl` wrote, or saved responses; - reads standard input. Without
NEW, OLD is compared with the list that the service sends now.
"""


@click.command("diff", cls=options.Command, help=_HELP)
@click.argument("old", metavar="OLD", type=click.Path(allow_dash=True))
@click.argument("new", metavar="[NEW]", type=click.Path(allow_dash=True), required=False)
@options.json_option
@click.option("--markdown", "as_markdown", is_flag=True, help="Print a Markdown table, for an issue for example.")
@click.option("--exit-code", "with_exit_code", is_flag=True, help="Exit with 6 if anything differs.")
@options.connection_options
@options.pass_connection
def diff_command(
    connection: options.ConnectionOptions,
    *,
    old: str,
    new: str | None,
    as_json: bool,
    as_markdown: bool,
    with_exit_code: bool,
) -> int:
    """Run `diff`."""
    from mistral_models.catalogue import changes

    if as_json and as_markdown:
        raise click.UsageError("--json and --markdown cannot be combined")
    if old == new == "-":
        raise click.UsageError("only one of the lists can be the standard input")
    before = read_catalogue(old)
    if new is None:
        with client.connect(connection) as mistral:
            after = client.fetch_catalogue(mistral, connection)
    else:
        after = read_catalogue(new)
    found = changes(before, after)
    if as_json:
        click.echo(to_json(_to_json(found, before, after)))
    elif not found:
        click.echo("no differences", err=True)
    elif as_markdown:
        click.echo("\n".join(markdown_lines(found)))
    else:
        _print(found)
    return ExitCode.FINDINGS if found and with_exit_code else ExitCode.SUCCESS


_HEADINGS: Final[dict["ChangeKind", tuple[str, str]]] = {
    "gone": ("gone", "bold red"),
    "moved": ("moved to another model", "bold red"),
    "renamed": ("of a renamed model", "bold yellow"),
    "lost": ("that lost capabilities or context", "bold red"),
    "deprecation": ("with another retirement date or replacement", "bold yellow"),
    "new": ("new", "bold green"),
    "gained": ("that gained capabilities or context", "bold green"),
}
"""What follows the number of names in the heading of each kind, and its style."""


class Difference(NamedTuple):
    """One property of a name: its unescaped values before and after."""

    label: str
    """What the values are; empty for the canonical id of the model."""
    before: Sequence[str]
    after: Sequence[str]


def differences(change: "Change") -> list[Difference]:
    """Return the values that differ; for a name that is gone or new, values of the model that had or has it."""
    return [each for each in _comparisons(change) if list(each.before) != list(each.after)]


def _comparisons(change: "Change") -> Iterator[Difference]:
    """Yield the pairs of values to compare, including equal ones."""
    before, after = change.before, change.after
    if before and after:
        if change.kind in {"moved", "renamed"}:
            yield Difference("", [before.id], [after.id])
        yield Difference("capabilities", change.lost, change.gained)
        yield Difference("context", *map(_tokens, change.context or (None, None)))
        yield Difference("archived", *(["yes" if model.archived else "no"] for model in (before, after)))
    else:
        yield Difference("", _id(before), _id(after))
        if after and after.id == change.name:  # not for each of its other names
            yield Difference("capabilities", [], after.capabilities)
            yield Difference("context", [], _tokens(after.context))
    yield Difference("retirement", *_dates(before, after))
    yield Difference("replacement", _replacement(before), _replacement(after))


def _id(model: "Model | None") -> Sequence[str]:
    return [model.id] if model else []


def _replacement(model: "Model | None") -> Sequence[str]:
    return [model.replacement] if model and model.replacement else []


def _tokens(context: int | None) -> Sequence[str]:
    return [] if context is None else [f"{context:,}"]


def _dates(before: "Model | None", after: "Model | None") -> Sequence[Sequence[str]]:
    """Return the days of both retirements, or the exact times if both are on the same day."""
    moments = [to_utc(model.deprecation) if model and model.deprecation else None for model in (before, after)]
    days = [[moment.date().isoformat()] if moment else [] for moment in moments]
    if days[0] == days[1] and moments[0] != moments[1]:
        return [[_timestamp(moment)] if moment else [] for moment in moments]
    return days


def _timestamp(moment: dt.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _print(found: "Sequence[Change]") -> None:
    arrow = "→" if terminal.detect().unicode else "->"
    for number, (heading, style, group) in enumerate(_sections(found)):
        if number:
            click.echo()
        terminal.display(terminal.styled(heading, style))
        rows = (((f"  {change.name}", ""), ("; ".join(_text(change, arrow)), "dim")) for change in group)
        terminal.display(terminal.grid(rows, columns=2))


def _sections(found: "Sequence[Change]") -> "Iterator[tuple[str, str, list[Change]]]":
    """Yield the changes of each kind with a heading and its style."""
    for kind, changes in groupby(found, key=_kind):
        group = list(changes)
        heading, style = _HEADINGS[kind]
        yield f"{len(group)} {'name' if len(group) == 1 else 'names'} {heading}", style, group


def _kind(change: "Change") -> "ChangeKind":
    return change.kind


def _text(change: "Change", arrow: str) -> Iterator[str]:
    """Yield the differences of a name, such as `context 32,768 → 8,192`."""
    is_in_both = change.before is not None and change.after is not None
    for label, before, after in differences(change):
        old, new = ", ".join(before), ", ".join(after)
        if label == "capabilities" and is_in_both:
            yield from (f"{verb} {names}" for verb, names in (("lost", old), ("gained", new)) if names)
        elif is_in_both:
            yield f"{label} {old or 'none'} {arrow} {new or 'none'}".lstrip()
        elif label or (old or new) != change.name:
            yield f"{label or 'model'} {old or new}"


def markdown_lines(found: "Sequence[Change]") -> Iterator[str]:
    """Yield a Markdown table with a row for each name."""
    yield f"Names of models: {', '.join(f'{len(group)} {group[0].kind}' for _, _, group in _sections(found))}."
    yield ""
    yield "| name | change | old | new |"
    yield "| --- | --- | --- | --- |"
    for change in found:
        parts = differences(change)
        old = _cell((label, values) for label, values, _ in parts) if change.before else "none"
        new = _cell((label, values) for label, _, values in parts) if change.after else "none"
        yield f"| {_code(change.name)} | {change.kind} | {old} | {new} |"


def _cell(parts: Iterable[tuple[str, Sequence[str]]]) -> str:
    return "; ".join(f"{label} {', '.join(map(_code, values))}".lstrip() for label, values in parts if values)


_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ,.:/_+-]*")


def _code(value: str) -> str:
    """Write untrusted text as code in a Markdown table.

    Character references are never markup: no line breaks, `|`, links or mentions come out of unusual text.
    """
    text = escape(value)
    if _PLAIN.fullmatch(text):
        return f"`{text}`"
    return f"<code>{''.join(char if char.isalnum() else f'&#{ord(char)};' for char in text)}</code>"


def _to_json(found: "Sequence[Change]", before: "Catalogue", after: "Catalogue") -> "Json":
    return {
        "before": _size(before),
        "after": _size(after),
        "changes": [
            {
                "name": change.name,
                "kind": change.kind,
                "before": _model_to_json(change.before),
                "after": _model_to_json(change.after),
                "lost": list(change.lost),
                "gained": list(change.gained),
                "context": list(change.context) if change.context else None,
            }
            for change in found
        ],
    }


def _size(catalogue: "Catalogue") -> "Json":
    return {"models": len(catalogue), "names": len({name for model in catalogue for name in model.ids})}


def _model_to_json(model: "Model | None") -> "Json":
    return model and {
        "id": model.id,
        "ids": list(model.ids),
        "context": model.context,
        "capabilities": list(model.capabilities),
        "deprecation": _timestamp(to_utc(model.deprecation)) if model.deprecation else None,
        "replacement": model.replacement,
        "archived": model.archived,
    }
