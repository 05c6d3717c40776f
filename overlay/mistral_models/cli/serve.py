"""`serve`: the embedded service on a port, for trying things out."""

import threading
from contextlib import ExitStack

import click


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port on 127.0.0.1; a free one by default.")
def serve_command(port: int) -> int:
    """Run the embedded service until Ctrl-C.

    It prints its address and the key it accepts; what is changed is forgotten when it ends.
    """
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
        click.echo("Ctrl-C ends it.", err=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo(err=True)
    return 0
