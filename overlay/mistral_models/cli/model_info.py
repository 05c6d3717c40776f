"""The description of a model that the commands work with, read leniently from model cards of every kind."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from .terminal import escape

if TYPE_CHECKING:
    from mistral_models._json import Json

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
    """A model. A field that the service left out, or sent with an unexpected type, is empty or None."""

    id: str
    type: str
    owner: str
    name: str
    description: str
    context_length: int | None
    created: dt.datetime | None
    capabilities: Mapping[str, bool]
    aliases: tuple[str, ...]
    archived: bool
    deprecation: dt.datetime | None
    replacement: str
    root: str
    payload: "Json"
    """The JSON that the service sent."""


class ModelCard(Protocol):
    """A model card, or a model that `update` returns, of any kind."""

    def to_dict(self) -> Any:  # noqa: ANN401 as the generated package declares it
        """Return the JSON that the service sent."""
        ...


def model_info(card: ModelCard) -> ModelInfo:
    """Read a model card; a field of an unexpected type counts as missing."""
    payload: Json = card.to_dict()
    fields = payload if isinstance(payload, dict) else {}
    return ModelInfo(
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
        payload=payload,
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
        moment = as_datetime(value, "")
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
