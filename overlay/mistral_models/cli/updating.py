"""`update`: the name and the description of a fine-tuned model."""

from typing import TYPE_CHECKING

import click

from . import options
from .completion import complete_ids

if TYPE_CHECKING:
    from mistral_models_raw.types import Unset


@click.command("update")
@click.argument("model_id", metavar="ID", shell_complete=complete_ids)
@click.option("--name", metavar="TEXT", help="The new name.")
@click.option("--description", metavar="TEXT", help="The new description.")
@click.option("--clear-name", is_flag=True, help="Have no name any more.")
@click.option("--clear-description", is_flag=True, help="Have no description any more.")
@options.as_json
@options.connection
@options.settings
def update_command(
    settings: options.Settings,
    model_id: str,
    name: str | None,
    description: str | None,
    clear_name: bool,  # noqa: FBT001 click's way
    clear_description: bool,  # noqa: FBT001 click's way
    as_json: bool,  # noqa: FBT001 click's way
) -> int:
    """Change name or description of a fine-tuned model.

    The model is shown afterwards.
    """
    from mistral_models import operations

    from .showing import present

    if name is None and description is None and not clear_name and not clear_description:
        raise click.UsageError("nothing to change: give --name, --description, --clear-name or --clear-description")
    new_name = _wanted("name", name, clear=clear_name)
    new_description = _wanted("description", description, clear=clear_description)
    return present(
        settings, lambda: operations.update(model_id, name=new_name, description=new_description), as_json=as_json
    )


def _wanted(option: str, value: str | None, *, clear: bool) -> "str | Unset | None":
    from mistral_models_raw.types import UNSET

    if clear and value is not None:
        raise click.UsageError(f"--{option} and --clear-{option} exclude each other")
    return UNSET if value is None and not clear else value
