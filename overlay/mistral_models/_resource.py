"""`mistral.models`: each method sends one operation and returns its decoded result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

from mistral_models_raw.types import UNSET, Unset

from . import operations
from ._deferred import models
from ._response import APIResponse
from ._retries import Retries
from .operations import Operation

T = TypeVar("T")


class Sender(Protocol):
    """Sends operations; `Mistral` does."""

    def send(
        self,
        operation: Operation[T],
        *,
        retries: Retries = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> APIResponse[T]:
        """Send an operation."""
        ...

    async def send_async(
        self,
        operation: Operation[T],
        *,
        retries: Retries = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> APIResponse[T]:
        """Send an operation."""
        ...


class Models:
    """The six model-management operations; every method has an async version with the suffix `_async`.

    Raises:
        SDKError: The service responded with an error status.
        APIConnectionError: No response was received, or not all of it.
        ResponseValidationError: The response does not match the OpenAPI document.
        ValueError: An argument or the API key cannot be sent.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list(
        self,
        *,
        provider: str | Unset | None = UNSET,
        model: str | Unset | None = UNSET,
        retries: Retries = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> models.ModelList:
        """List the models that the API key may use.

        Args:
            provider: List only models of this provider. `None` is not sent.
            model: List only models of this name. `None` is not sent.
            retries: The retry policy; replaces the client's `retry_config`.
            server_url: The base URL of the service; replaces the client's.
            timeout_ms: The deadline of the call, in milliseconds; replaces the client's.
            http_headers: Extra headers; they override default ones, case-insensitively.
        """
        return self._send(
            operations.list(provider=provider, model=model), retries, server_url, timeout_ms, http_headers
        )

    async def list_async(
        self,
        *,
        provider: str | Unset | None = UNSET,
        model: str | Unset | None = UNSET,
        retries: Retries = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> models.ModelList:
        """Async version of `list`."""
        return await self._send_async(
            operations.list(provider=provider, model=model), retries, server_url, timeout_ms, http_headers
        )

    def retrieve(
        self,
        *,
        model_id: str,
        retries: Retries = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> models.ResponseRetrieveModelV1ModelsModelIDGet:
        """Retrieve one model, base or fine-tuned.

        Args:
            model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.
            retries: The retry policy; replaces the client's `retry_config`.
            server_url: The base URL of the service; replaces the client's.
            timeout_ms: The deadline of the call, in milliseconds; replaces the client's.
            http_headers: Extra headers; they override default ones, case-insensitively.
        """
        return self._send(operations.retrieve(model_id), retries, server_url, timeout_ms, http_headers)

    async def retrieve_async(
        self,
        *,
        model_id: str,
        retries: Retries = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> models.ResponseRetrieveModelV1ModelsModelIDGet:
        """Async version of `retrieve`."""
        return await self._send_async(operations.retrieve(model_id), retries, server_url, timeout_ms, http_headers)

    def delete(
        self,
        *,
        model_id: str,
        retries: Retries = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> models.DeleteModelResponse:
        """Delete a fine-tuned model. This cannot be undone.

        Args:
            model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.
            retries: The retry policy; replaces the client's `retry_config`.
            server_url: The base URL of the service; replaces the client's.
            timeout_ms: The deadline of the call, in milliseconds; replaces the client's.
            http_headers: Extra headers; they override default ones, case-insensitively.
        """
        return self._send(operations.delete(model_id), retries, server_url, timeout_ms, http_headers)

    async def delete_async(
        self,
        *,
        model_id: str,
        retries: Retries = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> models.DeleteModelResponse:
        """Async version of `delete`."""
        return await self._send_async(operations.delete(model_id), retries, server_url, timeout_ms, http_headers)

    def update(
        self,
        *,
        model_id: str,
        name: str | Unset | None = UNSET,
        description: str | Unset | None = UNSET,
        retries: Retries = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> models.JobsAPIRoutesFineTuningUpdateFineTunedModelResponse:
        """Change the name or the description of a fine-tuned model.

        Args:
            model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.
            name: The new name. `None` clears it; if omitted, it stays as it is.
            description: The new description. `None` clears it; if omitted, it stays as it is.
            retries: The retry policy; replaces the client's `retry_config`.
            server_url: The base URL of the service; replaces the client's.
            timeout_ms: The deadline of the call, in milliseconds; replaces the client's.
            http_headers: Extra headers; they override default ones, case-insensitively.
        """
        return self._send(
            operations.update(model_id, name=name, description=description),
            retries,
            server_url,
            timeout_ms,
            http_headers,
        )

    async def update_async(
        self,
        *,
        model_id: str,
        name: str | Unset | None = UNSET,
        description: str | Unset | None = UNSET,
        retries: Retries = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> models.JobsAPIRoutesFineTuningUpdateFineTunedModelResponse:
        """Async version of `update`."""
        return await self._send_async(
            operations.update(model_id, name=name, description=description),
            retries,
            server_url,
            timeout_ms,
            http_headers,
        )

    def archive(
        self,
        *,
        model_id: str,
        retries: Retries = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> models.ArchiveModelResponse:
        """Archive a fine-tuned model: it can no longer be used, until it is unarchived.

        Args:
            model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.
            retries: The retry policy; replaces the client's `retry_config`.
            server_url: The base URL of the service; replaces the client's.
            timeout_ms: The deadline of the call, in milliseconds; replaces the client's.
            http_headers: Extra headers; they override default ones, case-insensitively.
        """
        return self._send(operations.archive(model_id), retries, server_url, timeout_ms, http_headers)

    async def archive_async(
        self,
        *,
        model_id: str,
        retries: Retries = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> models.ArchiveModelResponse:
        """Async version of `archive`."""
        return await self._send_async(operations.archive(model_id), retries, server_url, timeout_ms, http_headers)

    def unarchive(
        self,
        *,
        model_id: str,
        retries: Retries = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> models.UnarchiveModelResponse:
        """Unarchive a fine-tuned model: it can be used again.

        Args:
            model_id: The id, such as `ft:open-mistral-7b:587a6b29:20240514:7e773925`.
            retries: The retry policy; replaces the client's `retry_config`.
            server_url: The base URL of the service; replaces the client's.
            timeout_ms: The deadline of the call, in milliseconds; replaces the client's.
            http_headers: Extra headers; they override default ones, case-insensitively.
        """
        return self._send(operations.unarchive(model_id), retries, server_url, timeout_ms, http_headers)

    async def unarchive_async(
        self,
        *,
        model_id: str,
        retries: Retries = UNSET,
        server_url: str | None = None,
        timeout_ms: float | None = None,
        http_headers: Mapping[str, str] | None = None,
    ) -> models.UnarchiveModelResponse:
        """Async version of `unarchive`."""
        return await self._send_async(operations.unarchive(model_id), retries, server_url, timeout_ms, http_headers)

    def _send(
        self,
        operation: Operation[T],
        retries: Retries,
        server_url: str | None,
        timeout_ms: float | None,
        http_headers: Mapping[str, str] | None,
    ) -> T:
        return self._sender.send(
            operation, retries=retries, server_url=server_url, timeout_ms=timeout_ms, http_headers=http_headers
        ).parsed

    async def _send_async(
        self,
        operation: Operation[T],
        retries: Retries,
        server_url: str | None,
        timeout_ms: float | None,
        http_headers: Mapping[str, str] | None,
    ) -> T:
        response = await self._sender.send_async(
            operation, retries=retries, server_url=server_url, timeout_ms=timeout_ms, http_headers=http_headers
        )
        return response.parsed
