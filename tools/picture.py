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
    "tests/test_chat.py": 'assert answer(model="mistral-large-2411")\n',
    "config/llm.yaml": "model: mistral-large-lates\n",
}
"""What `audit` reads."""


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
"""What makes the picture the same on every day."""


def run_in_terminal(*arguments: str, columns: int = 110, folder: Path = ROOT) -> str:
    """Run the program on a pseudo-terminal, and return what it wrote to the standard output."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "mistral_models", *arguments]
    with subprocess.Popen(command, stdout=its, stderr=subprocess.DEVNULL, env=environment, cwd=folder) as program:
        os.close(its)
        written = b""
        try:
            while chunk := os.read(ours, 65536):
                written += chunk
        except OSError:  # the program has ended, and all of it is read
            pass
    os.close(ours)
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
    # Fonts that would be fetched from elsewhere are left out; the reader's own will do.
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
