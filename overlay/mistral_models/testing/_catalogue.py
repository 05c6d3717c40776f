"""Models for the fake service.

An entry is one JSON object with the fields that any operation returns; `_service.py` selects those of each response.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

Model = dict[str, Any]
"""A model, or the entry for one of its names, as a JSON object."""

_CAPABILITIES = (
    "completion_chat",
    "function_calling",
    "reasoning",
    "completion_fim",
    "fine_tuning",
    "vision",
    "ocr",
    "classification",
    "moderation",
    "audio",
    "audio_transcription",
    "audio_transcription_realtime",
    "audio_speech",
    "unified_resources",
)


def base_model(model_id: str, *capabilities: str, **fields: object) -> Model:
    """Return a base model, one that the vendor offers.

    Args:
        model_id: Its id.
        capabilities: The names of its capabilities, such as `vision`.
        fields: Fields of a `BaseModelCard`, added to the defaults or replacing them.

    Returns:
        A JSON object with the fields that the service sends, except `created`: unless you pass it, `FakeMistral` sends
        the time of the request there, as the service does.

    Raises:
        ValueError: There is no such capability.
    """
    for name in capabilities:
        if name not in _CAPABILITIES:
            raise ValueError(f"there is no capability {name!r}; there are {', '.join(_CAPABILITIES)}")
    return {
        "id": model_id,
        "object": "model",
        "owned_by": "mistralai",
        "capabilities": {name: name in capabilities for name in _CAPABILITIES},
        "name": model_id,
        "description": None,
        "max_context_length": 131072,
        "aliases": [],
        "deprecation": None,
        "deprecation_replacement_model": None,
        "default_model_temperature": None,
        "billing_model_name": model_id,
        "type": "base",
        **fields,
    }


def fine_tuned_model(name: str, *, root: str = "open-mistral-7b", **fields: object) -> Model:
    """Return a fine-tuned model that generates text.

    Args:
        name: Its name. The id is derived from it: the same name gives the same id.
        root: The id of its base model.
        fields: Fields of an `FTModelCard` or `CompletionFineTunedModel`, added to the defaults or replacing them.

    Returns:
        A JSON object with all fields of both.
    """
    digest = f"{sum(ord(letter) * 31**index for index, letter in enumerate(name)) % 16**8:08x}"
    return {
        **base_model(f"ft:{root}:587a6b29:20240514:{digest}", "completion_chat"),
        "created": 1715690000,
        "owned_by": "587a6b29",
        "name": name,
        "max_context_length": 32768,
        "internal": False,
        "billing_model_name": None,
        "type": "fine-tuned",
        "job": f"{digest}-0000-4000-8000-000000000001",
        "root": root,
        "archived": False,
        "model_type": "completion",
        "workspace_id": "0c5ad1f2-0000-4000-8000-000000000002",
        "root_version": "0.3",
        **fields,
    }


def classifier(name: str, labels: list[str], *, root: str = "ministral-3b-latest", **fields: object) -> Model:
    """Return a fine-tuned model that classifies text.

    Args:
        name: Its name, also that of its only target. The id is derived from it: the same name gives the same id.
        labels: The labels that it assigns.
        root: The id of its base model.
        fields: Fields of an `FTModelCard` or `ClassifierFineTunedModel`, added to the defaults or replacing them.

    Returns:
        A JSON object with all fields of both.
    """
    target = {"name": name, "labels": labels, "weight": 1.0, "loss_function": "single_class"}
    model = fine_tuned_model(name, root=root)
    return {
        **model,
        "capabilities": {**model["capabilities"], "completion_chat": False, "classification": True},
        "model_type": "classifier",
        "classifier_targets": [target],
        **fields,
    }


class _Row(NamedTuple):
    """A base model, with what its entries do not have in common with those of all models."""

    ids: str
    """All of its names; the first one is also its `name`."""
    capabilities: str
    context: int
    """In tokens."""
    temperature: float | None
    description: str = ""
    billing: str = ""
    """By default the name."""
    replacement: str | None = None
    """If there is one, the model is about to be retired."""

    def entries(self, retirement: str) -> list[Model]:
        """Return an entry for each of the names."""
        ids = self.ids.split()
        return [
            base_model(
                model_id,
                *self.capabilities.split(),
                name=ids[0],
                description=self.description or f"Official {ids[0]} Mistral AI model",
                max_context_length=self.context,
                aliases=[other for other in ids if other != model_id],
                deprecation=retirement if self.replacement else None,
                deprecation_replacement_model=self.replacement,
                default_model_temperature=self.temperature,
                billing_model_name=self.billing or ids[0],
            )
            for model_id in ids
        ]


_RETIREMENT: Final = timedelta(weeks=5)
# The list that the service sent on 2026-10-08; the retirement date is added, because no model had one that day.
_BASE_MODELS: Final = (
    _Row("codestral-2508 codestral-latest mistral-code-latest mistral-code-fim-latest",
         "completion_chat function_calling completion_fim", 256000, 0.3,
         "Our cutting-edge language model for coding released August 2025."),
    _Row("labs-leanstral-1-5-1 labs-leanstral-1-5",
         "completion_chat function_calling reasoning vision unified_resources", 262144, 1.0,
         "A mid & post-trained version of mistral small 4 for Lean (260618 SFT)", "labs-leanstral-1-5"),
    _Row("ministral-14b-2512 ministral-14b-latest", "completion_chat function_calling fine_tuning vision", 262144, 0.3,
         "Ministral 3 (a.k.a. Tinystral) 14B Instruct."),
    _Row("ministral-3b-2512 ministral-3b-latest", "completion_chat function_calling fine_tuning vision", 131072, 0.3,
         "Ministral 3 (a.k.a. Tinystral) 3B Instruct."),
    _Row("ministral-8b-2512 ministral-8b-latest", "completion_chat function_calling fine_tuning vision", 262144, 0.3,
         "Ministral 3 (a.k.a. Tinystral) 8B Instruct."),
    _Row("mistral-medium-latest mistral-medium mistral-medium-3-5 mistral-medium-3.5 mistral-medium-3 "
         "mistral-medium-2604 mistral-vibe-cli-latest mistral-vibe-cli-with-tools magistral-medium-latest",
         "completion_chat function_calling reasoning vision", 262144, 1.0, billing="mistral-medium-3-5"),
    _Row("mistral-small-2603 mistral-small-latest mistral-vibe-cli-fast magistral-small-latest",
         "completion_chat function_calling reasoning vision", 262144, 0.3, "Mistral Small 4."),
    _Row("voxtral-small-2507 voxtral-small-latest", "completion_chat function_calling audio", 32768, 0.2,
         "A small audio understanding model released in July 2025"),
    _Row("codestral-embed codestral-embed-2505", "", 8192, None, billing="codestral-embed-2505"),
    _Row("mistral-embed-2312 mistral-embed", "", 8192, None, billing="mistral-embed"),
    _Row("mistral-moderation-2603", "classification moderation", 131072, None),
    _Row("mistral-ocr-2512 mistral-ocr-3-0 mistral-ocr-3", "function_calling vision ocr", 16384, 0.0,
         replacement="mistral-ocr-latest"),
    _Row("mistral-ocr-4-0", "function_calling vision ocr", 16384, 0.0, billing="mistral-ocr-4"),
    _Row("mistral-ocr-latest mistral-ocr-4 mistral-ocr-4-1", "function_calling vision ocr", 16384, 0.0,
         billing="mistral-ocr-4"),
    _Row("voxtral-mini-2602 voxtral-mini-latest", "audio_transcription", 16384, 0.0),
    _Row("voxtral-mini-transcribe-realtime-2602 voxtral-mini-realtime-2602 voxtral-mini-realtime-latest",
         "audio_transcription_realtime", 32768, 0.0, "A realtime transcription model released in January 2026",
         "voxtral-mini-realtime-2602"),
    _Row("voxtral-mini-tts-2603 voxtral-mini-tts-latest", "function_calling fine_tuning audio_speech", 4096, 0.3,
         "TTS v1 final checkpoint"),
)  # fmt: skip


def catalogue(now: datetime | None = None) -> list[Model]:
    """Return the default models: what the service listed in October 2026, and four fine-tuned models.

    There are 17 base models with 46 entries, because the service sends one entry for each name of a model.
    `mistral-ocr-2512` is retired in five weeks, at noon UTC.

    Args:
        now: The time from which the five weeks are counted; the current time by default.
    """
    retirement = ((now or datetime.now(UTC)).astimezone(UTC) + _RETIREMENT).strftime("%Y-%m-%dT12:00:00Z")
    return [
        *(entry for row in _BASE_MODELS for entry in row.entries(retirement)),
        fine_tuned_model("support-triage", description="Routes incoming mail."),
        fine_tuned_model("release-notes", root="codestral-2508", root_version="2508"),
        fine_tuned_model("old-experiment", archived=True),
        classifier("sentiment", ["negative", "neutral", "positive"]),
    ]
