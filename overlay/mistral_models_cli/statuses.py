"""Exit statuses: which there are, and which an error is. Scripts rely on the numbers."""

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mistral_models.errors import MistralError


class Status(IntEnum):
    """What the program ends with."""

    DONE = 0
    SERVICE = 1
    USAGE = 2
    AUTHENTICATION = 3
    NOT_FOUND = 4
    PARTLY = 5
    INTERRUPTED = 130


HELP = """\b
Exit status:
    0  done
    1  the service refused, failed, or did not answer; or a file could not be written
    2  the command line is wrong, or the extra "cli" is missing or of another version
    3  the API key is missing or not accepted
    4  there is no such model
    5  partly done: some of many failed
  130  interrupted, or a question answered with no
"""


def told(error: "MistralError") -> str:
    """Say what is to be told of an error of the library: its message, and what was noted of it."""
    return " ".join([error.message, *getattr(error, "__notes__", [])])


def status_of(error: "MistralError") -> Status:
    """Find the exit status for an error of the library."""
    from mistral_models import errors

    if isinstance(error, errors.AuthenticationError):
        return Status.AUTHENTICATION
    if isinstance(error, errors.NotFoundError):
        return Status.NOT_FOUND
    return Status.SERVICE
