"""Completion in shells: the script that a shell evaluates, and the ids that were seen last, kept in a small file."""

import os
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

from .options import Settings
from .safe import safe

_MOST_IDS: Final = 5000


def _cache(settings: Settings) -> Path:
    """Ids of different servers do not mix. Nothing of the key goes in here."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    name = sha256((settings.server_url or "").rstrip("/").encode()).hexdigest()[:16]
    return Path(home) / "mistral-models" / f"ids-{name}"


def remember(settings: Settings, ids: list[str]) -> None:
    """Keep ids for completion; those that a line or a terminal cannot hold are left out."""
    if settings.demo:
        return
    text = "".join(f"{model_id}\n" for model_id in ids[:_MOST_IDS] if model_id and safe(model_id) == model_id)
    try:
        path = _cache(settings)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.write_text(text, encoding="utf-8")
        fresh.chmod(0o600)
        fresh.replace(path)
    except (OSError, RuntimeError):  # a read-only home, or none, is no reason to fail
        return


def _remembered(settings: Settings) -> list[str]:
    if settings.demo:
        from mistral_models.testing import catalogue

        return [model["id"] for model in catalogue()]
    try:
        return _cache(settings).read_text(encoding="utf-8").splitlines()
    except (OSError, RuntimeError, ValueError):
        return []


def complete_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Suggest ids that begin like this, without those that are there already."""
    from click.shell_completion import CompletionItem

    given = ctx.params.get(param.name or "") or ()
    ids = _remembered(ctx.ensure_object(Settings))
    return [CompletionItem(name) for name in ids if name.startswith(incomplete) and name not in given]


@click.command("completion", epilog='\b\nFor example, in ~/.bashrc:\n  eval "$(mistral-models completion bash)"')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> int:
    """Print the script that a shell completes with.

    It completes commands, options and model ids. Ids are those of the last whole list that the service sent; they are
    kept under $XDG_CACHE_HOME.
    """
    from .program import NAME, program
    from .shells import VARIABLE, shells

    click.echo(shells()[shell](program, {}, NAME, VARIABLE).source())
    return 0
