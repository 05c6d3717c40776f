"""What is known about the names of models, and the verdict on one name. Nothing here does I/O.

The sources, in this order: a list of models, the deprecation dates in it, the record of retirements, and the history of
names that were listed once.
"""

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from . import grammar

RETIRED: Final = "retired"
DEPRECATED: Final = "deprecated"
UNLISTED: Final = "unlisted"
UNKNOWN: Final = "unknown"
OK: Final = "ok"
STATUSES: Final = (RETIRED, DEPRECATED, UNLISTED, UNKNOWN, OK)
"""The statuses of a name, the most severe first."""

MAX_AGE: Final = dt.timedelta(days=30)
"""A source that is older may miss what the vendor announced since."""

_UNUSED_CAPABILITIES: Final = frozenset({"fine_tuning"})
"""Training was retired in August 2026, so that no program can lose it with another model."""

FINE_TUNED: Final = "ft:"
"""The ids of fine-tuned models begin with it."""


class Source(NamedTuple):
    """Where a statement about a name is from."""

    kind: str
    """`list`, `record` or `history`."""
    text: str
    """For people."""
    date: dt.date | None
    """None if the source does not say."""

    def __str__(self) -> str:
        return f"{self.text} ({self.date})" if self.date else self.text


class Listed(NamedTuple):
    """A model of a list: all its ids, the canonical one first."""

    ids: tuple[str, ...]
    context: int | None = None
    """In tokens."""
    capabilities: frozenset[str] = frozenset()
    deprecation: dt.date | None = None
    replacement: str | None = None


class ModelList(NamedTuple):
    """The models that the service offered at some time."""

    source: Source
    models: tuple[Listed, ...]

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all models."""
        return frozenset(name for model in self.models for name in model.ids)


class Retirement(NamedTuple):
    """What a record says about a name."""

    siblings: tuple[str, ...]
    """The ids that the record gives for the same model."""
    date: dt.date | None
    """The day on which the model goes away; None if there is no such day yet."""
    replacement: str | None


class Record(NamedTuple):
    """Retirements, as somebody published them."""

    source: Source
    retirements: tuple[tuple[tuple[str, ...], Retirement], ...]


class Bundle(NamedTuple):
    """The records that are bundled with this package."""

    records: tuple[Record, ...]
    """The vendor's record comes first."""
    titles: Mapping[str, str]
    """The ids of models that the documentation calls by another name, such as `mistral-large-3`."""
    lists: tuple[ModelList, ...]
    """Earlier lists, the oldest first."""


class Verdict(NamedTuple):
    """What is known about a name."""

    name: str
    status: str
    source: Source
    deprecation: dt.date | None = None
    """The day on which the model goes away, or went away."""
    replacement: str | None = None
    """The id to use instead; for an unknown name, the one that was probably meant."""
    context: tuple[int, int] | None = None
    """The context of the model and that of its replacement, in tokens."""
    lost_capabilities: tuple[str, ...] = ()
    """What the model can do and its replacement cannot."""
    replacement_is_listed: bool = False


def read_bundle(content: Mapping[str, Any]) -> Bundle:
    """Read the content of `record.json`."""
    return Bundle(
        records=tuple(
            Record(
                Source("record", each["source"], dt.date.fromisoformat(each["date"])),
                tuple((tuple(entry["ids"]), _retirement(entry)) for entry in each["models"]),
            )
            for each in content["records"]
        ),
        titles=dict(content["titles"]),
        lists=tuple(
            ModelList(
                Source("history", each["source"], dt.date.fromisoformat(each["date"])),
                tuple(
                    Listed(tuple(model["ids"]), model["context"], frozenset(model["capabilities"]))
                    for model in each["models"]
                ),
            )
            for each in content["lists"]
        ),
    )


def _retirement(entry: Mapping[str, Any]) -> Retirement:
    retired = entry["retired"]
    return Retirement(tuple(entry["ids"]), dt.date.fromisoformat(retired) if retired else None, entry["replacement"])


class Names:
    """Judges names of models.

    Args:
        bundle: The records of this package.
        models: The list of the service; by default, the newest one of the bundle.
        today: The day for which the names are judged.
    """

    def __init__(self, bundle: Bundle, models: ModelList | None, today: dt.date) -> None:
        self.is_offline: Final = models is None
        self.list: Final = models or bundle.lists[-1]
        self.today: Final = today
        self._bundle: Final = bundle
        self._listed: Final[dict[str, list[Listed]]] = {}
        for model in self.list.models:
            for name in model.ids:
                self._listed.setdefault(name, []).append(model)
        self._recorded: Final = _newest_statements(bundle.records)
        self._history: Final[dict[str, tuple[Source, Listed]]] = {
            name: (each.source, model) for each in bundle.lists for model in each.models for name in model.ids
        }
        self.known: Final = frozenset({*self._listed, *self._recorded, *self._history})
        """All ids that exist, or existed once."""
        self._grammar: Final = grammar.Grammar(self.known, bundle.titles, frozenset(self._listed))
        self._verdicts: Final[dict[str, Verdict | None]] = {}

    def stale_sources(self) -> list[Source]:
        """Return those of the list and the vendor's record that are older than 30 days."""
        sources = (self.list.source, self._bundle.records[0].source)
        return [each for each in sources if each.date and self.today - each.date > MAX_AGE]

    def judge(self, name: str) -> Verdict | None:
        """Return the verdict on a name; None if it is no id of this API and does not look like one."""
        if name not in self._verdicts:
            self._verdicts[name] = self._judge_known(name) or self._judge_unknown(name)
        return self._verdicts[name]

    def unknown(self, name: str) -> Verdict:
        """Return the verdict on a name that somebody says is one of this API, but that never existed."""
        return Verdict(name, UNKNOWN, self.list.source, replacement=self._grammar.meant(name))

    def _judge_unknown(self, name: str) -> Verdict | None:
        return self.unknown(name) if self._grammar.is_like_an_id(name) else None

    def _judge_known(self, name: str) -> Verdict | None:
        if name in self._listed:
            return self._judge_listed(name)
        if name in self.known:
            return self._judge_absent(name)
        return Verdict(name, UNLISTED, self.list.source) if name.startswith(FINE_TUNED) else None

    def _judge_listed(self, name: str) -> Verdict:
        dated = [model for model in self._listed[name] if model.deprecation]
        if dated:
            model = min(dated, key=lambda each: (each.deprecation, each.ids))
            return self._going_away(name, model.deprecation, model.replacement, self.list.source)
        source, recorded = self._recorded.get(name, (None, None))
        # A name that is still listed is not gone, whatever a record says. `-latest` names move to another model.
        if source and recorded and recorded.date and recorded.date >= self.today and not name.endswith("-latest"):
            return self._going_away(name, recorded.date, recorded.replacement, source)
        return Verdict(name, OK, self.list.source)

    def _judge_absent(self, name: str) -> Verdict:
        """Judge a name that is known but not listed."""
        source, recorded = self._recorded.get(name) or self._inferred(name) or (None, None)
        is_final = not (name.endswith("-latest") and self._has_listed_family(name))
        if source and recorded and recorded.date and is_final:
            return self._going_away(name, recorded.date, recorded.replacement, source)
        replacement = recorded.replacement if recorded else None
        return self._with_replacement(Verdict(name, UNLISTED, self.list.source), replacement)

    def _inferred(self, name: str) -> tuple[Source, Retirement] | None:
        """Return the retirement of the model that was listed under this name last, unless that model is listed now."""
        source, model = self._history.get(name, (None, None))
        if source is None or model is None or model.ids[0] in self._listed or model.ids[0] not in self._recorded:
            return None
        return source, self._recorded[model.ids[0]][1]

    def _has_listed_family(self, name: str) -> bool:
        """Tell whether a model with the same name and a version is listed: for `codestral-latest`, `codestral-2508`."""
        family = re.compile(re.escape(name.removesuffix("latest")) + r"\d")
        return any(map(family.match, self._listed))

    def _going_away(self, name: str, date: dt.date | None, replacement: str | None, source: Source) -> Verdict:
        status = RETIRED if date and date < self.today else DEPRECATED
        return self._with_replacement(Verdict(name, status, source, date), replacement)

    def _with_replacement(self, verdict: Verdict, replacement: str | None) -> Verdict:
        """Add the replacement in the style of the name, and how it compares."""
        chosen = self._follow(verdict.name, replacement)
        if chosen is None:
            return verdict
        verdict = verdict._replace(replacement=chosen, replacement_is_listed=chosen in self._listed)
        before, after = self._describe(verdict.name), self._describe(chosen)
        if before is None or after is None:
            return verdict
        return verdict._replace(
            context=(before.context, after.context) if before.context and after.context else None,
            lost_capabilities=tuple(sorted(before.capabilities - after.capabilities - _UNUSED_CAPABILITIES)),
        )

    def _follow(self, name: str, replacement: str | None) -> str | None:
        """Follow replacements to an id that is listed and stays; the last one found if there is none."""
        visited = {name}
        while replacement and replacement not in visited:
            visited.add(replacement)
            styled = self._in_style_of(name, replacement)
            verdict = self.judge(styled)
            if verdict is None or verdict.status in {OK, UNLISTED} or not verdict.replacement:
                return styled
            replacement = verdict.replacement
        return replacement if replacement != name else None

    def _in_style_of(self, name: str, replacement: str) -> str:
        """Choose among the ids of the replacement: pinned, or `-latest` for a name that moves with the versions."""
        siblings = self._recorded[replacement][1].siblings if replacement in self._recorded else ()
        groups = [model.ids for model in self._listed.get(replacement, ())]
        ids = [replacement, *siblings, *itertools.chain.from_iterable(groups)]
        is_floating = name.endswith("-latest") or not re.search(r"\d", name)
        suitable = [each for each in ids if each.endswith("-latest") == is_floating and re.search(r"\d|-latest$", each)]
        listed = [each for each in suitable if each in self._listed]
        return next(iter(listed or [each for each in ids if each in self._listed] or suitable or ids))

    def _describe(self, name: str) -> Listed | None:
        """Return the listed model, or what was listed under this name last."""
        if name in self._listed:
            return self._listed[name][0]
        return self._history[name][1] if name in self._history else None


def _newest_statements(records: Iterable[Record]) -> dict[str, tuple[Source, Retirement]]:
    """Take for each name what the newest record says.

    A record can have several entries for a name that has moved from one model to another. The one with the latest date
    counts; an entry without a date, whose model stays, is later than all others.
    """
    statements: dict[str, tuple[Source, Retirement]] = {}
    for record in sorted(records, key=lambda record: record.source.date or dt.date.min):
        by_name: dict[str, list[Retirement]] = {}
        for ids, retirement in record.retirements:
            for name in ids:
                by_name.setdefault(name, []).append(retirement)
        for name, entries in by_name.items():
            last = max(entries, key=lambda entry: entry.date or dt.date.max)
            statements[name] = (record.source, last)
    return statements
