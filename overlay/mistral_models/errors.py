"""The exceptions of this client.

MistralError
├── ResponseValidationError   a success that is not what the document says
└── SDKError                  an answer of the service that is not a success
"""


class MistralError(Exception):
    """What every error of this client is."""


class ResponseValidationError(MistralError):
    """The service reports success, but its answer is not what the document says."""


class SDKError(MistralError):
    """The service answered with a status that is not a success."""

    def __init__(self, message: str, status_code: int, body: str) -> None:
        super().__init__(message, status_code, body)
        self.message = message
        self.status_code = status_code
        self.body = body

    def __str__(self) -> str:
        return f"{self.message} (status {self.status_code})"


__all__ = ["MistralError", "ResponseValidationError", "SDKError"]
