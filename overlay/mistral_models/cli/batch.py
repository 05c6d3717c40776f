"""One operation on many models: running it with limited concurrency, interrupting it, and reporting on it."""

import signal
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from .exit_codes import ExitCode, describe, exit_code_for, exit_code_of_batch

if TYPE_CHECKING:
    from types import FrameType

    from mistral_models import Mistral
    from mistral_models._json import Json
    from mistral_models.errors import MistralError
    from mistral_models.operations import Operation

PAST_TENSE: Final = {"archive": "archived", "unarchive": "unarchived", "delete": "deleted"}

_MAX_PATH: Final = 8000
"""The length of a URL that every server should support (RFC 9110, section 4.1)."""


class Batch:
    """A bulk operation and its outcome so far.

    Args:
        action: Name of the operation.
        ids: Ids of the models, without duplicates.
    """

    def __init__(self, action: str, ids: Sequence[str]) -> None:
        self.action = action
        self.ids = ids
        self.done: list[str] = []
        self.failed: dict[str, MistralError] = {}
        self.interrupted: bool = False
        self._started = 0
        self._stopping = False

    def stop(self) -> None:
        """Start no further operations."""
        self._stopping = True

    def interrupt(self) -> None:
        """Start no further operations, because the user interrupted the program."""
        self.interrupted = True
        self.stop()

    def run(self, mistral: "Mistral", concurrency: int, on_progress: Callable[[], None]) -> None:
        """Run the operations.

        Args:
            mistral: The client.
            concurrency: Maximum number of operations in flight.
            on_progress: Called after each operation.
        """
        from mistral_models import errors

        for operation, outcome in mistral.send_all(self._operations(), concurrency):
            model_id = operation.model_id or ""
            if isinstance(outcome, errors.MistralError):
                self.failed[model_id] = outcome
                if isinstance(outcome, errors.AuthenticationError):
                    self.stop()  # every other operation would fail in the same way
            else:
                self.done.append(model_id)
            on_progress()

    def _operations(self) -> "Iterator[Operation[Any]]":
        make_operation = _operation_factory(self.action)
        for model_id in self.ids:
            if self._stopping:
                return
            self._started += 1
            yield make_operation(model_id)

    def not_started(self) -> Sequence[str]:
        """List the ids for which nothing was sent."""
        return self.ids[self._started :]

    def unknown(self) -> list[str]:
        """List the ids whose operation was started, but whose outcome is unknown."""
        finished = {*self.done, *self.failed}
        return [name for name in self.ids[: self._started] if name not in finished]

    def exit_code(self) -> ExitCode:
        """Return the exit code: that of the failures if all failed in the same way."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        return exit_code_of_batch(list(map(exit_code_for, self.failed.values())), has_success=bool(self.done))

    def summary(self) -> str:
        """Describe the outcome for people."""
        counts = [f"{PAST_TENSE[self.action]} {len(self.done)} of {len(self.ids)}"]
        counts += [f"{len(self.failed)} failed"] if self.failed else []
        counts += [f"{len(self.unknown())} unknown"] if self.unknown() else []
        counts += [f"{len(self.not_started())} not started"] if self.not_started() else []
        lines = [f"failed: {name}: {describe(error)}" for name, error in self.failed.items()]
        lines += [f"unknown: {name}" for name in self.unknown()]
        lines += [f"not started: {name}" for name in self.not_started()]
        return "\n".join([*lines, ", ".join(counts)])

    def report(self) -> "Json":
        """Describe the outcome for programs."""
        return {
            "action": self.action,
            "done": [*self.done],
            "failed": [_failure(name, error) for name, error in self.failed.items()],
            "not_known": [*self.unknown()],
            "not_started": [*self.not_started()],
            "interrupted": self.interrupted,
        }


def check_ids(action: str, ids: Iterable[str]) -> None:
    """Check that every id can be sent.

    Raises:
        ValueError: The message names the first invalid id.
    """
    make_operation = _operation_factory(action)
    for model_id in ids:
        if len(make_operation(model_id).path) > _MAX_PATH:
            raise ValueError(
                f"the id that begins with {model_id[:40]!r} is too long: it has {len(model_id):,} characters"
            )


def _operation_factory(action: str) -> "Callable[[str], Operation[Any]]":
    from mistral_models import operations

    factories: dict[str, Callable[[str], Operation[Any]]] = {
        "archive": operations.archive,
        "unarchive": operations.unarchive,
        "delete": operations.delete,
    }
    return factories[action]


def _failure(name: str, error: "MistralError") -> "Json":
    from mistral_models.errors import SDKError

    response_error = error if isinstance(error, SDKError) else None
    return {
        "id": name,
        "error": type(error).__name__,
        "status_code": response_error.status_code if response_error else None,
        "request_id": response_error.request_id if response_error else None,
        "attempts": error.attempts,
        "message": error.message,
        "notes": list(getattr(error, "__notes__", [])),
    }


@contextmanager
def on_interrupt(first: Callable[[], None], again: Callable[[], None]) -> Generator[None]:
    """Call `first` at the first Ctrl-C in the block, and `again` at every further one."""

    def handle_again(number: int, frame: "FrameType | None") -> None:
        del number, frame
        again()

    def handle_first(number: int, frame: "FrameType | None") -> None:
        del number, frame
        signal.signal(signal.SIGINT, handle_again)
        first()

    previous = signal.signal(signal.SIGINT, handle_first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
