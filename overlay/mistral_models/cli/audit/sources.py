"""Where the names are from: the records of this package, a file with a list, and the list of the service."""

import datetime as dt
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import client
from ..exit_codes import ExitCode
from ..model_info import ModelInfo, merged_info, model_info
from ..options import ConnectionOptions, ModelFilter
from .names import Bundle, Listed, ModelList, Source, read_bundle

if TYPE_CHECKING:
    from mistral_models._json import Json


class NothingToVerifyError(click.ClickException):
    """There is nothing that names can be compared with."""

    exit_code = ExitCode.FAILURE


def load_bundle() -> Bundle:
    """Read the records of this package."""
    return read_bundle(
        json.loads(files("mistral_models.cli.audit").joinpath("record.json").read_text(encoding="utf-8"))
    )


def fetch_list(connection: ConnectionOptions) -> ModelList:
    """Get the list of the service, with the date of today.

    Raises:
        NothingToVerifyError: The list is empty.
    """
    with client.connect(connection) as mistral:
        models = client.list_models(mistral, connection, ModelFilter())
    source = Source("list", "the list of the service", dt.datetime.now(dt.UTC).date())
    return _model_list(source, models, "the service lists no model for this key")


def read_list(file: Path) -> ModelList:
    """Read a file that `mistral-models list --json` wrote, or a response of `GET /v1/models`.

    Its date is the moment at which the service says that base models were created: that of the request.

    Raises:
        UsageError: It cannot be read, or is no such list.
        NothingToVerifyError: The list is empty.
    """
    from mistral_models_raw.errors import DecodeError

    from mistral_models import models
    from mistral_models.catalogue import Catalogue
    from mistral_models.errors import ResponseValidationError

    entries = _read_entries(file)
    try:
        cards = models.ModelList.from_dict({"object": "list", "data": entries})
    except (DecodeError, ResponseValidationError) as error:
        raise click.UsageError(f"--catalogue {file}: {error}") from None
    info = {id(card): model_info(card, entry) for card, entry in zip(cards.data, entries, strict=True)}
    merged = [merged_info(each, [info[id(card)] for card in each.cards]) for each in Catalogue(cards)]
    moments = [card.created for card in cards.data if isinstance(card, models.BaseModelCard) and card.created]
    source = Source("list", f"the list {file.name}", _date(max(moments, default=None)))
    return _model_list(source, merged, f"--catalogue {file}: the list has no models")


def _read_entries(file: Path) -> "list[dict[str, Json]]":
    try:
        content: Json = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise click.UsageError(f"--catalogue {file}: {error.strerror}") from None
    except (ValueError, RecursionError):
        content = None
    data = content.get("data") if isinstance(content, dict) else content
    listed = data if isinstance(data, list) else [None]
    entries = [each for each in listed if isinstance(each, dict) and isinstance(each.get("id"), str)]
    if len(entries) != len(listed):
        raise click.UsageError(
            f"--catalogue {file}: this is not a list of models; write one with `mistral-models list --json`"
        )
    return entries


def _date(moment: int | None) -> dt.date | None:
    try:
        return dt.datetime.fromtimestamp(moment, dt.UTC).date() if moment else None
    except (OverflowError, ValueError, OSError):
        return None


def _model_list(source: Source, models: Sequence[ModelInfo], if_empty: str) -> ModelList:
    listed = tuple(
        Listed(
            ids=model.ids,
            context=model.context_length,
            capabilities=frozenset(name for name, flag in model.capabilities.items() if flag),
            deprecation=model.deprecation.date() if model.deprecation else None,
            replacement=model.replacement or None,
        )
        for model in models
        if model.ids
    )
    if not listed:
        raise NothingToVerifyError(f"nothing can be verified: {if_empty}")
    return ModelList(source, listed)
