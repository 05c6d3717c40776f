from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ... import errors
from ...decoding import as_object
from ...models.error_body import ErrorBody
from ...models.unarchive_model_response import UnarchiveModelResponse
from ...types import Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client


def _get_kwargs(
    model_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/v1/fine_tuning/models/{model_id}/archive".format(
            model_id=quote(str(model_id), safe=""),
        ),
    }

    return _kwargs


def decode(payload: Any) -> UnarchiveModelResponse:
    """Decode the JSON of a successful response

    Raises:
        DecodeError: A value does not fit the document; the error says which one.
    """
    payload = as_object(payload)
    result = UnarchiveModelResponse.from_dict(payload)
    return result


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorBody | UnarchiveModelResponse | None:
    if response.status_code == 200:
        return decode(response.json())
    if 400 <= response.status_code <= 499:
        response_4xx = ErrorBody.from_dict(response.json())

        return response_4xx

    if 500 <= response.status_code <= 599:
        response_5xx = ErrorBody.from_dict(response.json())

        return response_5xx

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def sync_detailed(
    model_id: str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[ErrorBody | UnarchiveModelResponse]:
    """Unarchive a fine-tuned model"""
    kwargs = _get_kwargs(
        model_id=model_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return Response.of(response, _parse_response(client=client, response=response))


def sync(
    model_id: str,
    *,
    client: AuthenticatedClient | Client,
) -> ErrorBody | UnarchiveModelResponse | None:
    """Unarchive a fine-tuned model"""
    return sync_detailed(
        model_id=model_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    model_id: str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[ErrorBody | UnarchiveModelResponse]:
    """Unarchive a fine-tuned model"""
    kwargs = _get_kwargs(
        model_id=model_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return Response.of(response, _parse_response(client=client, response=response))


async def asyncio(
    model_id: str,
    *,
    client: AuthenticatedClient | Client,
) -> ErrorBody | UnarchiveModelResponse | None:
    """Unarchive a fine-tuned model"""
    return (
        await asyncio_detailed(
            model_id=model_id,
            client=client,
        )
    ).parsed
