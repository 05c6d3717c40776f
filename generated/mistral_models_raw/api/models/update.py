from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ... import errors
from ...decoding import as_object
from ...errors import DecodeError
from ...models.classifier_fine_tuned_model import ClassifierFineTunedModel
from ...models.completion_fine_tuned_model import CompletionFineTunedModel
from ...models.error_body import ErrorBody
from ...models.unknown_fine_tuned_model import UnknownFineTunedModel
from ...models.update_model_request import UpdateModelRequest
from ...types import UNSET, Response

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client


def _get_kwargs(
    model_id: str,
    *,
    body: UpdateModelRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/v1/fine_tuning/models/{model_id}".format(
            model_id=quote(str(model_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def decode(payload: Any) -> CompletionFineTunedModel | ClassifierFineTunedModel | UnknownFineTunedModel:
    """Decode the JSON of a successful response

    Raises:
        DecodeError: A value does not fit the document; the error says which one.
    """
    payload = as_object(payload)
    result: CompletionFineTunedModel | ClassifierFineTunedModel | UnknownFineTunedModel
    try:
        discriminator = (payload if payload.__class__ is dict else as_object(payload)).get("model_type", UNSET)
        if discriminator == "completion":
            result = CompletionFineTunedModel.from_dict(payload)
        elif discriminator == "classifier":
            result = ClassifierFineTunedModel.from_dict(payload)
        else:
            raise DecodeError.expected("model_type", '"completion" or "classifier"', discriminator)
    except DecodeError as error:
        result = UnknownFineTunedModel.from_dict(payload, str(error))
    return result


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ClassifierFineTunedModel | CompletionFineTunedModel | UnknownFineTunedModel | ErrorBody | None:
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
    body: UpdateModelRequest,
) -> Response[ClassifierFineTunedModel | CompletionFineTunedModel | UnknownFineTunedModel | ErrorBody]:
    """Update a fine-tuned model"""
    kwargs = _get_kwargs(
        model_id=model_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return Response.of(response, _parse_response(client=client, response=response))


def sync(
    model_id: str,
    *,
    client: AuthenticatedClient | Client,
    body: UpdateModelRequest,
) -> ClassifierFineTunedModel | CompletionFineTunedModel | UnknownFineTunedModel | ErrorBody | None:
    """Update a fine-tuned model"""
    return sync_detailed(
        model_id=model_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    model_id: str,
    *,
    client: AuthenticatedClient | Client,
    body: UpdateModelRequest,
) -> Response[ClassifierFineTunedModel | CompletionFineTunedModel | UnknownFineTunedModel | ErrorBody]:
    """Update a fine-tuned model"""
    kwargs = _get_kwargs(
        model_id=model_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return Response.of(response, _parse_response(client=client, response=response))


async def asyncio(
    model_id: str,
    *,
    client: AuthenticatedClient | Client,
    body: UpdateModelRequest,
) -> ClassifierFineTunedModel | CompletionFineTunedModel | UnknownFineTunedModel | ErrorBody | None:
    """Update a fine-tuned model"""
    return (
        await asyncio_detailed(
            model_id=model_id,
            client=client,
            body=body,
        )
    ).parsed
