"""`serve`: the fake service on a local port."""

import threading
from contextlib import ExitStack
from typing import Final

import click

from .exit_codes import ExitCode
from .options import Command

_HELP: Final = """Run a fake service until Ctrl-C.

It prints its URL and the API key that it accepts. Changes are lost when it ends.
"""


@click.command("serve", cls=Command, help=_HELP)
@click.option(
    "--port",
    metavar="NUMBER",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port on 127.0.0.1; any free one by default.",
)
def serve_command(port: int) -> int:
    """Run `serve`."""
    from mistral_models.testing import FakeMistral

    fake = FakeMistral()
    with ExitStack() as stack:
        try:
            url = stack.enter_context(fake.serve(port))
        except OSError as error:
            raise click.ClickException(f"port {port}: {error.strerror}; choose another with --port") from None
        click.echo(f"{url}\n")
        click.echo(
            f"In another terminal: MISTRAL_API_KEY={fake.api_key} mistral-models --server-url {url} list", err=True
        )
        click.echo("Press Ctrl-C to stop.", err=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo(err=True)
    return ExitCode.SUCCESS
