"""The description of a model that the commands work with, read leniently from model cards of every kind."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from .terminal import escape

if TYPE_CHECKING:
    from mistral_models._json import Json
    from mistral_models.catalogue import Model

TYPES: Final = ("base", "fine-tuned")
"""The model types of the API's schema."""

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
"""The capabilities of the API's schema, each with a short name and a letter for narrow tables."""


class ModelInfo(NamedTuple):
    """A model, or one of the entries that the service sends for it: one for each of its ids.

    A field that the service left out, or sent with an unexpected type, is empty or None.
    """

    id: str
    type: str
    owner: str
    name: str
    description: str
    context_length: int | None
    created: dt.datetime | None
    """None unless the model is fine-tuned. For other models, the service sends the time of the request."""
    capabilities: Mapping[str, bool]
    aliases: tuple[str, ...]
    """Its other ids."""
    archived: bool
    deprecation: dt.datetime | None
    replacement: str
    root: str
    payload: "Json"
    """The JSON that the service sent; for a model, that of the entry with its canonical id."""
    entries: "tuple[ModelInfo, ...]" = ()
    """The entries of a model; an entry has none itself."""

    @property
    def ids(self) -> tuple[str, ...]:
        """All its ids."""
        return tuple(name for name in (self.id, *self.aliases) if name)

    @property
    def is_fine_tuned(self) -> bool:
        """Whether it is fine-tuned; what `update` returns has a root, but no type."""
        return self.type == "fine-tuned" or bool(self.root)


class ModelCard(Protocol):
    """A model card, or a model that `update` returns, of any kind."""

    def to_dict(self) -> Any:  # noqa: ANN401 as the generated package declares it
        """Return the card as JSON, with defaults for the fields that the service left out."""
        ...


def model_info(card: ModelCard, payload: "Json" = None) -> ModelInfo:
    """Read a model card; a field of an unexpected type counts as missing.

    Args:
        card: The card.
        payload: The JSON that it was decoded from; by default, the card as JSON.
    """
    decoded: Json = card.to_dict()
    fields = decoded if isinstance(decoded, dict) else {}
    entry = ModelInfo(
        id=_string(fields.get("id")),
        type=_string(fields.get("type")),
        owner=_string(fields.get("owned_by")),
        name=_string(fields.get("name")),
        description=_string(fields.get("description")),
        context_length=_integer(fields.get("max_context_length")),
        created=_from_timestamp(fields.get("created")),
        capabilities=_flags(fields.get("capabilities")),
        aliases=_strings(fields.get("aliases")),
        archived=fields.get("archived") is True,
        deprecation=_datetime(fields.get("deprecation")),
        replacement=_string(fields.get("deprecation_replacement_model")),
        root=_string(fields.get("root")),
        payload=decoded if payload is None else payload,
    )
    return entry if entry.is_fine_tuned else entry._replace(created=None)


def merged_info(model: "Model", entries: Sequence[ModelInfo]) -> ModelInfo:
    """Describe a model of the catalogue, whose cards these entries were read from."""
    main = next((entry for entry in entries if entry.id == model.id), entries[0])
    return main._replace(
        id=model.id,
        aliases=model.ids[1:],
        deprecation=_to_utc(model.deprecation) if model.deprecation else None,
        replacement=model.replacement or "",
        entries=tuple(entries),
    )


def short_name(capability: str) -> str:
    """Return the name of a capability's column."""
    return CAPABILITIES[capability][0] if capability in CAPABILITIES else escape(capability)


def letter(capability: str) -> str:
    """Return the letter of a capability; `+` if the schema does not list it."""
    return CAPABILITIES[capability][1] if capability in CAPABILITIES else "+"


def api_name(name: str) -> str:
    """Return the API's name of a capability that is given by its short name, or with hyphens."""
    by_short_name = {short: capability for capability, (short, _) in CAPABILITIES.items()}
    return by_short_name.get(name) or name.replace("-", "_")


def format_tokens(number: int | None) -> str:
    """Format a number of tokens: 131k for 131,072, 1M for 1,000,000."""
    if number is None:
        return ""
    if abs(number) < 1000:
        return str(number)
    return f"{number // 1000}k" if abs(number) < 1_000_000 else f"{number / 1_000_000:.3g}M"


def _string(value: "Json") -> str:
    return value if isinstance(value, str) else ""


def _integer(value: "Json") -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _strings(value: "Json") -> tuple[str, ...]:
    return tuple(filter(None, map(_string, value))) if isinstance(value, list) else ()


def _flags(value: "Json") -> Mapping[str, bool]:
    return {name: flag is True for name, flag in value.items()} if isinstance(value, dict) else {}


def _from_timestamp(value: "Json") -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp(value, dt.UTC) if isinstance(value, int) and value else None
    except (OverflowError, ValueError, OSError):
        return None


def _datetime(value: "Json") -> dt.datetime | None:
    from mistral_models_raw.decoding import as_datetime

    try:
        return _to_utc(as_datetime(value, ""))
    except ValueError:
        return None


def _to_utc(moment: dt.datetime) -> dt.datetime | None:
    """Convert to UTC; None if that is before the year 1 or after 9999."""
    try:
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    except OverflowError:
        return None
