"""Exit codes, and the one that belongs to each error. Scripts rely on the numbers."""

from collections.abc import Collection
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the program."""

    SUCCESS = 0
    FAILURE = 1
    USAGE = 2
    AUTHENTICATION = 3
    NOT_FOUND = 4
    PARTIAL = 5
    FINDINGS = 6
    INTERRUPTED = 130


HELP = """\b
Exit codes:
    0  success
    1  the request failed (error response or no response), a file could not be written, or `audit` had nothing to read
       or to compare with
    2  wrong command line or input file, settings of the environment (address, proxy, certificates) that cannot be used,
       or the extra "cli" is not installed
    3  the API key is missing or was rejected
    4  model not found
    5  partial success: some of several models failed
    6  `audit` found retired names (or those of --fail-on), or `diff --exit-code` found differences
  130  interrupted, or confirmation declined
"""


def exit_code_for(error: Exception) -> ExitCode:
    """Map an error of the library to an exit code."""
    from mistral_models import errors

    if isinstance(error, errors.AuthenticationError):
        return ExitCode.AUTHENTICATION
    if isinstance(error, errors.NotFoundError):
        return ExitCode.NOT_FOUND
    return ExitCode.FAILURE


def exit_code_of_batch(failures: Collection[ExitCode], *, has_success: bool) -> ExitCode:
    """Combine the exit codes of failed operations: partial success, or the code of the failures if all are alike."""
    if not failures:
        return ExitCode.SUCCESS
    if has_success:
        return ExitCode.PARTIAL
    codes = set(failures)
    return codes.pop() if len(codes) == 1 else ExitCode.FAILURE


def describe(error: Exception) -> str:
    """Return the message of an error together with its notes."""
    return " ".join([str(error), *getattr(error, "__notes__", [])])
