"""The types that users see. Checked by mypy and pyright, never run."""

import datetime as dt
from collections.abc import AsyncGenerator, Generator
from typing import Protocol, assert_never, assert_type

import httpx
import httpx2
import mistral_models
from mistral_models import APIResponse, Mistral, catalogue, errors, models, operations, utils

Card = models.BaseModelCard | models.FTModelCard | models.UnknownModelCard
Tuned = models.CompletionFineTunedModel | models.ClassifierFineTunedModel | models.UnknownFineTunedModel


def plain(mistral: Mistral) -> None:
    assert_type(mistral.models.list(), models.ModelList)
    assert_type(mistral.models.list().data, list[Card])
    assert_type(mistral.models.retrieve(model_id="m"), Card)
    assert_type(mistral.models.delete(model_id="m"), models.DeleteModelResponse)
    assert_type(mistral.models.update(model_id="m", name=None), Tuned)
    assert_type(mistral.models.archive(model_id="m"), models.ArchiveModelResponse)
    assert_type(mistral.models.unarchive(model_id="m"), models.UnarchiveModelResponse)
    assert_type(mistral.send(operations.list()), APIResponse[models.ModelList])
    assert_type(mistral.send(operations.retrieve("m")).parsed, Card)
    assert_type(mistral.send(operations.retrieve("m")).request_id, str | None)


async def asynchronous(mistral: Mistral) -> None:
    assert_type(await mistral.models.list_async(), models.ModelList)
    assert_type(await mistral.models.retrieve_async(model_id="m"), Card)
    assert_type(await mistral.models.delete_async(model_id="m"), models.DeleteModelResponse)
    assert_type(await mistral.models.update_async(model_id="m", description="d"), Tuned)
    assert_type(await mistral.models.archive_async(model_id="m"), models.ArchiveModelResponse)
    assert_type(await mistral.models.unarchive_async(model_id="m"), models.UnarchiveModelResponse)
    assert_type(await mistral.send_async(operations.archive("m")), APIResponse[models.ArchiveModelResponse])


def catalogued(mistral: Mistral) -> None:
    found = catalogue.Catalogue(mistral.models.list())
    assert_type(catalogue.Catalogue(mistral.models.list().data), catalogue.Catalogue)
    assert_type(list(found), list[catalogue.Model])
    assert_type(found.find("m"), tuple[catalogue.Model, ...])
    assert_type(found.deprecated(dt.datetime.now(dt.UTC)), list[catalogue.Model])
    for model in found:
        assert_type(model.id, str)
        assert_type(model.cards, tuple[Card, ...])
        assert_type(model.deprecation, dt.datetime | None)


def narrowed(card: Card) -> None:
    if isinstance(card, models.UnknownModelCard):
        assert_type(card.id, str | None)
        assert_type(card.reason, str)
    else:
        assert_type(card.id, str)
        assert_type(card.capabilities.vision, bool)
        assert_type(card.created, int | None)
    if isinstance(card, models.BaseModelCard):
        assert_type(card.audio_speech_capabilities, models.AudioSpeechCapabilities | None)


def bulk(mistral: Mistral, ids: list[str]) -> None:
    outcomes = mistral.send_all(operations.archive(i) for i in ids)
    assert_type(
        outcomes,
        Generator[
            tuple[
                operations.Operation[models.ArchiveModelResponse],
                APIResponse[models.ArchiveModelResponse] | errors.MistralError,
            ]
        ],
    )
    assert_type(
        mistral.send_all_async([operations.list()]),
        AsyncGenerator[
            tuple[operations.Operation[models.ModelList], APIResponse[models.ModelList] | errors.MistralError]
        ],
    )


def failed(error: errors.MistralError) -> None:
    assert_type(error.attempts, int)
    if isinstance(error, errors.SDKError):
        assert_type(error.status_code, int)
        assert_type(error.body, str)
    if isinstance(error, errors.HTTPValidationError):
        assert_type(error.data.detail, list[models.ValidationError] | str | None)
    if isinstance(error, errors.RateLimitError):
        assert_type(error.retry_after, float | None)


def configured() -> Mistral:
    strategy = utils.BackoffStrategy(500, 8000, 2.0, 60_000)
    return Mistral(
        api_key=lambda: "key",
        retry_config=utils.RetryConfig("backoff", strategy, retry_connection_errors=True),
        timeout_ms=5000,
    )


class ListsModels(Protocol):
    def list(self) -> models.ModelList: ...


class HasModels(Protocol):
    @property
    def models(self) -> ListsModels: ...


def injected(mistral: Mistral) -> HasModels:
    """A function can require only the part of the client that it uses, as a protocol."""
    return mistral


def of_several_kinds(mistral: Mistral) -> object:
    """Any operation is an `Operation[object]`, and one bulk call can send several kinds."""
    some: operations.Operation[object] = operations.archive("a")
    response: APIResponse[object] = mistral.send(operations.delete("b"))
    mixed: list[operations.Operation[models.ArchiveModelResponse | models.DeleteModelResponse]] = [
        operations.archive("a"),
        operations.delete("b"),
    ]
    return some, response, mistral.send_all(mixed)


def with_clients() -> Generator[Mistral]:
    """Clients of httpx and of httpx2 are accepted, each for its own kind of calls."""
    yield Mistral("key", client=httpx.Client(), async_client=httpx.AsyncClient())
    yield Mistral("key", client=httpx2.Client(), async_client=httpx2.AsyncClient())
    yield Mistral("key", client=httpx.AsyncClient())  # type: ignore[arg-type] # an async client for sync calls
    yield Mistral("key", async_client=httpx2.Client())  # type: ignore[arg-type] # a sync client for async calls


def read(response: utils.RawResponse) -> None:
    content = response.json()
    if content is None or isinstance(content, (bool, int, float, str)):
        return
    if isinstance(content, (list, dict)):
        return
    assert_never(content)


class Logging(Mistral):
    """A subclass can annotate the arguments that it passes on."""

    def __init__(
        self, retry_config: utils.Retries, debug_logger: utils.DebugLogger, on_attempt: utils.AttemptHook
    ) -> None:
        super().__init__(
            retry_config=retry_config, debug_logger=debug_logger, on_attempt=on_attempt, clock=utils.SystemClock()
        )


def mistyped() -> object:
    """Type checkers report a misspelled name."""
    return (
        errors.NotFoudError,  # type: ignore[attr-defined] # mistyped
        models.ModelLst,  # type: ignore[attr-defined] # mistyped
        mistral_models.Mistrl,  # type: ignore[attr-defined] # mistyped
    )
