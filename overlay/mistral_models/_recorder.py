"""Record responses in a file, for a later comparison with the OpenAPI document."""

import json
import os
from pathlib import Path
from typing import Final

from ._call import AttemptResult
from ._json import Json
from ._response import RawResponse

_EXCERPT: Final = 1000
"""Bytes recorded of an incomplete body."""


class Recorder:
    """Append one line of JSON for every response: the operation, the status and the body; no headers, no API key.

    A body that is not JSON is recorded as text. Of one that is incomplete (too long, truncated or not decompressible),
    only the beginning is recorded, with a `problem` that says why.

    Pass it as `Mistral(on_attempt=Recorder("responses.jsonl"))`. Threads, tasks and processes may share one; it
    pickles. `python -m tools.drift observed FILE` of this project compares the file with the OpenAPI document.

    Args:
        path: The file; it is created if it does not exist.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path: Path = Path(path)

    def __call__(self, attempt: AttemptResult) -> None:
        """Record the response to an attempt, if there was one.

        Raises:
            OSError: The file cannot be written.
        """
        response = attempt.response
        if response is None:
            return
        entry: dict[str, Json] = {"operation": attempt.operation.name, "status": response.status_code}
        try:
            line = json.dumps({**entry, **_recorded_body(response)}, allow_nan=False)
        except (RecursionError, ValueError):  # nested too deeply, or NaN, which is not JSON
            line = json.dumps({**entry, "body": response.text})
        # A single unbuffered write in append mode: lines of several threads and processes do not mix.
        with self.path.open("ab", buffering=0) as file:
            file.write(f"{line}\n".encode())


def _recorded_body(response: RawResponse) -> dict[str, Json]:
    if response.problem:
        return {"body": response.excerpt(_EXCERPT), "problem": response.problem}
    try:
        return {"body": response.json()}
    except ValueError:
        return {"body": response.text}
