"""Exit statuses: which there are, and which an error is. Scripts rely on the numbers."""

from enum import IntEnum


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
    1  the service refused, failed, or did not answer; a file could not be written; or a proxy or certificates that the
       environment names cannot be used
    2  the command line is wrong, or the extra "cli" is missing or of another version
    3  the API key is missing or not accepted
    4  there is no such model
    5  partly done: some of many failed
  130  interrupted, or a question answered with no
"""


def told(error: Exception) -> str:
    """Say what is to be told of an error: its message, and what was noted of it."""
    return " ".join([str(error), *getattr(error, "__notes__", [])])


def status_of(error: Exception) -> Status:
    """Find the exit status for an error of the library, or of the environment."""
    from mistral_models import errors

    if isinstance(error, errors.AuthenticationError):
        return Status.AUTHENTICATION
    if isinstance(error, errors.NotFoundError):
        return Status.NOT_FOUND
    return Status.SERVICE
