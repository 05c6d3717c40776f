"""One attempt as a value: what to send, and within which limits."""

from typing import NamedTuple

from ._credentials import Secret
from ._proxies import Proxy
from ._settings import Headers


class Attempt(NamedTuple):
    """One request of a call, as the transport needs it."""

    number: int
    """From 1."""
    method: str
    url: str
    headers: Headers
    """Without the API key."""
    api_key: Secret | None
    """Sent as `Authorization: Bearer …`; None if the caller's headers authorize the request."""
    secret: Secret
    """The key or token that authorizes the request, which the service could repeat; empty if it is unknown."""
    content: bytes | None
    connect_timeout: float | None
    """Seconds to connect."""
    timeout: float | None
    """Seconds from the start to the last byte of the body; None leaves all timeouts to the HTTP client that sends."""
    max_response_bytes: int
    """Size limit of the body, before and after decompression."""
    proxy: Proxy | None
    """The proxy of the environment that the request goes through."""

    def __repr__(self) -> str:
        return f"<Attempt {self.number}: {self.method} {self.url}>"
