"""Run the command line: in this process through its public `run`, or as a process of its own."""

import fcntl
import io
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import IO, Any, NamedTuple, TextIO

import pytest
from mistral_models.cli import run
from mistral_models.testing import FakeMistral

ENTRY_POINT = str(Path(sys.executable).parent / "mistral-models")
"""The installed program."""
CLEARED = (
    "MISTRAL_API_KEY", "MISTRAL_SA_TOKEN_PATH", "MISTRAL_SERVER_URL",
    "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "COLUMNS", "PYTHONUNBUFFERED",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
)  # fmt: skip
"""Environment variables that influence the program."""


class Result(NamedTuple):
    """The outcome of a run."""

    exit_code: int
    stdout: str
    stderr: str


class Process(subprocess.Popen[Any]):
    """A process whose output and errors are pipes unless `Cli.start` is told otherwise."""

    stdout: IO[Any]
    stderr: IO[Any]


class Cli:
    """The command line with a controlled environment.

    Args:
        home: The folder for cached ids.
        url: The service; by default the real one, which tests do not reach.
        key: The API key.
    """

    def __init__(self, home: Path, url: str | None = None, key: str | None = None) -> None:
        self.variables = {"XDG_CACHE_HOME": str(home), "TERM": "xterm-256color"}
        if key is not None:
            self.variables["MISTRAL_API_KEY"] = key
        self.options = [] if url is None else ["--server-url", url]

    def __call__(self, *arguments: str, input: str | bytes = "", encoding: str = "utf-8", **variables: str) -> Result:  # noqa: A002 subprocess's name
        """Run in this process, with pipes as the standard streams."""
        stdin = io.TextIOWrapper(io.BytesIO(input.encode() if isinstance(input, str) else input), encoding="utf-8")
        stdout = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)
        stderr = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)
        exit_code = self._run(arguments, variables, stdin, stdout, stderr)
        return Result(exit_code, _written(stdout), _written(stderr))

    def in_terminal(self, width: int, *arguments: str, typed: str = "", **variables: str) -> tuple[int, str]:
        """Run in this process, in a terminal of this width; return the exit code and everything displayed."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
        displayed: list[bytes] = []
        reader = threading.Thread(target=lambda: displayed.extend(_read(ours)))
        reader.start()
        os.write(ours, typed.encode())
        with ExitStack() as stack:
            stdin = stack.enter_context(os.fdopen(theirs, encoding="utf-8"))
            stdout, stderr = (
                stack.enter_context(os.fdopen(os.dup(theirs), "w", encoding="utf-8", buffering=1)) for _ in range(2)
            )
            exit_code = self._run(arguments, variables, stdin, stdout, stderr)
        reader.join()
        os.close(ours)
        return exit_code, b"".join(displayed).decode().replace("\r\n", "\n")

    def start(self, *arguments: str, **options: Any) -> Process:
        """Start a process."""
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return Process(self.command(*arguments), **{"env": self.environment(), "text": True, **options})

    def command(self, *arguments: str) -> list[str]:
        """The command line of a process."""
        return [ENTRY_POINT, *self.options, *arguments]

    def environment(self) -> dict[str, str]:
        """The environment of a process."""
        return {name: value for name, value in os.environ.items() if name not in CLEARED} | self.variables

    def _run(
        self, arguments: Iterable[str], variables: dict[str, str], stdin: TextIO, stdout: TextIO, stderr: TextIO
    ) -> int:
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(stdout), redirect_stderr(stderr):
            patch.setattr(sys, "stdin", stdin)
            for name in CLEARED:
                patch.delenv(name, raising=False)
            for name, value in (self.variables | variables).items():
                patch.setenv(name, value)
            try:
                return run([*self.options, *arguments])
            except SystemExit as end:  # click ends completion in this way
                return int(end.code or 0)


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


def _read(descriptor: int) -> Iterator[bytes]:
    while True:
        try:
            chunk = os.read(descriptor, 65536)
        except OSError:  # how Linux reports that the other end is closed
            return
        if not chunk:
            return
        yield chunk


@contextmanager
def serving(home: Path, models: Iterable[dict[str, Any]] | FakeMistral | None = None) -> Iterator[Cli]:
    """The command line, connected to a service with these models."""
    fake = models if isinstance(models, FakeMistral) else FakeMistral(models)
    with fake.serve() as url:
        yield Cli(home, url, fake.api_key)
