"""The types of requests and responses, under the names that the vendor's SDK uses."""

from mistral_models_raw.models import (
    ArchiveModelResponse,
    AudioSpeechCapabilities,
    AudioTranscriptionCapabilities,
    BaseModelCard,
    ClassifierFineTunedModel,
    ClassifierTargetResult,
    CompletionFineTunedModel,
    DeleteModelResponse,
    FineTunedModelCapabilities,
    FTClassifierLossFunction,
    FTModelCard,
    ModelCapabilities,
    ModelList,
    StreamingDelayRange,
    UnarchiveModelResponse,
    UnknownFineTunedModel,
    UnknownModelCard,
    UpdateModelRequest,
    ValidationError,
)

ResponseRetrieveModelV1ModelsModelIDGet = BaseModelCard | FTModelCard | UnknownModelCard
"""What `retrieve` returns, and what `ModelList.data` holds."""

JobsAPIRoutesFineTuningUpdateFineTunedModelResponse = (
    CompletionFineTunedModel | ClassifierFineTunedModel | UnknownFineTunedModel
)
"""What `update` returns."""

# Aliases of these types in the vendor's SDK.
ModelListData = ResponseRetrieveModelV1ModelsModelIDGet
UnknownModelListData = UnknownModelCard
UnknownResponseRetrieveModelV1ModelsModelIDGet = UnknownModelCard
UnknownJobsAPIRoutesFineTuningUpdateFineTunedModelResponse = UnknownFineTunedModel

__all__ = [
    "ArchiveModelResponse",
    "AudioSpeechCapabilities",
    "AudioTranscriptionCapabilities",
    "BaseModelCard",
    "ClassifierFineTunedModel",
    "ClassifierTargetResult",
    "CompletionFineTunedModel",
    "DeleteModelResponse",
    "FTClassifierLossFunction",
    "FTModelCard",
    "FineTunedModelCapabilities",
    "JobsAPIRoutesFineTuningUpdateFineTunedModelResponse",
    "ModelCapabilities",
    "ModelList",
    "ModelListData",
    "ResponseRetrieveModelV1ModelsModelIDGet",
    "StreamingDelayRange",
    "UnarchiveModelResponse",
    "UnknownFineTunedModel",
    "UnknownJobsAPIRoutesFineTuningUpdateFineTunedModelResponse",
    "UnknownModelCard",
    "UnknownModelListData",
    "UnknownResponseRetrieveModelV1ModelsModelIDGet",
    "UpdateModelRequest",
    "ValidationError",
]
