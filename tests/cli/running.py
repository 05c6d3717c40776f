"""The program as people run it: its real entry point in a process of its own, in a pipe or in a terminal."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mistral_models.testing import FakeMistral

ENTRY = str(Path(sys.executable).parent / "mistral-models")
Result = subprocess.CompletedProcess[str]


class Program:
    """The program with an environment of its own, and perhaps a service."""

    def __init__(self, home: Path, url: str | None = None, key: str | None = None) -> None:
        dropped = {
            "MISTRAL_API_KEY",
            "NO_COLOR",
            "FORCE_COLOR",
            "COLUMNS",
            "PYTHONUNBUFFERED",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
        }
        self.environment = {name: value for name, value in os.environ.items() if name.upper() not in dropped}
        self.environment |= {"XDG_CACHE_HOME": str(home), "TERM": "xterm-256color"}
        if key is not None:
            self.environment["MISTRAL_API_KEY"] = key
        self.before = [] if url is None else ["--server-url", url]

    def command(self, *arguments: str) -> list[str]:
        return [ENTRY, *self.before, *arguments]

    def __call__(self, *arguments: str, input: str = "", **environment: str) -> Result:  # noqa: A002 subprocess's word
        return subprocess.run(
            self.command(*arguments), env={**self.environment, **environment}, input=input,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[Any]:
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.Popen(self.command(*arguments), **{"env": self.environment, "text": True, **options})

    def in_terminal(self, width: int, *arguments: str, typed: str = "", **environment: str) -> tuple[int, str]:
        """The exit status, and all that appears on a terminal of this width."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
        process = self.start(
            *arguments, stdin=theirs, stdout=theirs, stderr=theirs, env={**self.environment, **environment}
        )
        os.close(theirs)
        os.write(ours, typed.encode())
        shown = b"".join(_read(ours))
        os.close(ours)
        return process.wait(60), shown.decode().replace("\r\n", "\n")


def _read(descriptor: int) -> Iterator[bytes]:
    while True:
        try:
            piece = os.read(descriptor, 65536)
        except OSError:  # Linux says so when the other side is closed
            return
        if not piece:
            return
        yield piece


@contextmanager
def serving(home: Path, models: Iterable[dict[str, Any]] | FakeMistral | None = None) -> Iterator[Program]:
    """The program with a service of these models."""
    fake = models if isinstance(models, FakeMistral) else FakeMistral(models)
    with fake.serve() as url:
        yield Program(home, url, fake.api_key)
