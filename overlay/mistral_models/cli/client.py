"""The client that a command uses, and the models that it lists."""

import os
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Final

import click

from . import completion
from .exit_codes import ExitCode, describe
from .model_info import merged_info, model_info
from .options import parse_headers, usage_errors
from .terminal import escape

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Iterator

    from mistral_models import APIResponse, Mistral
    from mistral_models._json import Json
    from mistral_models.catalogue import Catalogue
    from mistral_models.errors import MistralError
    from mistral_models.operations import Operation

    from .model_info import ModelInfo
    from .options import ConnectionOptions, ModelFilter


EMBEDDED_URL: Final = "http://embedded.localhost"
"""URL of the fake service of `--demo`; requests to it do not use the network."""


class EnvironmentSettingsError(click.ClickException):
    """A proxy or certificate setting of the environment cannot be used."""

    exit_code: ClassVar[int] = ExitCode.USAGE


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
    """
    from mistral_models import Mistral

    arguments: dict[str, Any] = {"timeout_ms": connection.timeout and connection.timeout * 1000}
    if connection.retries is not None:
        arguments["retry_config"] = connection.retries
    with usage_errors():
        headers = arguments["http_headers"] = parse_headers(connection.header)
    if connection.demo:
        with _warnings_and_log(connection), _embedded_service(connection, arguments) as mistral:
            yield mistral
        return
    with usage_errors():
        mistral = Mistral(server_url=connection.server_url, **arguments)
    if "authorization" not in headers:  # it replaces the key
        _check_api_key()
    with _warnings_and_log(connection), mistral:
        yield mistral


@contextmanager
def sending() -> "Generator[None]":
    """Report that the block's requests cannot be sent at all, for which the library raises a `ValueError`.

    Raises:
        APIKeyError: There is no usable key any more.
        EnvironmentSettingsError: A proxy or certificate setting of the environment cannot be used.
        UsageError: The URL that the arguments result in is invalid.
    """
    from mistral_models._settings import EnvironmentVariableError

    with usage_errors():
        try:
            yield
        except EnvironmentVariableError as error:
            _check_api_key()
            raise EnvironmentSettingsError(describe(error)) from None


@contextmanager
def _embedded_service(connection: "ConnectionOptions", arguments: dict[str, Any]) -> "Generator[Mistral]":
    import httpx

    from mistral_models import Mistral
    from mistral_models.testing import FakeMistral

    if connection.server_url is not None:
        raise click.UsageError("--demo uses a fake service; leave out --server-url")
    fake = FakeMistral()
    # Requests stay in this process, so that proxy settings do not matter.
    with httpx.Client(transport=fake.transport()) as client:
        with usage_errors():
            mistral = Mistral(fake.api_key, server_url=EMBEDDED_URL, client=client, **arguments)
        with mistral:
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
    """List the models that meet the filters, each once.

    Raises:
        UsageError: A filter names an unknown type or capability.
        EndpointNotFoundError: The server has no list of models.
    """
    with _listing():
        models = fetch_models(mistral, connection, provider=filters.provider, model=filters.model)
    with usage_errors():
        filters.check_names(models)
    return [model for model in models if filters.accepts(model)]


@contextmanager
def _listing() -> "Generator[None]":
    """Explain that the server has no list of models.

    Raises:
        EndpointNotFoundError: The block's request got a 404.
    """
    from mistral_models.errors import NotFoundError

    try:
        yield
    except NotFoundError as error:
        hint = "check its URL (--server-url, MISTRAL_SERVER_URL), which ends before /v1"
        raise EndpointNotFoundError(f"{describe(error)}; the server has no list of models: {hint}") from None


def fetch_catalogue(mistral: "Mistral", connection: "ConnectionOptions") -> "Catalogue":
    """List all models as a catalogue that knows which fields the service sent; keep the ids for shell completion.

    Raises:
        EndpointNotFoundError: The server has no list of models.
    """
    from mistral_models import operations
    from mistral_models.catalogue import Catalogue

    with _listing(), sending():
        response = mistral.send(operations.list())
    catalogue = Catalogue.from_json(_sent_json(response))
    completion.save_ids(connection, list(dict.fromkeys(name for each in catalogue for name in each.ids)))
    return catalogue


def fetch_models(
    mistral: "Mistral", connection: "ConnectionOptions", *, provider: str | None = None, model: str | None = None
) -> "list[ModelInfo]":
    """List models, each once; keep the ids of a complete list for shell completion.

    Args:
        mistral: The client.
        connection: How the client is connected.
        provider: List only models of this provider.
        model: List only models of this name.
    """
    from mistral_models import operations
    from mistral_models.catalogue import Catalogue

    with sending():
        response = mistral.send(operations.list(provider=provider, model=model))
    payload = _sent_json(response)
    payloads = payload.get("data") if isinstance(payload, dict) else None
    entries = {
        id(card): model_info(card, sent)
        for card, sent in zip(response.parsed.data, payloads if isinstance(payloads, list) else [], strict=True)
    }
    models = [merged_info(each, [entries[id(card)] for card in each.cards]) for each in Catalogue(response.parsed)]
    if provider is None and model is None:
        completion.save_ids(connection, list(dict.fromkeys(name for each in models for name in each.ids)))
    return models


def find_listed(mistral: "Mistral", connection: "ConnectionOptions") -> "list[ModelInfo]":
    """List all models; an empty list if that fails, because single models may still be available."""
    from mistral_models.errors import NotFoundError, PermissionDeniedError, ResponseValidationError

    try:
        return fetch_models(mistral, connection)
    except (NotFoundError, PermissionDeniedError, ResponseValidationError):
        return []


def send(mistral: "Mistral", operation: "Operation[Any]") -> "ModelInfo":
    """Send an operation whose result is a model."""
    with sending():
        response = mistral.send(operation)
    return _read_model(response)


def retrieve_all(
    mistral: "Mistral", ids: "Iterable[str]", concurrency: int
) -> "Iterator[tuple[str, ModelInfo | MistralError]]":
    """Retrieve models, several at a time; yield each id with its model or its error."""
    from mistral_models import errors, operations

    with sending():
        outcomes = list(mistral.send_all(map(operations.retrieve, ids), concurrency))
    for operation, outcome in outcomes:
        yield operation.model_id or "", outcome if isinstance(outcome, errors.MistralError) else _read_model(outcome)


def _read_model(response: "APIResponse[Any]") -> "ModelInfo":
    return model_info(response.parsed, _sent_json(response))


def _sent_json(response: "APIResponse[Any]") -> "Json":
    """Return the JSON of a successful response, exactly as the service sent it."""
    from mistral_models import _json

    return _json.parse(response.raw_response.content)


@contextmanager
def _warnings_and_log(connection: "ConnectionOptions") -> "Generator[None]":
    """Write warnings of the library and, if requested, its log to the standard error."""

    def show_warning(message: Warning | str, *_: object, **__: object) -> None:
        click.echo(f"mistral-models: {escape(str(message))}", err=True)

    with warnings.catch_warnings(), _log_output(connection.verbose, parse_headers(connection.header)):
        warnings.simplefilter("default", UserWarning)  # a message to the user, even if warnings are errors elsewhere
        warnings.showwarning = show_warning
        yield


@contextmanager
def _log_output(verbose: int, secret_headers: "Collection[str]") -> "Generator[None]":
    """Write the library's log to the standard error.

    Args:
        verbose: 0 for no log, 1 for retries, 2 for requests and responses.
        secret_headers: Names of headers whose values are not logged.
    """
    if not verbose:
        yield
        return

    import copy
    import logging

    class SafeFormatter(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            arguments = record.args
            if isinstance(arguments, tuple):
                record = copy.copy(record)
                record.args = tuple(_redact(argument, secret_headers) for argument in arguments)
            return escape(super().format(record))

    handler = logging.StreamHandler()
    handler.setFormatter(SafeFormatter("mistral-models: %(message)s"))
    logger = logging.getLogger("mistral_models")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO if verbose == 1 else logging.DEBUG)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)


def _redact(argument: object, secret_headers: "Collection[str]") -> object:
    """Redact header values in an argument of a log message, if it is headers."""
    from mistral_models._settings import Headers

    if not isinstance(argument, Headers):
        return argument
    return Headers({name: "***" if name in secret_headers else value for name, value in argument.by_name.items()})
