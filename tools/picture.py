"""`python -m tools.picture`: write docs/assets/cli.svg, a terminal with a table of the embedded service's models."""

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios

from rich.console import Console
from rich.text import Text

from .generate import ROOT

COMMAND = ("--demo", "list")
ROWS, COLUMNS = 30, 110


def run_in_terminal(*arguments: str, columns: int = COLUMNS) -> str:
    """Run the program on a pseudo-terminal, and return what it wrote there."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    with subprocess.Popen([sys.executable, "-m", "mistral_models", *arguments], stdout=its, env=environment) as program:
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


def main() -> int:
    """Draw it."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text("$ ", "dim"), Text(f"mistral-models {' '.join(COMMAND)}", "bold"), sep="")
    console.print(Text.from_ansi(run_in_terminal(*COMMAND)))
    drawn = console.export_svg(title="mistral-models", unique_id="cli")
    # Fonts that would be fetched from elsewhere are left out; the reader's own will do.
    drawn = re.sub(r"\s*@font-face \{.*?\}", "", drawn, flags=re.DOTALL)
    (ROOT / "docs" / "assets" / "cli.svg").write_text(drawn, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
