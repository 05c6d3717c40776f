"""What sync and async connections have in common: unexpected data, and the end of the client that opened them."""

from ._deferred import httpcore


class ClientClosedError(ConnectionError):
    """The client was closed while a call was using its connection."""

    def __init__(self) -> None:
        super().__init__("the client was closed during the call")


class UnsolicitedData:
    """Finds out that a server sent more than it was asked for, so that no call gets the response to another one.

    httpcore writes a request, reads its response, and writes the next request. Data that is there before the first
    byte of a request was written cannot be its response. Data that arrives while a request is being written may be an
    early response to it, such as a 413, but then nobody knows what follows: the connection is not used again.

    What arrives in the microseconds between this check and the write cannot be told from the response.
    """

    __slots__ = ("_is_suspect", "_is_used", "_is_writing")

    def __init__(self) -> None:
        self._is_used = False
        self._is_suspect = False
        self._is_writing = False

    def reading(self) -> None:
        """Note that a response is read: the next write begins a new request."""
        self._is_used = True
        self._is_writing = False

    def writing(self, *, has_unread_data: bool) -> bool:
        """Note a write, and return whether data arrived on a new connection before its first request.

        Args:
            has_unread_data: Whether anything can be read from the connection without waiting.

        Raises:
            httpcore.ConnectionNotAvailable: The connection was used before, and must not be used again. httpcore closes
                it, and takes another one.
        """
        begins_request, self._is_writing = not self._is_writing, True
        if begins_request and self._is_used and (has_unread_data or self._is_suspect):
            raise httpcore.ConnectionNotAvailable
        if not begins_request:
            self._is_suspect |= has_unread_data
        return begins_request and has_unread_data
