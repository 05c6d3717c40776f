"""Contains all the data models used in inputs/outputs"""

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
