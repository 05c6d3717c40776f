"""Answers written down as they came, to be compared with the document later (`python -m tools.drift observed FILE`)."""

import json
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .answers import Answer
    from .jsontext import Json
    from .operations import Operation


class Recorder:
    """Appends a line of JSON for every answer: the operation, the status and the body; no headers, no key.

    For `Mistral(on_response=Recorder("answers.jsonl"))`. Threads, tasks and processes may share one; it pickles.

    Args:
        path: The file; it is made where there is none.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path: Path = Path(path)
        self._lock = threading.Lock()

    def __call__(self, operation: "Operation[Any]", answer: "Answer") -> None:
        """Write down an answer.

        Raises:
            OSError: The file cannot be written.
        """
        try:
            body: Json = answer.json()
        except ValueError:
            body = answer.text
        line = json.dumps({"operation": operation.name, "status": answer.status_code, "body": body})
        # One write a line, at the end of the file: lines of several processes do not mix.
        with self._lock, self.path.open("ab", buffering=0) as file:
            file.write(f"{line}\n".encode())

    def __reduce__(self) -> "tuple[type[Recorder], tuple[Path]]":
        return type(self), (self.path,)
