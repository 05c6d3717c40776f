"""Shell completion: the script for each shell, and a cache of the model ids that were listed last."""

import os
import re
import stat
from typing import Final

import click
from click.shell_completion import (
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

from .exit_codes import ExitCode
from .options import Command, ConnectionOptions

_MAX_IDS: Final = 5000
_MAX_CACHE_BYTES: Final = 1024 * 1024
_SAFE_ID: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.:/@+_-]*")
"""Ids that are one word to every shell. Shells insert suggestions as they are, and `x;reboot` would be executed."""

_BASH_SCRIPT: Final = """\
%(complete_func)s() {
    local line="${COMP_LINE:0:COMP_POINT}" kind value word before=""
    word="${line##*[[:space:]]}"
    [[ $COMP_WORDBREAKS == *:* && $word == *:* ]] && before="${word%%:*}:"
    COMPREPLY=()
    while IFS=, read -r kind value; do
        case $kind in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("${value#"$before"}") ;;
        esac
    done < <(COMP_WORDS="$line" %(complete_var)s=bash_complete %(prog_name)s)
}
complete -o nosort -F %(complete_func)s %(prog_name)s 2>/dev/null || complete -F %(complete_func)s %(prog_name)s
"""

_FISH_SCRIPT: Final = """\
function %(complete_func)s
    set -lx %(complete_var)s fish_complete
    set -lx COMP_WORDS (commandline -cp)
    set -lx COMP_CWORD (commandline -t)
    for line in (%(prog_name)s)
        set -l suggestion (string split --max 1 "," $line)
        switch $suggestion[1]
            case dir
                __fish_complete_directories $suggestion[2]
            case file
                __fish_complete_path $suggestion[2]
            case plain
                echo $suggestion[2]
        end
    end
end
complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class BashCompletion(ShellComplete):
    """Completion in bash 3.2 or newer.

    Unlike click's own class, it supports words with colons, such as the ids of fine-tuned models. Bash splits words at
    colons, so the script passes the line as it was typed, and removes from each suggestion the part up to the last
    colon that is in the line already.
    """

    name = "bash"
    source_template = _BASH_SCRIPT

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the cursor, and the incomplete word at the cursor."""
        line = os.environ.get("COMP_WORDS", "")
        words = split_arg_string(line)[1:]
        return (words, "") if not words or line[-1].isspace() else (words[:-1], words[-1])

    def format_completion(self, item: CompletionItem) -> str:
        """Format a suggestion as the script expects it."""
        return f"{item.type},{item.value}"


class FishCompletion(FishComplete):
    """Completion in fish. Unlike click's own script, this one does not cut descriptions off at a comma."""

    source_template = _FISH_SCRIPT


_SHELLS: Final[dict[str, type[ShellComplete]]] = {"bash": BashCompletion, "zsh": ZshComplete, "fish": FishCompletion}


def register_shells() -> None:
    """Register our classes in place of click's own."""
    for shell in _SHELLS.values():
        add_completion_class(shell)


_HELP: Final = """Print the completion script of a shell.

It completes commands, options and model ids. The ids are those of the last complete list that the service sent; they
are cached in $XDG_CACHE_HOME.
"""


@click.command(
    "completion",
    cls=Command,
    help=_HELP,
    epilog='\b\nFor example, in ~/.bashrc:\n  eval "$(mistral-models completion bash)"',
)
@click.argument("shell", type=click.Choice(list(_SHELLS)))
def completion_command(shell: str) -> int:
    """Run `completion`."""
    root = click.get_current_context().find_root()
    name = root.info_name or ""
    variable = f"_{name}_COMPLETE".replace("-", "_").upper()  # the name that click derives
    click.echo(_SHELLS[shell](root.command, {}, name, variable).source())
    return ExitCode.SUCCESS


def complete_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Suggest cached ids that begin with the incomplete word and are not in the command line already."""
    given = ctx.params.get(param.name or "") or ()
    ids = _load_ids(ctx.ensure_object(ConnectionOptions))
    return [CompletionItem(name) for name in ids if name.startswith(incomplete) and name not in given]


def save_ids(connection: ConnectionOptions, ids: list[str]) -> None:
    """Cache ids."""
    import tempfile
    from pathlib import Path

    if connection.demo:
        return
    text = "".join(f"{model_id}\n" for model_id in ids[:_MAX_IDS] if _SAFE_ID.fullmatch(model_id))
    try:
        path = Path(_cache_file(connection))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A new file that only its owner can read; the folder may be writable by others.
        descriptor, temporary = tempfile.mkstemp(prefix=path.name, dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink()
            raise
    except OSError:  # completion is optional: a read-only or missing home directory is not an error
        return


def _load_ids(connection: ConnectionOptions) -> list[str]:
    if connection.demo:
        from mistral_models.testing import catalogue

        return [model["id"] for model in catalogue()]
    try:
        lines = _read_own_file(_cache_file(connection)).splitlines()
    except (OSError, ValueError):
        return []
    return [line for line in lines if _SAFE_ID.fullmatch(line)]


def _read_own_file(path: str) -> str:
    """Read a regular file of the user; nothing that others can write, and no link, pipe or device.

    Raises:
        OSError: There is no such file.
        ValueError: It is not UTF-8.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        is_own = os.name == "nt" or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)
        return file.read(_MAX_CACHE_BYTES).decode() if stat.S_ISREG(status.st_mode) and is_own else ""


def _cache_file(connection: ConnectionOptions) -> str:
    """Return the cache file of a server. Its name does not depend on the API key.

    Raises:
        OSError: The user has no home directory.
    """
    # Importing pathlib would be a tenth of the time that a suggestion takes.
    cache = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG Base Directory Specification says that a relative path is to be ignored.
    if not os.path.isabs(cache):  # noqa: PTH117 pathlib is slow to import
        cache = os.path.expanduser("~/.cache")  # noqa: PTH111 pathlib is slow to import
        if cache.startswith("~"):
            raise FileNotFoundError("no home directory")
    server_url = connection.server_url or os.environ.get("MISTRAL_SERVER_URL", "")
    server = re.sub(r"[^0-9A-Za-z.-]+", "_", server_url.rstrip("/"))[-100:] or "default"
    return os.path.join(cache, "mistral-models", f"ids-{server}")  # noqa: PTH118 pathlib is slow to import
