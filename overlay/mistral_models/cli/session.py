"""The client that a command talks through, and the models it asks for."""

import logging
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Final

import click

from .filters import misnamed
from .safe import safe
from .statuses import Status, told

if TYPE_CHECKING:
    from collections.abc import Generator

    from mistral_models import Mistral

    from .cards import Facts
    from .options import Selection, Settings


EMBEDDED: Final = "http://embedded.localhost"
"""Where the service of --demo is said to be; there is no network between."""


class NoServiceError(click.ClickException):
    """The address is none of the service's."""

    exit_code: ClassVar[int] = Status.SERVICE


class NoKeyError(click.ClickException):
    """There is no key, or it cannot be sent."""

    exit_code: ClassVar[int] = Status.AUTHENTICATION


@contextmanager
def connected(settings: "Settings") -> "Generator[Mistral]":
    """Open a client as the options say.

    Raises:
        UsageError: An option is not what it should be.
        NoKeyError: There is no key.
    """
    from mistral_models import Mistral

    options: dict[str, Any] = {"timeout_ms": settings.timeout and settings.timeout * 1000}
    if settings.retries is not None:
        options["retry_config"] = settings.retries
    if settings.demo:
        with _told(settings.verbose), _embedded(settings, options) as mistral:
            yield mistral
        return
    try:
        mistral = Mistral(server_url=settings.server_url, **options)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    check_key()
    with _told(settings.verbose), mistral:
        yield mistral


@contextmanager
def _embedded(settings: "Settings", options: dict[str, Any]) -> "Generator[Mistral]":
    import httpx

    from mistral_models import Mistral
    from mistral_models.testing import FakeMistral

    if settings.server_url is not None:
        raise click.UsageError("--demo has a service of its own; leave out --server-url")
    fake = FakeMistral()
    # Not over a socket: the proxies of the environment have no part in it.
    with (
        httpx.Client(transport=fake.transport()) as client,
        Mistral(fake.api_key, server_url=EMBEDDED, client=client, **options) as mistral,
    ):
        yield mistral


def check_key() -> None:
    """Refuse to go on without a key that can be sent.

    Raises:
        NoKeyError: The message says what to do.
    """
    import os

    from mistral_models import _credentials

    if not any(map(os.environ.get, (_credentials.ACCOUNT_VARIABLE, _credentials.KEY_VARIABLE))):
        raise NoKeyError(f"no API key: set the environment variable {_credentials.KEY_VARIABLE}, or try --demo")
    try:
        _credentials.api_key(_credentials.Secret(None))
    except ValueError as error:
        raise NoKeyError(str(error)) from None


def models(mistral: "Mistral", settings: "Settings", selection: "Selection") -> "list[Facts]":
    """Ask for the models, remember their ids for the shell's completion, and choose among them.

    Raises:
        UsageError: A type or a capability that no model has is asked for.
        NoServiceError: The service knows of no list.
    """
    from mistral_models.errors import NotFoundError

    from . import completion
    from .cards import facts

    try:
        cards = mistral.models.list(provider=selection.provider, model=selection.model).data
    except NotFoundError as error:
        advice = "check --server-url, which takes the part before /v1"
        raise NoServiceError(f"{told(error)}; there is no list of models: {advice}") from None
    listed = [facts(card) for card in cards]
    if selection.provider is None and selection.model is None:
        completion.remember(settings, [model.id for model in listed])
    if wrong := misnamed(selection.filter, listed):
        raise click.UsageError(wrong)
    return [model for model in listed if selection.filter.accepts(model)]


@contextmanager
def _told(verbose: int) -> "Generator[None]":
    """Write warnings in the program's own form, and the library's log where it is asked for."""

    def warned(message: Warning | str, *_: object, **__: object) -> None:
        click.echo(f"mistral-models: {safe(str(message))}", err=True)

    with warnings.catch_warnings(), _logged(verbose):
        warnings.showwarning = warned
        yield


@contextmanager
def _logged(verbose: int) -> "Generator[None]":
    """Write the library's log to the standard error meanwhile, if it is asked for."""
    if not verbose:
        yield
        return

    class Escaping(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return safe(super().format(record))

    handler = logging.StreamHandler()
    handler.setFormatter(Escaping("mistral-models: %(message)s"))
    logger = logging.getLogger("mistral_models")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO if verbose == 1 else logging.DEBUG)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)
