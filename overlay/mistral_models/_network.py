"""What sync and async connections share: detection of unsolicited data, and the error of a closed client."""

from ._deferred import httpcore


class ClientClosedError(ConnectionError):
    """The client was closed while a call was using its connection."""

    def __init__(self) -> None:
        super().__init__("the client was closed during the call")


class UnsolicitedData:
    """Detects that a server sent more than it was asked for, so that no call gets the response to another one.

    httpcore writes a request, reads its response, and writes the next request. What is there before the next request is
    written cannot be its response. What is there before the request is complete may be a reason to refuse it, such as a
    413, or a 503 on a new connection: it is read as the response, but the real one may follow, so the connection is not
    used again.

    What arrives in the microseconds between this check and the write cannot be told from the response.
    """

    __slots__ = ("_is_used", "_is_writing", "is_found")

    def __init__(self) -> None:
        self.is_found = False
        """Whether the connection must not be used for another request."""
        self._is_used = False
        self._is_writing = False

    def reading(self) -> None:
        """Note that a response is read: the next write begins a new request."""
        self._is_used = True
        self._is_writing = False

    def writing(self, *, has_unread_data: bool) -> bool:
        """Note a write. Return whether something arrived on a new connection that may be a message of TLS itself.

        Args:
            has_unread_data: Whether anything can be read from the connection without waiting.

        Raises:
            httpcore.ConnectionNotAvailable: The connection must not be used again. httpcore closes it, and takes
                another one.
        """
        begins_request, self._is_writing = not self._is_writing, True
        if begins_request and not self._is_used:
            return has_unread_data
        self.is_found |= has_unread_data
        if begins_request and self.is_found:
            raise httpcore.ConnectionNotAvailable
        return False
