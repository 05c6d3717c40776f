"""`--dry-run`: which operations of a batch would fail, found out with requests that change nothing."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from . import client
from .batch import PAST_TENSE
from .exit_codes import ExitCode, describe, exit_code_for, exit_code_of_batch

if TYPE_CHECKING:
    from mistral_models import Mistral
    from mistral_models._json import Json
    from mistral_models.errors import MistralError

    from .options import ConnectionOptions


class ExpectedFailure(NamedTuple):
    """Why an operation would fail."""

    message: str
    exit_code: ExitCode
    """That of the operation's error."""


class DryRun(NamedTuple):
    """What a batch would do."""

    action: str
    ids: Sequence[str]
    """The ids of the models that would be changed."""
    failures: Mapping[str, ExpectedFailure] = {}
    """Why the operation would fail, by id."""

    def exit_code(self) -> ExitCode:
        """Return the exit code that the batch would have."""
        codes = [failure.exit_code for failure in self.failures.values()]
        return exit_code_of_batch(codes, has_success=bool(self.ids))

    def summary(self) -> str:
        """Describe the dry run for people."""
        lines = [f"would fail: {name}: {failure.message}" for name, failure in self.failures.items()]
        failing = f", {len(self.failures)} would fail" if self.failures else ""
        affected = f"{self.action} would affect {count_models(len(self.ids))}{failing}"
        return "\n".join([*lines, f"dry run: {affected}; nothing was changed"])

    def report(self) -> "Json":
        """Describe the dry run for programs."""
        failures: list[Json] = [
            {"id": name, "message": failure.message, "exit_code": int(failure.exit_code)}
            for name, failure in self.failures.items()
        ]
        return {"action": self.action, "dry_run": True, "ids": [*self.ids], "would_fail": failures}


def check_models(
    mistral: "Mistral", connection: "ConnectionOptions", action: str, ids: Sequence[str], concurrency: int
) -> DryRun:
    """Look up each id: in the list of models, or by itself if it is not listed.

    Args:
        mistral: The client.
        connection: How the client is connected.
        action: Name of the operation.
        ids: Ids without duplicates.
        concurrency: Maximum number of requests in flight.
    """
    listed = client.find_listed(mistral, connection) if ids else []
    models = {name: [model for model in listed if name in model.ids] for name in ids}
    failures: dict[str, ExpectedFailure] = {}
    unlisted = [name for name in ids if not models[name]]
    for name, outcome in client.retrieve_all(mistral, unlisted, concurrency):
        if isinstance(outcome, Exception):
            failures[name] = _failed_check(outcome)
        else:
            models[name] = [outcome]
    for name in ids:
        if models[name] and not any(model.is_fine_tuned for model in models[name]):
            failures[name] = _wrong_type(action, models[name][0].type)
    return DryRun(
        action,
        [name for name in ids if name not in failures],
        {name: failures[name] for name in ids if name in failures},
    )


def _failed_check(error: "MistralError") -> ExpectedFailure:
    code = exit_code_for(error)
    message = describe(error)
    return ExpectedFailure(message if code == ExitCode.NOT_FOUND else f"it could not be checked: {message}", code)


def _wrong_type(action: str, model_type: str) -> ExpectedFailure:
    """Describe why the operation fails for a model that is not fine-tuned.

    The service forbids deleting such a model (403); the endpoints for archiving do not find it (404).
    """
    message = f"its type is {model_type or 'unknown'}: only fine-tuned models can be {PAST_TENSE[action]}"
    return ExpectedFailure(message, ExitCode.FAILURE if action == "delete" else ExitCode.NOT_FOUND)


def count_models(number: int) -> str:
    """Format a number of models."""
    return "1 model" if number == 1 else f"{number} models"
