"""Contains all the data models used in inputs/outputs"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .archive_model_response import ArchiveModelResponse
    from .audio_speech_capabilities import AudioSpeechCapabilities
    from .audio_transcription_capabilities import AudioTranscriptionCapabilities
    from .base_model_card import BaseModelCard
    from .classifier_fine_tuned_model import ClassifierFineTunedModel
    from .classifier_target_result import ClassifierTargetResult
    from .completion_fine_tuned_model import CompletionFineTunedModel
    from .delete_model_response import DeleteModelResponse
    from .error_body import ErrorBody
    from .fine_tuned_model_capabilities import FineTunedModelCapabilities
    from .ft_classifier_loss_function import FTClassifierLossFunction
    from .ft_model_card import FTModelCard
    from .http_validation_error import HTTPValidationError
    from .model_capabilities import ModelCapabilities
    from .model_list import ModelList
    from .streaming_delay_range import StreamingDelayRange
    from .unarchive_model_response import UnarchiveModelResponse
    from .unknown_fine_tuned_model import UnknownFineTunedModel
    from .unknown_model_card import UnknownModelCard
    from .update_model_request import UpdateModelRequest
    from .validation_error import ValidationError
    from .validation_error_ctx import ValidationErrorCtx

_MODULES = {
    "ArchiveModelResponse": ".archive_model_response",
    "AudioSpeechCapabilities": ".audio_speech_capabilities",
    "AudioTranscriptionCapabilities": ".audio_transcription_capabilities",
    "BaseModelCard": ".base_model_card",
    "ClassifierFineTunedModel": ".classifier_fine_tuned_model",
    "ClassifierTargetResult": ".classifier_target_result",
    "CompletionFineTunedModel": ".completion_fine_tuned_model",
    "DeleteModelResponse": ".delete_model_response",
    "ErrorBody": ".error_body",
    "FineTunedModelCapabilities": ".fine_tuned_model_capabilities",
    "FTClassifierLossFunction": ".ft_classifier_loss_function",
    "FTModelCard": ".ft_model_card",
    "HTTPValidationError": ".http_validation_error",
    "ModelCapabilities": ".model_capabilities",
    "ModelList": ".model_list",
    "StreamingDelayRange": ".streaming_delay_range",
    "UnarchiveModelResponse": ".unarchive_model_response",
    "UnknownFineTunedModel": ".unknown_fine_tuned_model",
    "UnknownModelCard": ".unknown_model_card",
    "UpdateModelRequest": ".update_model_request",
    "ValidationError": ".validation_error",
    "ValidationErrorCtx": ".validation_error_ctx",
}

__all__ = (
    "ArchiveModelResponse",
    "AudioSpeechCapabilities",
    "AudioTranscriptionCapabilities",
    "BaseModelCard",
    "ClassifierFineTunedModel",
    "ClassifierTargetResult",
    "CompletionFineTunedModel",
    "DeleteModelResponse",
    "ErrorBody",
    "FineTunedModelCapabilities",
    "FTClassifierLossFunction",
    "FTModelCard",
    "HTTPValidationError",
    "ModelCapabilities",
    "ModelList",
    "StreamingDelayRange",
    "UnarchiveModelResponse",
    "UnknownFineTunedModel",
    "UnknownModelCard",
    "UpdateModelRequest",
    "ValidationError",
    "ValidationErrorCtx",
)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_MODULES[name], __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
