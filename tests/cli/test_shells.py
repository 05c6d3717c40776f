"""Completion in the real shells: a line is typed in a terminal, followed by Tab."""

import os
import pty
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from mistral_models.testing import base_model, fine_tuned_model

from .runner import ENTRY_POINT, Cli, serving

pytestmark = pytest.mark.linux("macOS comes with bash 3.2 and without fish")
MINE = fine_tuned_model("support-triage")["id"]
TAB, REPORT, TIMEOUT = "\t", "\x18", 60
"""The key that completes; Ctrl-X, which the settings below bind; seconds."""

# Each shell prints the line between \x1e and \x1f on Ctrl-X, and then clears it.
SETTINGS = {
    "bash": r"""
eval "$(mistral-models completion bash)"
report() { printf '\036%s\037' "$READLINE_LINE"; READLINE_LINE=""; }
bind -x '"\C-x": report'
""",
    "zsh": r"""
autoload -Uz compinit && compinit -u -D
eval "$(mistral-models completion zsh)"
report() { printf '\036%s\037' "$BUFFER"; BUFFER=""; }
zle -N report
bindkey '^X' report
""",
    "fish": r"""
mistral-models completion fish | source
function report; printf '\036%s\037' (commandline); commandline ''; end
bind \cx report
""",
}
SETTINGS_FILES = {"bash": ".bashrc", "zsh": ".zshrc", "fish": "fish/config.fish"}


class Terminal:
    """A terminal in which a shell runs.

    Args:
        descriptor: Our end of the terminal.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def complete(self, line: str) -> str:
        """Type a line and Tab, and return the line that the shell has made of it."""
        os.write(self._descriptor, f"{line}{TAB}{REPORT}".encode())
        displayed = b""
        while b"\x1f" not in displayed:
            ready, _, _ = select.select([self._descriptor], [], [], TIMEOUT)
            assert ready, f"after {line!r} the shell displayed {displayed!r}"
            displayed += os.read(self._descriptor, 65536)
        return displayed.partition(b"\x1f")[0].rpartition(b"\x1e")[2].decode()


def program_of(shell: str) -> str:
    """Return the path of a shell; skip the test if it is not installed, except in CI."""
    found = shutil.which(shell)
    if found is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{shell} is not installed")
    return str(found)


def environment(cli: Cli, home: Path) -> dict[str, str]:
    """Return the environment of a shell with a home directory of its own, in which our program is found."""
    return {
        **cli.environment(),
        **dict.fromkeys(("HOME", "ZDOTDIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(home)),
        "PATH": f"{Path(ENTRY_POINT).parent}{os.pathsep}{os.environ['PATH']}",
    }


@contextmanager
def running(shell: str, cli: Cli, home: Path) -> Iterator[Terminal]:
    """Run an interactive shell with our completion and no other settings."""
    file = home / SETTINGS_FILES[shell]
    file.parent.mkdir(exist_ok=True)
    file.write_text(SETTINGS[shell], encoding="utf-8")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [program_of(shell), "-i"],
        env=environment(cli, home),
        cwd=home,
        preexec_fn=partial(os.login_tty, theirs),  # noqa: PLW1509 fish needs a controlling terminal; no thread holds a lock
    ) as process:
        os.close(theirs)
        try:
            yield Terminal(ours)
        finally:
            process.kill()
            os.close(ours)


@pytest.mark.slow
@pytest.mark.parametrize("shell", SETTINGS)
def test_tab_completes_the_line_in_the_shell(shell, tmp_path):
    """Commands, options, their values, ids with colons, and files; an id that was given is not suggested again."""
    (tmp_path / "before.json").write_text("[]", encoding="utf-8")
    with serving(tmp_path / "cache", [base_model("codestral"), fine_tuned_model("support-triage")]) as cli:
        cli("list")
        program = f"mistral-models {' '.join(cli.options)}"
        lines = {
            "mistral-models dif": "mistral-models diff ",
            "mistral-models aud": "mistral-models audit ",
            "mistral-models list --cap": "mistral-models list --capability ",
            "mistral-models audit --format sa": "mistral-models audit --format sarif ",
            "mistral-models completion zs": "mistral-models completion zsh ",
            "mistral-models diff bef": "mistral-models diff before.json ",
            f"{program} show codes": f"{program} show codestral ",
            f"{program} show ft": f"{program} show {MINE} ",
            f"{program} archive {MINE[:-6]}": f"{program} archive {MINE} ",
            f"{program} archive {MINE} ft": f"{program} archive {MINE} ft",
        }
        with running(shell, cli, tmp_path) as terminal:
            assert {typed: terminal.complete(typed) for typed in lines} == lines


@pytest.mark.slow
def test_fish_shows_complete_descriptions(cli, tmp_path):
    """Click's own script cuts them off at the first comma."""
    script = 'mistral-models completion fish | source; complete -C "mistral-models audit --fo"'
    result = subprocess.run(
        [program_of("fish"), "-c", script],
        env=environment(cli, tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    described = dict(line.split("\t") for line in result.stdout.splitlines())
    assert "," in described["--force"]
    assert described["--force"] in " ".join(cli("audit", "--help").stdout.split())
