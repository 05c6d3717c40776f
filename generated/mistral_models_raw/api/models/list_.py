from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...decoding import as_object
from ...models.error_body import ErrorBody
from ...models.http_validation_error import HTTPValidationError
from ...models.model_list import ModelList
from ...types import UNSET, Response, Unset

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client


def _get_kwargs(
    *,
    provider: None | str | Unset = UNSET,
    model: None | str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_provider: None | str | Unset
    if isinstance(provider, Unset):
        json_provider = UNSET
    else:
        json_provider = provider
    params["provider"] = json_provider

    json_model: None | str | Unset
    if isinstance(model, Unset):
        json_model = UNSET
    else:
        json_model = model
    params["model"] = json_model

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/models",
        "params": params,
    }

    return _kwargs


def decode(payload: Any) -> ModelList:
    """Decode the JSON of a successful response

    Raises:
        DecodeError: A value does not fit the document; the error says which one.
    """
    payload = as_object(payload)
    result = ModelList.from_dict(payload)
    return result


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorBody | HTTPValidationError | ModelList | None:
    if response.status_code == 200:
        return decode(response.json())
    if response.status_code == 422:
        response_422 = HTTPValidationError.from_dict(response.json())

        return response_422

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
    *,
    client: AuthenticatedClient | Client,
    provider: None | str | Unset = UNSET,
    model: None | str | Unset = UNSET,
) -> Response[ErrorBody | HTTPValidationError | ModelList]:
    """List models"""
    kwargs = _get_kwargs(
        provider=provider,
        model=model,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return Response.of(response, _parse_response(client=client, response=response))


def sync(
    *,
    client: AuthenticatedClient | Client,
    provider: None | str | Unset = UNSET,
    model: None | str | Unset = UNSET,
) -> ErrorBody | HTTPValidationError | ModelList | None:
    """List models"""
    return sync_detailed(
        client=client,
        provider=provider,
        model=model,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    provider: None | str | Unset = UNSET,
    model: None | str | Unset = UNSET,
) -> Response[ErrorBody | HTTPValidationError | ModelList]:
    """List models"""
    kwargs = _get_kwargs(
        provider=provider,
        model=model,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return Response.of(response, _parse_response(client=client, response=response))


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    provider: None | str | Unset = UNSET,
    model: None | str | Unset = UNSET,
) -> ErrorBody | HTTPValidationError | ModelList | None:
    """List models"""
    return (
        await asyncio_detailed(
            client=client,
            provider=provider,
            model=model,
        )
    ).parsed
