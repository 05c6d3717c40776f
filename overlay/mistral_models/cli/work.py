"""Many operations, one after another or several at a time, until they are done or somebody interrupts."""

import signal
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from types import FrameType

    from mistral_models import Mistral
    from mistral_models._json import Json
    from mistral_models.errors import MistralError
    from mistral_models.operations import Operation

    from .statuses import Status

_PAST: Final = {"archive": "archived", "unarchive": "unarchived", "delete": "deleted"}


class Work:
    """What is to be done, and what became of it.

    Args:
        action: The name of the operation.
        ids: What it is done to, each once.
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
        """Start no more."""
        self._stopping = True

    def interrupt(self) -> None:
        """Start no more, because somebody said so."""
        self.interrupted = True
        self.stop()

    def run(self, mistral: "Mistral", concurrency: int, progress: Callable[[], None]) -> None:
        """Do it, several at a time.

        Args:
            mistral: Whom to send with.
            concurrency: How many are under way at once, at most.
            progress: Called after each.
        """
        from mistral_models import errors

        make = _operation(self.action)
        for operation, outcome in mistral.send_all(self._starting(make), concurrency):
            model_id = operation.model_id or ""
            if isinstance(outcome, errors.MistralError):
                self.failed[model_id] = outcome
                if isinstance(outcome, errors.AuthenticationError):
                    self.stop()  # the others would be refused alike
            else:
                self.done.append(model_id)
            progress()

    def _starting(self, make: "Callable[[str], Operation[Any]]") -> "Iterator[Operation[Any]]":
        for model_id in self.ids:
            if self._stopping:
                return
            self._started += 1
            yield make(model_id)

    def not_started(self) -> Sequence[str]:
        """List what nothing was sent for."""
        return self.ids[self._started :]

    def unknown(self) -> list[str]:
        """List what was started, and not waited for."""
        settled = {*self.done, *self.failed}
        return [name for name in self.ids[: self._started] if name not in settled]

    def status(self) -> "Status":
        """Find the exit status."""
        from .statuses import Status, status_of

        if self.interrupted:
            return Status.INTERRUPTED
        if not self.failed:
            return Status.DONE
        if self.done:
            return Status.PARTLY
        statuses = {status_of(error) for error in self.failed.values()}
        return statuses.pop() if len(statuses) == 1 else Status.SERVICE

    def summary(self) -> str:
        """Say what was done, and what was not and why."""
        from .statuses import told

        past = _PAST[self.action]
        counts = [f"{past} {len(self.done)} of {len(self.ids)}"]
        counts += [f"{len(self.failed)} failed"] if self.failed else []
        counts += [f"{len(self.unknown())} not known"] if self.unknown() else []
        counts += [f"{len(self.not_started())} not started"] if self.not_started() else []
        lines = [f"failed: {name}: {told(error)}" for name, error in self.failed.items()]
        lines += [f"not known: {name}" for name in self.unknown()]
        lines += [f"not started: {name}" for name in self.not_started()]
        return "\n".join([*lines, ", ".join(counts)])

    def report(self) -> "Json":
        """Say the same for programs."""
        return {
            "action": self.action,
            "done": [*self.done],
            "failed": [_failure(name, error) for name, error in self.failed.items()],
            "not_known": [*self.unknown()],
            "not_started": [*self.not_started()],
            "interrupted": self.interrupted,
        }


def check(action: str, ids: Iterable[str]) -> None:
    """Refuse ids that cannot be any model's, before anything is sent.

    Raises:
        ValueError: The message names the first of them.
    """
    make = _operation(action)
    for model_id in ids:
        make(model_id)


def _operation(action: str) -> "Callable[[str], Operation[Any]]":
    from mistral_models import operations

    makers: dict[str, Callable[[str], Operation[Any]]] = {
        "archive": operations.archive,
        "unarchive": operations.unarchive,
        "delete": operations.delete,
    }
    return makers[action]


def _failure(name: str, error: "MistralError") -> "Json":
    from mistral_models.errors import SDKError

    answer = error if isinstance(error, SDKError) else None
    return {
        "id": name,
        "error": type(error).__name__,
        "status_code": answer.status_code if answer else None,
        "request_id": answer.request_id if answer else None,
        "attempts": error.attempts,
        "message": error.message,
        "notes": list(getattr(error, "__notes__", [])),
    }


@contextmanager
def interruptible(first: Callable[[], None], second: Callable[[], None]) -> Generator[None]:
    """Call one function at the first Ctrl-C, and another at every further one."""

    def again(number: int, frame: "FrameType | None") -> None:
        del number, frame
        second()

    def once(number: int, frame: "FrameType | None") -> None:
        del number, frame
        signal.signal(signal.SIGINT, again)
        first()

    before = signal.signal(signal.SIGINT, once)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
