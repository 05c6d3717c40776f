"""`update`: the name and the description of a fine-tuned model."""

from typing import TYPE_CHECKING, Final

import click

from . import options
from .completion import complete_ids
from .show import show_result

if TYPE_CHECKING:
    from mistral_models.utils import Unset

_HELP: Final = "Change the name or description of a fine-tuned model. Shows the updated model."


@click.command("update", cls=options.Command, help=_HELP)
@click.argument("model_id", metavar="ID", shell_complete=complete_ids)
@click.option("--name", metavar="TEXT", help="New name.")
@click.option("--description", metavar="TEXT", help="New description.")
@click.option("--clear-name", is_flag=True, help="Remove the name.")
@click.option("--clear-description", is_flag=True, help="Remove the description.")
@options.json_option
@options.connection_options
@options.pass_connection
def update_command(
    connection: options.ConnectionOptions,
    *,
    model_id: str,
    name: str | None,
    description: str | None,
    clear_name: bool,
    clear_description: bool,
    as_json: bool,
) -> int:
    """Run `update`."""
    from mistral_models import operations

    if name is None and description is None and not clear_name and not clear_description:
        raise click.UsageError("nothing to change: give --name, --description, --clear-name or --clear-description")
    new_name = _new_value("name", name, clear=clear_name)
    new_description = _new_value("description", description, clear=clear_description)
    return show_result(
        connection, lambda: operations.update(model_id, name=new_name, description=new_description), as_json=as_json
    )


def _new_value(option: str, value: str | None, *, clear: bool) -> "str | Unset | None":
    """Return the value to send: None clears the field, `UNSET` leaves it as it is."""
    from mistral_models.utils import UNSET

    if clear and value is not None:
        raise click.UsageError(f"--{option} and --clear-{option} cannot be combined")
    return UNSET if value is None and not clear else value
