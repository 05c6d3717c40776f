"""`mistral.models.*`: each method sends one operation and returns its result."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mistral_models_raw.types import UNSET, Unset

from . import operations

if TYPE_CHECKING:
    from . import models
    from ._client import Mistral
    from ._retries import Retries


class Models:
    """The six model-management operations; every method has a twin with the suffix `_async`."""

    def __init__(self, mistral: "Mistral") -> None:
        self._mistral = mistral

    def list(
        self,
        *,
        provider: str | Unset | None = UNSET,
        model: str | Unset | None = UNSET,
        retries: "Retries" = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> "models.ModelList":
        """List the models that the key may use.

        Args:
            provider: Only the models of this provider. `None` is not sent.
            model: Only the models of this name. `None` is not sent.
            retries: What is tried again, in place of the client's `retry_config`.
            server_url: Where the service is, in place of the client's.
            timeout_ms: How long the call may take, in milliseconds, in place of the client's.
            http_headers: Headers to send, in place of ours or beside them.

        Raises:
            SDKError: The service refused.
            APIConnectionError: No answer came, or not a whole one.
            ResponseValidationError: The answer is not what the document says.
            ValueError: An argument or the key cannot be sent; nothing was.
        """
        return (
            self._mistral.send(
                operations.list(provider=provider, model=model),
                retries=retries,
                server_url=server_url,
                timeout_ms=timeout_ms,
                http_headers=http_headers,
            )
        ).parsed

    async def list_async(
        self,
        *,
        provider: str | Unset | None = UNSET,
        model: str | Unset | None = UNSET,
        retries: "Retries" = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> "models.ModelList":
        """List the models that the key may use.

        Args:
            provider: Only the models of this provider. `None` is not sent.
            model: Only the models of this name. `None` is not sent.
            retries: What is tried again, in place of the client's `retry_config`.
            server_url: Where the service is, in place of the client's.
            timeout_ms: How long the call may take, in milliseconds, in place of the client's.
            http_headers: Headers to send, in place of ours or beside them.

        Raises:
            SDKError: The service refused.
            APIConnectionError: No answer came, or not a whole one.
            ResponseValidationError: The answer is not what the document says.
            ValueError: An argument or the key cannot be sent; nothing was.
        """
        return (
            await self._mistral.send_async(
                operations.list(provider=provider, model=model),
                retries=retries,
                server_url=server_url,
                timeout_ms=timeout_ms,
                http_headers=http_headers,
            )
        ).parsed

    def retrieve(
        self,
        *,
        model_id: str,
        retries: "Retries" = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> "models.ResponseRetrieveModelV1ModelsModelIDGet":
        """Retrieve one model, base or fine-tuned.

        Args:
            model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.
            retries: What is tried again, in place of the client's `retry_config`.
            server_url: Where the service is, in place of the client's.
            timeout_ms: How long the call may take, in milliseconds, in place of the client's.
            http_headers: Headers to send, in place of ours or beside them.

        Raises:
            SDKError: The service refused.
            APIConnectionError: No answer came, or not a whole one.
            ResponseValidationError: The answer is not what the document says.
            ValueError: An argument or the key cannot be sent; nothing was.
        """
        return (
            self._mistral.send(
                operations.retrieve(model_id),
                retries=retries,
                server_url=server_url,
                timeout_ms=timeout_ms,
                http_headers=http_headers,
            )
        ).parsed

    async def retrieve_async(
        self,
        *,
        model_id: str,
        retries: "Retries" = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> "models.ResponseRetrieveModelV1ModelsModelIDGet":
        """Retrieve one model, base or fine-tuned.

        Args:
            model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.
            retries: What is tried again, in place of the client's `retry_config`.
            server_url: Where the service is, in place of the client's.
            timeout_ms: How long the call may take, in milliseconds, in place of the client's.
            http_headers: Headers to send, in place of ours or beside them.

        Raises:
            SDKError: The service refused.
            APIConnectionError: No answer came, or not a whole one.
            ResponseValidationError: The answer is not what the document says.
            ValueError: An argument or the key cannot be sent; nothing was.
        """
        return (
            await self._mistral.send_async(
                operations.retrieve(model_id),
                retries=retries,
                server_url=server_url,
                timeout_ms=timeout_ms,
                http_headers=http_headers,
            )
        ).parsed

    def delete(
        self,
        *,
        model_id: str,
        retries: "Retries" = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> "models.DeleteModelResponse":
        """Delete a fine-tuned model for good.

        Args:
            model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.
            retries: What is tried again, in place of the client's `retry_config`.
            server_url: Where the service is, in place of the client's.
            timeout_ms: How long the call may take, in milliseconds, in place of the client's.
            http_headers: Headers to send, in place of ours or beside them.

        Raises:
            SDKError: The service refused.
            APIConnectionError: No answer came, or not a whole one.
            ResponseValidationError: The answer is not what the document says.
            ValueError: An argument or the key cannot be sent; nothing was.
        """
        return (
            self._mistral.send(
                operations.delete(model_id),
                retries=retries,
                server_url=server_url,
                timeout_ms=timeout_ms,
                http_headers=http_headers,
            )
        ).parsed

    async def delete_async(
        self,
        *,
        model_id: str,
        retries: "Retries" = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> "models.DeleteModelResponse":
        """Delete a fine-tuned model for good.

        Args:
            model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.
            retries: What is tried again, in place of the client's `retry_config`.
            server_url: Where the service is, in place of the client's.
            timeout_ms: How long the call may take, in milliseconds, in place of the client's.
            http_headers: Headers to send, in place of ours or beside them.

        Raises:
            SDKError: The service refused.
            APIConnectionError: No answer came, or not a whole one.
            ResponseValidationError: The answer is not what the document says.
            ValueError: An argument or the key cannot be sent; nothing was.
        """
        return (
            await self._mistral.send_async(
                operations.delete(model_id),
                retries=retries,
                server_url=server_url,
                timeout_ms=timeout_ms,
                http_headers=http_headers,
            )
        ).parsed

    def update(
        self,
        *,
        model_id: str,
        name: str | Unset | None = UNSET,
        description: str | Unset | None = UNSET,
        retries: "Retries" = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> "models.JobsAPIRoutesFineTuningUpdateFineTunedModelResponse":
        """Change the name or the description of a fine-tuned model.

        Args:
            model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.
            name: The new name; `None` clears it; left out, it stays.
            description: The new description; `None` clears it; left out, it stays.
            retries: What is tried again, in place of the client's `retry_config`.
            server_url: Where the service is, in place of the client's.
            timeout_ms: How long the call may take, in milliseconds, in place of the client's.
            http_headers: Headers to send, in place of ours or beside them.

        Raises:
            SDKError: The service refused.
            APIConnectionError: No answer came, or not a whole one.
            ResponseValidationError: The answer is not what the document says.
            ValueError: An argument or the key cannot be sent; nothing was.
        """
        return (
            self._mistral.send(
                operations.update(model_id, name=name, description=description),
                retries=retries,
                server_url=server_url,
                timeout_ms=timeout_ms,
                http_headers=http_headers,
            )
        ).parsed

    async def update_async(
        self,
        *,
        model_id: str,
        name: str | Unset | None = UNSET,
        description: str | Unset | None = UNSET,
        retries: "Retries" = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> "models.JobsAPIRoutesFineTuningUpdateFineTunedModelResponse":
        """Change the name or the description of a fine-tuned model.

        Args:
            model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.
            name: The new name; `None` clears it; left out, it stays.
            description: The new description; `None` clears it; left out, it stays.
            retries: What is tried again, in place of the client's `retry_config`.
            server_url: Where the service is, in place of the client's.
            timeout_ms: How long the call may take, in milliseconds, in place of the client's.
            http_headers: Headers to send, in place of ours or beside them.

        Raises:
            SDKError: The service refused.
            APIConnectionError: No answer came, or not a whole one.
            ResponseValidationError: The answer is not what the document says.
            ValueError: An argument or the key cannot be sent; nothing was.
        """
        return (
            await self._mistral.send_async(
                operations.update(model_id, name=name, description=description),
                retries=retries,
                server_url=server_url,
                timeout_ms=timeout_ms,
                http_headers=http_headers,
            )
        ).parsed

    def archive(
        self,
        *,
        model_id: str,
        retries: "Retries" = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> "models.ArchiveModelResponse":
        """Take a fine-tuned model out of service.

        Args:
            model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.
            retries: What is tried again, in place of the client's `retry_config`.
            server_url: Where the service is, in place of the client's.
            timeout_ms: How long the call may take, in milliseconds, in place of the client's.
            http_headers: Headers to send, in place of ours or beside them.

        Raises:
            SDKError: The service refused.
            APIConnectionError: No answer came, or not a whole one.
            ResponseValidationError: The answer is not what the document says.
            ValueError: An argument or the key cannot be sent; nothing was.
        """
        return (
            self._mistral.send(
                operations.archive(model_id),
                retries=retries,
                server_url=server_url,
                timeout_ms=timeout_ms,
                http_headers=http_headers,
            )
        ).parsed

    async def archive_async(
        self,
        *,
        model_id: str,
        retries: "Retries" = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> "models.ArchiveModelResponse":
        """Take a fine-tuned model out of service.

        Args:
            model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.
            retries: What is tried again, in place of the client's `retry_config`.
            server_url: Where the service is, in place of the client's.
            timeout_ms: How long the call may take, in milliseconds, in place of the client's.
            http_headers: Headers to send, in place of ours or beside them.

        Raises:
            SDKError: The service refused.
            APIConnectionError: No answer came, or not a whole one.
            ResponseValidationError: The answer is not what the document says.
            ValueError: An argument or the key cannot be sent; nothing was.
        """
        return (
            await self._mistral.send_async(
                operations.archive(model_id),
                retries=retries,
                server_url=server_url,
                timeout_ms=timeout_ms,
                http_headers=http_headers,
            )
        ).parsed

    def unarchive(
        self,
        *,
        model_id: str,
        retries: "Retries" = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> "models.UnarchiveModelResponse":
        """Bring an archived fine-tuned model back into service.

        Args:
            model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.
            retries: What is tried again, in place of the client's `retry_config`.
            server_url: Where the service is, in place of the client's.
            timeout_ms: How long the call may take, in milliseconds, in place of the client's.
            http_headers: Headers to send, in place of ours or beside them.

        Raises:
            SDKError: The service refused.
            APIConnectionError: No answer came, or not a whole one.
            ResponseValidationError: The answer is not what the document says.
            ValueError: An argument or the key cannot be sent; nothing was.
        """
        return (
            self._mistral.send(
                operations.unarchive(model_id),
                retries=retries,
                server_url=server_url,
                timeout_ms=timeout_ms,
                http_headers=http_headers,
            )
        ).parsed

    async def unarchive_async(
        self,
        *,
        model_id: str,
        retries: "Retries" = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> "models.UnarchiveModelResponse":
        """Bring an archived fine-tuned model back into service.

        Args:
            model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.
            retries: What is tried again, in place of the client's `retry_config`.
            server_url: Where the service is, in place of the client's.
            timeout_ms: How long the call may take, in milliseconds, in place of the client's.
            http_headers: Headers to send, in place of ours or beside them.

        Raises:
            SDKError: The service refused.
            APIConnectionError: No answer came, or not a whole one.
            ResponseValidationError: The answer is not what the document says.
            ValueError: An argument or the key cannot be sent; nothing was.
        """
        return (
            await self._mistral.send_async(
                operations.unarchive(model_id),
                retries=retries,
                server_url=server_url,
                timeout_ms=timeout_ms,
                http_headers=http_headers,
            )
        ).parsed
