"""The embedded service behaves as the real one, in process and over a socket."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from mistral_models import Mistral, errors, models
from mistral_models.testing import FakeMistral, base_model, classifier, fine_tuned_model

TUNED = fine_tuned_model("triage")["id"]


@pytest.fixture(params=["in process", "over a socket"])
def service(request):
    """A fake with a base model, a fine-tuned one and a classifier, and a client of it."""
    fake = FakeMistral([
        base_model("mistral-small-2506", "vision", aliases=["mistral-small-latest"]),
        fine_tuned_model("triage"),
        classifier("mood", ["good", "bad"]),
    ])  # fmt: skip
    if request.param == "in process":
        with fake.client() as mistral:
            yield mistral
    else:
        with fake.serve() as url, Mistral(fake.api_key, server_url=url) as mistral:
            yield mistral


def test_its_catalogue_is_realistic(mistral):
    """Base, fine-tuned, archived and deprecated models, and no card that the document does not know."""
    cards = mistral.models.list().data
    kinds = {type(card) for card in cards}
    assert kinds == {models.BaseModelCard, models.FTModelCard}
    assert any(card.deprecation for card in cards)
    assert any(isinstance(card, models.FTModelCard) and card.archived for card in cards)
    assert any(isinstance(card, models.BaseModelCard) and card.audio_transcription_capabilities for card in cards)
    assert all(card.additional_properties == {} for card in cards)


def test_models_are_found_by_id_and_alias(service):
    """As the service does."""
    assert service.models.retrieve(model_id="mistral-small-2506").capabilities.vision
    assert service.models.retrieve(model_id="mistral-small-latest").id == "mistral-small-2506"


def test_an_update_changes_what_it_names(service):
    """Null clears, left out stays; the card shows it afterwards."""
    changed = service.models.update(model_id=TUNED, name="new", description="text")
    assert isinstance(changed, models.CompletionFineTunedModel)
    assert (changed.name, changed.description) == ("new", "text")
    assert service.models.update(model_id=TUNED, description=None).name == "new"
    card = service.models.retrieve(model_id=TUNED)
    assert (card.name, card.description) == ("new", None)


def test_a_classifier_is_updated_too(service):
    """Its targets come with it."""
    changed = service.models.update(model_id=classifier("mood", [])["id"], name="x")
    assert isinstance(changed, models.ClassifierFineTunedModel)
    assert changed.classifier_targets[0].labels == ["good", "bad"]


def test_archiving_shows_in_the_card_and_may_be_repeated(service):
    """As may unarchiving."""
    for archived in (True, True, False, False):
        call = service.models.archive if archived else service.models.unarchive
        assert call(model_id=TUNED).archived is archived
        assert service.models.retrieve(model_id=TUNED).archived is archived


def test_a_deleted_model_is_gone(service):
    """From the list, and for the next deletion."""
    assert service.models.delete(model_id=TUNED).deleted
    assert TUNED not in [card.id for card in service.models.list().data]
    with pytest.raises(errors.SDKError) as caught:
        service.models.delete(model_id=TUNED)
    assert caught.value.status_code == 404


def test_a_base_model_cannot_be_deleted_or_tuned(service):
    """It stays in the list."""
    with pytest.raises(errors.SDKError) as caught:
        service.models.delete(model_id="mistral-small-2506")
    assert caught.value.status_code == 403
    with pytest.raises(errors.SDKError) as caught:
        service.models.archive(model_id="mistral-small-2506")
    assert caught.value.status_code == 404
    assert len(service.models.list().data) == 3


@pytest.mark.parametrize("operation", ["retrieve", "delete", "update", "archive", "unarchive"])
def test_unknown_ids_answer_404(service, operation):
    """With a body that names the id."""
    with pytest.raises(errors.SDKError, match="nobody/knows") as caught:
        getattr(service.models, operation)(model_id="nobody/knows")
    assert caught.value.status_code == 404


def test_filters_combine(service):
    """By owner, and by id, name or alias."""
    assert [card.id for card in service.models.list(provider="mistralai").data] == ["mistral-small-2506"]
    assert [card.name for card in service.models.list(provider=None, model="triage").data] == ["triage"]
    assert service.models.list(provider="mistralai", model="triage").data == []


@pytest.fixture
def wire(fake):
    with httpx.Client(transport=fake.transport(), base_url="http://fake") as client:
        client.headers["authorization"] = f"Bearer {fake.api_key}"
        yield client


def test_a_missing_or_wrong_key_answers_401(wire):
    """Before anything else is looked at."""
    for headers in ({"authorization": ""}, {"authorization": "Bearer wrong"}):
        response = wire.get("/v1/models", headers=headers)
        assert (response.status_code, response.json()) == (401, {"detail": "Unauthorized"})


@pytest.mark.parametrize(
    ("body", "place", "kind"),
    [
        (b"{", ["body"], "json_invalid"),
        (b"\xff", ["body"], "json_invalid"),
        (b"[]", ["body"], "model_attributes_type"),
        (b'{"name": 3}', ["body", "name"], "string_type"),
    ],
)
def test_bad_bodies_answer_422_in_the_services_form(wire, body, place, kind):
    """A list of faults, each with its place."""
    response = wire.patch(f"/v1/fine_tuning/models/{TUNED}", content=body)
    assert response.status_code == 422
    (fault,) = response.json()["detail"]
    assert (fault["loc"], fault["type"]) == (place, kind)
    assert isinstance(fault["msg"], str)


def test_other_paths_and_methods_are_refused(wire):
    """404, and 405 with the methods that there are (RFC 9110, 15.5.6)."""
    assert wire.get("/v1/chat").status_code == 404
    response = wire.put("/v1/models/x")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, DELETE")


def test_two_fakes_share_nothing():
    """Each test starts from the same catalogue."""
    first, second = FakeMistral(), FakeMistral()
    target = fine_tuned_model("support-triage")["id"]
    with first.client() as mistral:
        mistral.models.delete(model_id=target)
    with second.client() as mistral:
        assert mistral.models.retrieve(model_id=target)


def test_the_socket_keeps_connections_and_serves_many_at_once(fake):
    """HTTP/1.1 with keep-alive, one thread a connection; no body after HEAD."""
    with fake.serve() as url, httpx.Client(base_url=url, headers={"authorization": f"Bearer {fake.api_key}"}) as client:
        assert client.get("/v1/models").http_version == "HTTP/1.1"
        assert client.head("/v1/models").status_code == 405
        with ThreadPoolExecutor(8) as pool:
            bodies = set(pool.map(lambda _: client.get("/v1/models").content, range(40)))
    (body,) = bodies
    assert json.loads(body)["object"] == "list"
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_a_model_may_be_called_like_a_part_of_the_path():
    """`models`, `fine_tuning` and `archive` are ids like any other."""
    fake = FakeMistral([base_model(name) for name in ("models", "fine_tuning", "archive")])
    with fake.client() as mistral:
        for name in ("models", "fine_tuning", "archive"):
            assert mistral.models.retrieve(model_id=name).id == name
            fake.assert_sent("retrieve", model_id=name, times=1)


def test_what_the_service_itself_does_wrong_is_said(capsys):
    """Over a socket there is nobody else to say it; clients that go away are nothing to speak of."""
    served = FakeMistral([{"id": "x"}]).serve()
    with (
        served as url,
        Mistral("fake-key", server_url=url, retry_config=0) as mistral,
        pytest.raises(errors.MistralError),
    ):
        mistral.models.list()
    assert "KeyError: 'owned_by'" in capsys.readouterr().err


def test_models_that_cannot_be_are_refused():
    """A capability with a typing error would be one that the model does not have."""
    with pytest.raises(ValueError, match="there is no capability 'vison'; there are completion_chat, function_calling"):
        base_model("x", "vision", "vison")
    with pytest.raises(ValueError, match="a model needs an id: base_model, fine_tuned_model and classifier make some"):
        FakeMistral([{"ids": 1}])


def test_fields_of_models_may_be_what_the_service_never_sent():
    """No aliases, fewer capabilities: the answers are as near to it as can be."""
    odd = [base_model("a", aliases=None), fine_tuned_model("b", capabilities={"completion_chat": True})]
    with FakeMistral(odd).client() as mistral:
        assert len(mistral.models.list(model="a").data) == 1
        with pytest.raises(errors.NotFoundError):
            mistral.models.retrieve(model_id="c")
        updated = mistral.models.update(model_id=odd[1]["id"], name="n")
    assert isinstance(updated, models.CompletionFineTunedModel)
    assert (updated.capabilities.completion_chat, updated.capabilities.completion_fim) == (True, False)
