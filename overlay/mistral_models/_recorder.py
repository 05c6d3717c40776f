"""Answers written down as they came, to be compared with the document later (`python -m tools.drift observed FILE`)."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._json import Json
    from ._response import RawResponse
    from .operations import Operation

_BEGINNING = 1000


class Recorder:
    """Appends a line of JSON for every answer: the operation, the status and the body; no headers, no key.

    A body that is no JSON is written as text. Of one that is not whole (it is too long, or its content coding is
    broken) only the beginning is written, with a `problem` that says why.

    For `Mistral(on_response=Recorder("answers.jsonl"))`. Threads, tasks and processes may share one; it pickles.

    Args:
        path: The file; it is made where there is none.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path: Path = Path(path)

    def __call__(self, operation: "Operation[Any]", answer: "RawResponse") -> None:
        """Write down an answer.

        Raises:
            OSError: The file cannot be written.
        """
        known = {"operation": operation.name, "status": answer.status_code}
        try:
            line = json.dumps({**known, **_recorded(answer)})
        except RecursionError:
            line = json.dumps({**known, "body": answer.text})
        # One write a line, at the end of the file: those of several threads and processes do not mix.
        with self.path.open("ab", buffering=0) as file:
            file.write(f"{line}\n".encode())


def _recorded(answer: "RawResponse") -> "dict[str, Json]":
    if answer.problem:
        return {"body": answer.text[:_BEGINNING], "problem": answer.problem}
    try:
        return {"body": answer.json()}
    except ValueError:
        return {"body": answer.text}
