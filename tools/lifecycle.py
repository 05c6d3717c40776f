"""`python -m tools.lifecycle RECORD... --list FILE...`: refresh the records bundled with `mistral-models audit`.

A RECORD is a JSON file with the retirement dates that the vendor documents:

    {"source": "where they are from", "date": "2026-08-21",
     "documented": [{"ids": ["codestral-2405"], "retired": "2025-06-16", "replacement": "Codestral"}]}

The first record is the vendor's; further ones add what it lacks. Each `--list` is a response of `GET /v1/models`, or
the output of `mistral-models list --json`. The result replaces `overlay/mistral_models/cli/audit/record.json`, and
keeps the lists of other days that are in it. The exit code is 2 if an input cannot be used.

`python -m tools.lifecycle --check` changes nothing. It exits with 1 if a record is older than 30 days.
"""

import argparse
import datetime as dt
import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from mistral_models.catalogue import Catalogue, Model
from mistral_models.models import BaseModelCard, ModelList

from .generate import ROOT

TARGET: Final = ROOT / "overlay" / "mistral_models" / "cli" / "audit" / "record.json"
MAX_AGE: Final = dt.timedelta(days=30)

TITLES: Final = {
    "Codestral": "codestral-2508",
    "Leanstral 1.5": "labs-leanstral-1-5",
    "Ministral 3 14B": "ministral-14b-2512",
    "Ministral 3 3B": "ministral-3b-2512",
    "Ministral 3 8B": "ministral-8b-2512",
    "Mistral Large 3": "mistral-large-2512",
    "Mistral Moderation 2": "mistral-moderation-2603",
    "Mistral Small 4": "mistral-small-2603",
    "OCR 4.1": "mistral-ocr-4-1",
    "Voxtral Mini Transcribe 2": "voxtral-mini-2602",
}
"""The ids of replacements that the vendor documents by a title from which the id cannot be derived."""


class UnusableError(ValueError):
    """An input cannot be used; the message says which, and why."""


def build(records: Sequence[Any], lists: Iterable[tuple[dt.date, ModelList]], present: Any) -> dict[str, Any]:  # noqa: ANN401 any JSON
    """Combine retirement records and lists into the content of `record.json`.

    Args:
        records: Parsed records, the vendor's first.
        lists: Lists of models and the day of each.
        present: The parsed content of the present file, whose lists are kept.

    Raises:
        UnusableError: A date or the title of a replacement cannot be understood.
    """
    known = {name for record in records for entry in record["documented"] for name in entry["ids"]}
    by_date = {each["date"]: each for each in (present or {}).get("lists", [])}
    by_date |= {f"{day}": _list(day, catalogue) for day, catalogue in lists}
    return {
        "records": [_record(record, known) for record in records],
        "titles": {_slug(title): model_id for title, model_id in sorted(TITLES.items())},
        "lists": [by_date[day] for day in sorted(by_date)],
    }


def _record(record: Any, known: set[str]) -> dict[str, Any]:  # noqa: ANN401 any JSON
    entries = [
        {
            "ids": entry["ids"],
            "retired": retired and f"{retired}",
            "replacement": _replacement(entry.get("replacement"), known),
        }
        for entry in record["documented"]
        if entry["ids"]
        for retired in [_date(entry.get("retired"))]
    ]
    return {"source": record["source"].partition(",")[0], "date": _record_date(record), "models": entries}


def _record_date(record: Any) -> str:  # noqa: ANN401 any JSON
    """Return the day of a record: its field `date`, or else the first date that its source mentions."""
    found = re.search(r"\d{4}-\d{2}-\d{2}", str(record.get("date") or record["source"]))
    if found is None:
        raise UnusableError(f"the record of {record['source']!r} has no date: add the field `date`, such as 2026-08-21")
    return found[0]


def _date(text: str | None) -> dt.date | None:
    if text is None:
        return None
    for layout in ("%Y-%m-%d", "%B %d, %Y"):
        try:
            return dt.datetime.strptime(text, layout).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    raise UnusableError(f"{text!r} is not a date such as 2026-08-21 or August 21, 2026")


def _replacement(title: str | None, known: set[str]) -> str | None:
    if title is None or title in known:
        return title
    model_id = TITLES.get(title, _slug(title))
    if title not in TITLES and model_id not in known:
        raise UnusableError(f"which id is {title!r}? Add it to TITLES in tools/lifecycle.py")
    return model_id


def _slug(title: str) -> str:
    """Return a title as the name of its page in the documentation: `mistral-large-3` for Mistral Large 3."""
    return re.sub(r"[ .]", "-", title.lower())


def _list(day: dt.date, cards: ModelList) -> dict[str, Any]:
    models = [_model(model) for model in Catalogue(cards) if model.type == "base"]
    return {"source": "the list of the service", "date": f"{day}", "models": models}


def _model(model: Model) -> dict[str, Any]:
    return {"ids": model.ids, "context": model.context, "capabilities": model.capabilities}


def read_record(path: Path) -> Any:  # noqa: ANN401 any JSON
    """Read a retirement record.

    Raises:
        UnusableError: The file has another form than the record in the docstring of this module.
    """
    match _read(path):
        case {"source": str(), "documented": list(entries)} as record if all(map(_is_entry, entries)):
            return record
    raise UnusableError(f"{path}: not a record in the form that `python -m tools.lifecycle --help` shows")


def _is_entry(entry: object) -> bool:
    match entry:
        case {"ids": list(ids)}:
            return all(isinstance(model_id, str) for model_id in ids)
    return False


def read_list(path: Path) -> tuple[dt.date, ModelList]:
    """Read a list of models and its day: the service sends the time of the response as `created` of base models.

    Raises:
        UnusableError: It is not such a list, or has no base model.
    """
    content = _read(path)
    try:
        cards = ModelList.from_dict({"object": "list", "data": content} if isinstance(content, list) else content)
    except ValueError as error:
        raise UnusableError(f"{path}: not a list of models: {error}") from None
    moments = [card.created for card in cards.data if isinstance(card, BaseModelCard) and card.created]
    if not moments:
        raise UnusableError(f"{path}: the list has no base model, whose `created` is the date of the list")
    return dt.datetime.fromtimestamp(max(moments), dt.UTC).date(), cards


def _read(path: Path) -> Any:  # noqa: ANN401 any JSON
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnusableError(f"{path}: {error}") from None


def stale(record: Any, today: dt.date) -> list[str]:  # noqa: ANN401 any JSON
    """Describe the vendor's record and the newest list if they are older than 30 days."""
    parts = {"retirement record": record["records"][0]["date"], "newest list": record["lists"][-1]["date"]}
    return [
        f"the {name} is of {day}, {age.days} days old: refresh it with `python -m tools.lifecycle`"
        for name, day in parts.items()
        if (age := today - dt.date.fromisoformat(day)) > MAX_AGE
    ]


def dump(record: dict[str, Any]) -> str:
    """Format with one model per line, so that changes are easy to review."""
    text = json.dumps(record, indent=1, ensure_ascii=False)
    flat = re.sub(r"\{\s+\"ids\": [^{}]*\}", lambda model: re.sub(r"\s+", " ", model[0]), text)
    return flat.replace("[ ", "[").replace(" ]", "]").replace("{ ", "{").replace(" }", "}") + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Refresh or check the file, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.lifecycle", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("records", nargs="*", type=Path, metavar="RECORD", help="retirement dates, the vendor's first")
    parser.add_argument("--list", dest="lists", action="append", default=[], type=Path, help="a list of models")
    parser.add_argument("--check", action="store_true", help="only report whether the present file is stale")
    parser.add_argument("--file", type=Path, default=TARGET, help="the file to write or to check")
    options = parser.parse_args(arguments)
    if options.check == bool(options.records):
        parser.error("give at least one RECORD, or --check")
    try:
        present = _read(options.file) if options.check or options.file.exists() else None
        if options.check:
            messages = stale(present, dt.datetime.now(dt.UTC).date())
            print("\n".join(messages) or "the records are up to date")
            return 1 if messages else 0
        record = build(list(map(read_record, options.records)), map(read_list, options.lists), present)
    except UnusableError as error:
        print(f"tools.lifecycle: {error}", file=sys.stderr)
        return 2
    options.file.write_text(dump(record), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
