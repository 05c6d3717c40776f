"""Models for the fake service.

A model is one JSON object with the fields that any operation returns; `_service.py` selects those of each response.
"""

from typing import Any

Model = dict[str, Any]
"""A model as a JSON object."""

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
        A JSON object with all fields of a `BaseModelCard`.

    Raises:
        ValueError: There is no such capability.
    """
    for name in capabilities:
        if name not in _CAPABILITIES:
            raise ValueError(f"there is no capability {name!r}; there are {', '.join(_CAPABILITIES)}")
    return {
        "id": model_id,
        "object": "model",
        "created": 1750000000,
        "owned_by": "mistralai",
        "capabilities": {name: name in capabilities for name in _CAPABILITIES},
        "name": model_id,
        "description": None,
        "max_context_length": 131072,
        "aliases": [],
        "deprecation": None,
        "deprecation_replacement_model": None,
        "default_model_temperature": None,
        "internal": False,
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
    model = fine_tuned_model(name, root=root, model_type="classifier", classifier_targets=[target], **fields)
    model["capabilities"] = {**model["capabilities"], "completion_chat": False, "classification": True}
    return model


def catalogue() -> list[Model]:
    """Return the default models: nine base models of all kinds, one of them deprecated, and four fine-tuned models."""
    chat = ("completion_chat", "function_calling")
    speech = {"modes": ["offline"], "instruction": True, "response_formats": ["mp3", "wav"]}
    transcription = {
        "modes": ["offline", "realtime"],
        "diarization": True,
        "timestamp_granularities": ["segment", "word"],
        "languages": ["en", "fr", "de"],
        "streaming_delays_ms": [{"min": 80, "max": 2400}],
    }
    return [
        base_model(
            "mistral-large-2512", *chat, "vision", "fine_tuning",
            aliases=["mistral-large-latest"], max_context_length=262144, default_model_temperature=0.7,
            description="The largest model, for hard questions.",
        ),
        base_model(
            "mistral-small-2506", *chat, "vision", "fine_tuning",
            aliases=["mistral-small-latest"], default_model_temperature=0.15,
            description="A small model that follows instructions and sees.",
        ),
        base_model("magistral-medium-2509", *chat, "reasoning", "vision", aliases=["magistral-medium-latest"]),
        base_model("codestral-2508", *chat, "completion_fim", aliases=["codestral-latest"], max_context_length=256000),
        base_model("mistral-ocr-2512", "ocr", aliases=["mistral-ocr-latest"], max_context_length=16384),
        base_model("mistral-moderation-2411", "moderation", "classification", max_context_length=8192),
        base_model(
            "voxtral-mini-2507", "audio", "audio_transcription", "audio_transcription_realtime",
            aliases=["voxtral-mini-latest"], audio_transcription_capabilities=transcription,
        ),
        base_model("voxtral-speech-2601", "audio_speech", audio_speech_capabilities=speech),
        base_model(
            "open-mistral-7b", "completion_chat", "fine_tuning", created=1695859200, max_context_length=32768,
            aliases=["mistral-tiny", "mistral-tiny-2312"], deprecation="2026-12-31T12:00:00Z",
            deprecation_replacement_model="mistral-small-latest",
        ),
        fine_tuned_model("support-triage", description="Routes incoming mail."),
        fine_tuned_model("release-notes", root="codestral-2508", root_version="2508"),
        fine_tuned_model("old-experiment", archived=True),
        classifier("sentiment", ["negative", "neutral", "positive"]),
    ]  # fmt: skip
