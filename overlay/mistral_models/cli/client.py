"""The client that a command uses, and the models that it lists."""

import logging
import os
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Final

import click

from . import completion
from .exit_codes import ExitCode, describe
from .model_info import model_info
from .options import usage_errors
from .terminal import escape

if TYPE_CHECKING:
    from collections.abc import Generator

    from mistral_models import Mistral

    from .model_info import ModelInfo
    from .options import ConnectionOptions, ModelFilter


EMBEDDED_URL: Final = "http://embedded.localhost"
"""URL of the embedded service of `--demo`; requests to it do not use the network."""


class EnvironmentSettingsError(click.ClickException):
    """A proxy, certificate or credential setting of the environment cannot be used."""

    exit_code: ClassVar[int] = ExitCode.FAILURE


class EndpointNotFoundError(click.ClickException):
    """The server has no endpoint that lists models."""

    exit_code: ClassVar[int] = ExitCode.FAILURE


class APIKeyError(click.ClickException):
    """The API key is missing or cannot be sent."""

    exit_code: ClassVar[int] = ExitCode.AUTHENTICATION


@contextmanager
def connect(connection: "ConnectionOptions") -> "Generator[Mistral]":
    """Open a client that is configured by the options and the environment.

    Raises:
        UsageError: An option has an invalid value.
        APIKeyError: There is no usable key.
        EnvironmentSettingsError: The block sent a request that the settings of the environment do not permit.
    """
    from mistral_models import Mistral
    from mistral_models._settings import EnvironmentVariableError

    arguments: dict[str, Any] = {"timeout_ms": connection.timeout and connection.timeout * 1000}
    if connection.retries is not None:
        arguments["retry_config"] = connection.retries
    if connection.demo:
        with _warnings_and_log(connection.verbose), _embedded_service(connection, arguments) as mistral:
            yield mistral
        return
    with usage_errors():
        mistral = Mistral(server_url=connection.server_url, **arguments)
    _check_api_key()
    with _warnings_and_log(connection.verbose), mistral:
        try:
            yield mistral
        except EnvironmentVariableError as error:
            raise EnvironmentSettingsError(describe(error)) from None


@contextmanager
def _embedded_service(connection: "ConnectionOptions", arguments: dict[str, Any]) -> "Generator[Mistral]":
    import httpx

    from mistral_models import Mistral
    from mistral_models.testing import FakeMistral

    if connection.server_url is not None:
        raise click.UsageError("--demo uses an embedded service; leave out --server-url")
    fake = FakeMistral()
    # Requests stay in this process, so that proxy settings do not matter.
    with (
        httpx.Client(transport=fake.transport()) as client,
        Mistral(fake.api_key, server_url=EMBEDDED_URL, client=client, **arguments) as mistral,
    ):
        yield mistral


def _check_api_key() -> None:
    from mistral_models import _credentials

    if not any(map(os.environ.get, (_credentials.TOKEN_PATH_VARIABLE, _credentials.API_KEY_VARIABLE))):
        raise APIKeyError(f"no API key: set the environment variable {_credentials.API_KEY_VARIABLE}, or try --demo")
    try:
        _credentials.find_api_key(_credentials.Secret(None))
    except ValueError as error:
        raise APIKeyError(str(error)) from None


def list_models(mistral: "Mistral", connection: "ConnectionOptions", filters: "ModelFilter") -> "list[ModelInfo]":
    """List the models that meet the filters; keep the ids of a complete list for shell completion.

    Raises:
        UsageError: A filter names an unknown type or capability.
        EndpointNotFoundError: The server has no list of models.
    """
    from mistral_models.errors import NotFoundError

    try:
        cards = mistral.models.list(provider=filters.provider, model=filters.model).data
    except NotFoundError as error:
        hint = "check --server-url, which takes the part before /v1"
        raise EndpointNotFoundError(f"{describe(error)}; the server has no list of models: {hint}") from None
    models = [model_info(card) for card in cards]
    if filters.provider is None and filters.model is None:
        completion.save_ids(connection, [model.id for model in models])
    with usage_errors():
        filters.check_names(models)
    return [model for model in models if filters.accepts(model)]


@contextmanager
def _warnings_and_log(verbose: int) -> "Generator[None]":
    """Write warnings of the library and, if requested, its log to the standard error."""

    def show_warning(message: Warning | str, *_: object, **__: object) -> None:
        click.echo(f"mistral-models: {escape(str(message))}", err=True)

    with warnings.catch_warnings(), _log_output(verbose):
        warnings.showwarning = show_warning
        yield


@contextmanager
def _log_output(verbose: int) -> "Generator[None]":
    if not verbose:
        yield
        return

    class EscapingFormatter(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return escape(super().format(record))

    handler = logging.StreamHandler()
    handler.setFormatter(EscapingFormatter("mistral-models: %(message)s"))
    logger = logging.getLogger("mistral_models")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO if verbose == 1 else logging.DEBUG)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)
