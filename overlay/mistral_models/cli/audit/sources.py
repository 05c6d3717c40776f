"""Where the names are from: the records of this package, a file with a list, and the list of the service."""

import datetime as dt
import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import click

from .. import client
from ..dates import to_utc
from ..exit_codes import ExitCode
from ..list_files import read_catalogue
from ..options import ConnectionOptions
from .names import Bundle, Listed, ModelList, Source, read_bundle

if TYPE_CHECKING:
    from mistral_models.catalogue import Catalogue


class NothingToVerifyError(click.ClickException):
    """There is nothing to read, or no model to compare names with."""

    exit_code: ClassVar[int] = ExitCode.FAILURE


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
        catalogue = client.fetch_catalogue(mistral, connection)
    source = Source("list", "the list of the service", dt.datetime.now(dt.UTC).date())
    return _model_list(source, catalogue, "the service lists no model for this key")


def read_list(file: Path) -> ModelList:
    """Read a saved list of models.

    Its date is the moment at which the service says that base models were created: that of the request.

    Raises:
        UsageError: It cannot be read, or is no such list.
        NothingToVerifyError: The list is empty.
    """
    from mistral_models import models

    catalogue = read_catalogue(str(file))
    cards = (card for model in catalogue for card in model.cards)
    moments = [card.created for card in cards if isinstance(card, models.BaseModelCard) and card.created]
    source = Source("list", f"the list {file.name}", _date(max(moments, default=None)))
    return _model_list(source, catalogue, f"the list {file} has no models")


def _date(moment: int | None) -> dt.date | None:
    try:
        return dt.datetime.fromtimestamp(moment, dt.UTC).date() if moment else None
    except (OverflowError, ValueError, OSError):
        return None


def _model_list(source: Source, catalogue: "Catalogue", if_empty: str) -> ModelList:
    listed = tuple(
        Listed(
            ids=model.ids,
            context=model.context,
            capabilities=frozenset(model.capabilities),
            deprecation=to_utc(model.deprecation).date() if model.deprecation else None,
            replacement=model.replacement,
        )
        for model in catalogue
        if model.ids
    )
    if not listed:
        raise NothingToVerifyError(f"nothing can be verified: {if_empty}")
    return ModelList(source, listed)
