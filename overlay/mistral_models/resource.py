"""`mistral.models.*`: each method sends one operation and returns its result."""

from typing import TYPE_CHECKING

from mistral_models_raw.types import UNSET, Unset

if TYPE_CHECKING:
    from . import models
    from .client import Mistral


class Models:
    """The six model-management operations."""

    __slots__ = ("_mistral",)

    def __init__(self, mistral: "Mistral") -> None:
        self._mistral = mistral

    def list(self, *, provider: str | Unset | None = UNSET, model: str | Unset | None = UNSET) -> "models.ModelList":
        """List the models that the key may use."""
        from . import operations

        return self._mistral.send(operations.list(provider=provider, model=model)).parsed

    def retrieve(self, *, model_id: str) -> "models.ResponseRetrieveModelV1ModelsModelIDGet":
        """Retrieve one model."""
        from . import operations

        return self._mistral.send(operations.retrieve(model_id)).parsed

    def delete(self, *, model_id: str) -> "models.DeleteModelResponse":
        """Delete a fine-tuned model for good."""
        from . import operations

        return self._mistral.send(operations.delete(model_id)).parsed

    def update(
        self, *, model_id: str, name: str | Unset | None = UNSET, description: str | Unset | None = UNSET
    ) -> "models.JobsAPIRoutesFineTuningUpdateFineTunedModelResponse":
        """Change the name or the description of a fine-tuned model; what is left out stays."""
        from . import operations

        return self._mistral.send(operations.update(model_id, name=name, description=description)).parsed

    def archive(self, *, model_id: str) -> "models.ArchiveModelResponse":
        """Take a fine-tuned model out of service."""
        from . import operations

        return self._mistral.send(operations.archive(model_id)).parsed

    def unarchive(self, *, model_id: str) -> "models.UnarchiveModelResponse":
        """Bring an archived fine-tuned model back into service."""
        from . import operations

        return self._mistral.send(operations.unarchive(model_id)).parsed
