"""`python -m tools.picture`: draw docs/assets/cli.svg and audit-*.svg, terminals with the output of commands."""

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path
from typing import Final, NamedTuple

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, SVG_EXPORT_THEME, TerminalTheme
from rich.text import Text

from .generate import ROOT

ASSETS: Final = ROOT / "docs" / "assets"
ROWS: Final = 30
PROJECT: Final = {
    "src/chat.py": 'MODEL = "mistral-large-2411"\nFAST = "mistral/open-mistral-nemo"\n',
    "docker-compose.yml": "services:\n  app:\n    environment:\n      MODEL: ${MODEL:-mistral-large-2411}\n",
    "tests/test_chat.py": 'assert reply(model="mistral-large-2411")\n',
    "config/llm.yaml": "model: mistral-large-lates\n",
}
"""The files that `audit` reads, by name."""


class Picture(NamedTuple):
    """A terminal in which a command was run."""

    name: str
    arguments: tuple[str, ...]
    columns: int
    theme: TerminalTheme = SVG_EXPORT_THEME


PICTURES: Final = (
    Picture("cli", ("--demo", "list"), 110),
    Picture("audit-dark", ("audit", "--offline"), 56),
    Picture("audit-light", ("audit", "--offline"), 56, DEFAULT_TERMINAL_THEME),
)
HIDDEN_ARGUMENTS: Final = {"audit": ("--as-of", "2026-11-26", "--exit-zero")}
"""Arguments that the picture does not show; they make it the same on every day."""


def run_in_terminal(*arguments: str, columns: int = 110, folder: Path = ROOT) -> str:
    """Run the program on a pseudo-terminal, and return what it wrote to the standard output."""
    reader, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "mistral_models", *arguments]
    with subprocess.Popen(command, stdout=terminal, stderr=subprocess.DEVNULL, env=environment, cwd=folder) as program:
        os.close(terminal)
        written = b""
        try:
            while chunk := os.read(reader, 65536):
                written += chunk
        except OSError:  # Linux raises it when the program has ended and all output has been read
            pass
    os.close(reader)
    if program.returncode:
        raise subprocess.CalledProcessError(program.returncode, arguments)
    return written.decode().replace("\r\n", "\n")


def draw(picture: Picture, folder: Path) -> str:
    """Run the command of a picture in a folder, and return the picture as SVG."""
    hidden = HIDDEN_ARGUMENTS.get(picture.arguments[0], ())
    output = run_in_terminal(*picture.arguments, *hidden, columns=picture.columns, folder=folder)
    console = Console(record=True, width=picture.columns, file=io.StringIO(), force_terminal=True)
    console.print(Text("$ ", "dim"), Text(f"mistral-models {' '.join(picture.arguments)}", "bold"), sep="")
    console.print(Text.from_ansi(output))
    drawn = console.export_svg(title="mistral-models", theme=picture.theme, unique_id=picture.name)
    # Leave out web fonts, which browsers would fetch from another host.
    return re.sub(r"\s*@font-face \{.*?\}", "", drawn, flags=re.DOTALL)


def main() -> int:
    """Draw all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in PROJECT.items():
            file = Path(folder, name)
            file.parent.mkdir(exist_ok=True)
            file.write_text(content, encoding="utf-8")
        for picture in PICTURES:
            (ASSETS / f"{picture.name}.svg").write_text(draw(picture, Path(folder)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
