"""What the command line knows of a model, read alike from cards of every kind, those of unknown kinds included."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from .safe import safe

if TYPE_CHECKING:
    from mistral_models._json import Json

TYPES: Final = ("base", "fine-tuned")
"""What the document lists."""

CAPABILITIES: Final = {
    "completion_chat": ("chat", "C"),
    "function_calling": ("tools", "T"),
    "reasoning": ("reason", "R"),
    "completion_fim": ("fim", "F"),
    "fine_tuning": ("tune", "N"),
    "vision": ("vision", "V"),
    "ocr": ("ocr", "O"),
    "classification": ("class", "L"),
    "moderation": ("mod", "M"),
    "audio": ("audio", "A"),
    "audio_transcription": ("listen", "I"),
    "audio_transcription_realtime": ("live", "E"),
    "audio_speech": ("speak", "S"),
    "unified_resources": ("unified", "U"),
}
"""Their short names, and their letters where there is no room for names."""


class Facts(NamedTuple):
    """A model, with the document's defaults for what was left out, and None or nothing for what cannot be read."""

    id: str
    type: str
    owner: str
    name: str
    description: str
    context: int | None
    created: dt.datetime | None
    capabilities: Mapping[str, bool]
    aliases: tuple[str, ...]
    archived: bool
    deprecation: dt.datetime | None
    replacement: str
    root: str
    payload: "Json"
    """All that the service sent."""


class Card(Protocol):
    """A card, or a model that `update` returns, of any kind."""

    def to_dict(self) -> Any:  # noqa: ANN401 as the raw package has it
        """Make JSON of all that the service sent."""
        ...


def facts(card: Card) -> Facts:
    """Read a card. What has another form than the document says counts as not said."""
    payload: Json = card.to_dict()
    fields = payload if isinstance(payload, dict) else {}
    context = fields.get("max_context_length")
    return Facts(
        id=_text(fields.get("id")),
        type=_text(fields.get("type")),
        owner=_text(fields.get("owned_by")),
        name=_text(fields.get("name")),
        description=_text(fields.get("description")),
        context=context if isinstance(context, int) and not isinstance(context, bool) else None,
        created=_instant(fields.get("created")),
        capabilities=_flags(fields.get("capabilities")),
        aliases=_texts(fields.get("aliases")),
        archived=fields.get("archived") is True,
        deprecation=_moment(fields.get("deprecation")),
        replacement=_text(fields.get("deprecation_replacement_model")),
        root=_text(fields.get("root")),
        payload=payload,
    )


def short(capability: str) -> str:
    """Name a capability in a word that a column can bear."""
    return CAPABILITIES[capability][0] if capability in CAPABILITIES else safe(capability)


def wire_name(word: str) -> str:
    """Find what the service calls a capability that is named by a short name, or with hyphens."""
    return next((name for name, (shown, _) in CAPABILITIES.items() if shown == word), word.replace("-", "_"))


def letter(capability: str) -> str:
    """Name a capability in a letter; `+` for one that the document does not know."""
    return CAPABILITIES[capability][1] if capability in CAPABILITIES else "+"


def _text(value: "Json") -> str:
    return value if isinstance(value, str) else ""


def _texts(value: "Json") -> tuple[str, ...]:
    return tuple(filter(None, map(_text, value))) if isinstance(value, list) else ()


def _flags(value: "Json") -> Mapping[str, bool]:
    return {name: flag is True for name, flag in value.items()} if isinstance(value, dict) else {}


def _instant(value: "Json") -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp(value, dt.UTC) if isinstance(value, int) and value else None
    except (OverflowError, ValueError, OSError):
        return None


def _moment(value: "Json") -> dt.datetime | None:
    from mistral_models_raw.decoding import as_datetime

    try:
        moment = as_datetime(value, "")
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
