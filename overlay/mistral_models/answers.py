"""What goes around a body, and what an answer means: the result, or which error. Nothing here does I/O."""

import json
from typing import TYPE_CHECKING, TypeVar

from mistral_models_raw.errors import DecodeError

from ._version import __version__
from .errors import ResponseValidationError, SDKError

if TYPE_CHECKING:
    import httpx

    from .operations import Operation

T = TypeVar("T")


def headers(key: str, content: bytes | None) -> dict[str, str]:
    """Make the headers of a request."""
    common = {
        "accept": "application/json",
        "authorization": f"Bearer {key}",
        "user-agent": f"mistral-models/{__version__}",
    }
    return common if content is None else {**common, "content-type": "application/json"}


def read(operation: "Operation[T]", response: "httpx.Response") -> T:
    """Make the result of an answer.

    Raises:
        SDKError: The answer is not a success.
        ResponseValidationError: The answer is not what the document says.
    """
    if not response.is_success:
        raise SDKError(response.text or response.reason_phrase, response.status_code, response.text)
    try:
        return operation.decode(json.loads(response.content))
    except DecodeError as error:
        raise ResponseValidationError(f"{operation.name}: {error}") from error
    except (ValueError, RecursionError) as error:
        raise ResponseValidationError(f"{operation.name}: the body is not JSON: {error}") from error
