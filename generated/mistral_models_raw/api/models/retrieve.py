from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ... import errors
from ...decoding import as_object
from ...errors import DecodeError
from ...models.base_model_card import BaseModelCard
from ...models.error_body import ErrorBody
from ...models.ft_model_card import FTModelCard
from ...models.http_validation_error import HTTPValidationError
from ...models.unknown_model_card import UnknownModelCard
from ...types import UNSET, Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client


def _get_kwargs(
    model_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/models/{model_id}".format(
            model_id=quote(str(model_id), safe=""),
        ),
    }

    return _kwargs


def decode(payload: Any) -> BaseModelCard | FTModelCard | UnknownModelCard:
    """Decode the JSON of a successful response

    Raises:
        DecodeError: A value does not fit the document; the error says which one.
    """
    payload = as_object(payload)
    result: BaseModelCard | FTModelCard | UnknownModelCard
    try:
        discriminator = (payload if payload.__class__ is dict else as_object(payload)).get("type", UNSET)
        if discriminator == "base":
            result = BaseModelCard.from_dict(payload)
        elif discriminator == "fine-tuned":
            result = FTModelCard.from_dict(payload)
        else:
            raise DecodeError.expected("type", '"base" or "fine-tuned"', discriminator)
    except DecodeError as error:
        result = UnknownModelCard.from_dict(payload, str(error))
    return result


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> BaseModelCard | FTModelCard | UnknownModelCard | ErrorBody | HTTPValidationError | None:
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
    model_id: str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[BaseModelCard | FTModelCard | UnknownModelCard | ErrorBody | HTTPValidationError]:
    """Retrieve a model"""
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
) -> BaseModelCard | FTModelCard | UnknownModelCard | ErrorBody | HTTPValidationError | None:
    """Retrieve a model"""
    return sync_detailed(
        model_id=model_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    model_id: str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[BaseModelCard | FTModelCard | UnknownModelCard | ErrorBody | HTTPValidationError]:
    """Retrieve a model"""
    kwargs = _get_kwargs(
        model_id=model_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return Response.of(response, _parse_response(client=client, response=response))


async def asyncio(
    model_id: str,
    *,
    client: AuthenticatedClient | Client,
) -> BaseModelCard | FTModelCard | UnknownModelCard | ErrorBody | HTTPValidationError | None:
    """Retrieve a model"""
    return (
        await asyncio_detailed(
            model_id=model_id,
            client=client,
        )
    ).parsed
