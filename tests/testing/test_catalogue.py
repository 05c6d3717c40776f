"""The default models of the fake service are those of the real service."""

import json
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from mistral_models import Mistral
from mistral_models.catalogue import Catalogue
from mistral_models.models import BaseModelCard, FTModelCard
from mistral_models.testing import FakeClock, FakeMistral, base_model, catalogue
from mistral_models_raw.models import ModelCapabilities

from tests.conftest import ROOT

LISTED = json.loads((ROOT / "tests" / "data" / "list-2026-10-08.json").read_text("utf-8"))["data"]
SENT_FIELDS = {
    "id", "object", "created", "owned_by", "capabilities", "name", "description", "max_context_length", "aliases",
    "deprecation", "deprecation_replacement_model", "default_model_temperature", "billing_model_name", "type",
}  # fmt: skip
NOW = datetime(2031, 5, 20, 17, 30, tzinfo=UTC)


@pytest.fixture
def at_now() -> FakeMistral:
    """A fake service whose clock starts at `NOW`."""
    return FakeMistral(clock=FakeClock(NOW.timestamp()))


def sent_entries(fake: FakeMistral) -> list:
    """The entries of the base models, as JSON."""
    with httpx.Client(transport=fake.transport(), headers={"authorization": f"Bearer {fake.api_key}"}) as client:
        entries = client.get("http://fake/v1/models").json()["data"]
    return [entry for entry in entries if entry["type"] == "base"]


def test_the_list_is_that_of_the_service(at_now):
    """All entries are as in October 2026, but for the time of the request and the model that is about to be retired."""
    entries = sent_entries(at_now)
    assert len(entries) == len(LISTED) == 46
    for entry, listed in zip(entries, LISTED, strict=True):
        # The recorded response was cut down to the capabilities that a model has, and has no descriptions.
        entry["capabilities"] = {name: True for name, flag in entry["capabilities"].items() if flag}
        changed = {"created", "description"}
        if listed["name"] == "mistral-ocr-2512":
            changed |= {"deprecation", "deprecation_replacement_model"}
        assert {k: v for k, v in entry.items() if k not in changed} == {
            k: v for k, v in listed.items() if k not in changed
        }


def test_an_entry_has_the_fields_that_the_service_sends(at_now):
    """It has all capabilities of the document, and none of the fields that the service never sends."""
    for entry in sent_entries(at_now):
        assert entry.keys() == SENT_FIELDS
        assert entry["capabilities"].keys() == ModelCapabilities().to_dict().keys()
        assert entry["description"]


def test_base_models_are_as_new_as_the_response(at_now):
    """`created` is the time of the request in the whole response, and in a single model card."""
    for seconds in (0, 90.5):
        at_now.clock.advance(seconds)
        created = int(at_now.clock.time())
        with at_now.client() as mistral:
            cards = mistral.models.list().data
            assert {card.created for card in cards if isinstance(card, BaseModelCard)} == {created}
            assert mistral.models.retrieve(model_id="codestral-latest").to_dict()["created"] == created
            assert created not in {card.created for card in cards if isinstance(card, FTModelCard)}


def test_over_a_socket_the_time_is_real(at_now):
    """Requests over a socket have the time of the system's clock, those in process that of the fake clock."""
    before = int(time.time())
    with at_now.serve() as url, Mistral(at_now.api_key, server_url=url) as mistral:
        card = mistral.models.retrieve(model_id="codestral-latest")
    assert before <= card.to_dict()["created"] <= time.time()
    with at_now.client() as mistral:
        mistral.models.list()
    served, in_process = at_now.requests
    assert served.received_at is not None
    assert before <= served.received_at <= time.time()
    assert in_process.received_at == NOW.timestamp()


def test_one_model_is_retired_in_five_weeks(at_now):
    """It has a replacement, it is in the list with all its names, and it is retired once the clock has advanced."""
    with at_now.client() as mistral:
        models = Catalogue(mistral.models.list())
    (model,) = models.deprecated(datetime.max.replace(tzinfo=UTC))
    assert model.deprecation == datetime(2031, 6, 24, 12, tzinfo=UTC)
    assert model.ids == ("mistral-ocr-2512", "mistral-ocr-3-0", "mistral-ocr-3")
    (replacement,) = models.find(model.replacement or "")
    assert replacement.deprecation is None
    assert not models.deprecated(NOW + timedelta(weeks=4))
    at_now.clock.advance(timedelta(weeks=5).total_seconds())
    assert models.deprecated(datetime.fromtimestamp(at_now.clock.time(), UTC)) == [model]


def test_by_default_the_clock_starts_at_the_current_time():
    """Code that compares dates of the fake service with the system's time sees a retirement ahead."""
    before = int(time.time())
    fake = FakeMistral()
    assert before <= fake.clock.time() <= time.time()
    assert fake.clock.time().is_integer()
    (retirement,) = {model["deprecation"] for model in catalogue() if model.get("deprecation")}
    assert timedelta(weeks=4) < datetime.fromisoformat(retirement) - datetime.now(UTC) < timedelta(weeks=6)


def test_names_are_listed_and_retrieved_one_by_one(fake, mistral):
    """There are 17 base models with 46 names, and each name has a model card with this id."""
    models = [model for model in Catalogue(mistral.models.list()) if model.type == "base"]
    names = [name for model in models for name in model.ids]
    assert (len(models), len(names)) == (17, 46)
    for name in names:
        assert mistral.models.retrieve(model_id=name).id == name
    assert {type(card) for card in mistral.models.list().data} == {BaseModelCard, FTModelCard}


def test_a_given_creation_time_is_sent():
    """`created` of a base model is the time of the request only where it is missing."""
    fake = FakeMistral([base_model("m", created=5), base_model("n", created=None), {"id": "o"}])
    with fake.client() as mistral:
        sent = [card.to_dict().get("created") for card in mistral.models.list().data]
    assert sent == [5, None, None]
