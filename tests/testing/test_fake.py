"""The fake service behaves like the real one, in process and over a socket."""

import asyncio
import subprocess
import sys
import time
from unittest.mock import create_autospec

import freezegun
import httpx
import pytest
from mistral_models import Mistral, errors, models, operations
from mistral_models.testing import FakeMistral, base_model, classifier, fine_tuned_model, latency, status

FINE_TUNED = fine_tuned_model("triage")["id"]


@pytest.fixture(params=["in process", "over a socket"])
def client(request):
    """A client of a fake service with a base model, a fine-tuned model and a classifier."""
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


@pytest.fixture
def http(fake):
    """An HTTP client of the fake service with its API key."""
    with httpx.Client(transport=fake.transport(), base_url="http://fake") as http:
        http.headers["authorization"] = f"Bearer {fake.api_key}"
        yield http


def test_models_are_found_by_id_and_alias(client):
    """`retrieve` accepts an alias and returns the model with its id."""
    assert client.models.retrieve(model_id="mistral-small-2506").capabilities.vision
    assert client.models.retrieve(model_id="mistral-small-latest").id == "mistral-small-2506"


def test_an_update_changes_only_the_given_fields(client):
    """None clears a field, an omitted field keeps its value, and the model card shows the change."""
    updated = client.models.update(model_id=FINE_TUNED, name="new", description="text")
    assert isinstance(updated, models.CompletionFineTunedModel)
    assert (updated.name, updated.description) == ("new", "text")
    assert client.models.update(model_id=FINE_TUNED, description=None).name == "new"
    card = client.models.retrieve(model_id=FINE_TUNED)
    assert (card.name, card.description) == ("new", None)


def test_updating_a_classifier_returns_its_targets(client):
    """The response is a `ClassifierFineTunedModel` with the labels of its targets."""
    updated = client.models.update(model_id=classifier("mood", [])["id"], name="x")
    assert isinstance(updated, models.ClassifierFineTunedModel)
    assert updated.classifier_targets[0].labels == ["good", "bad"]


def test_archiving_is_idempotent(client):
    """`archive` and `unarchive` can be repeated, and the model card shows the state."""
    for archived in (True, True, False, False):
        call = client.models.archive if archived else client.models.unarchive
        assert call(model_id=FINE_TUNED).archived is archived
        assert client.models.retrieve(model_id=FINE_TUNED).archived is archived


def test_a_deleted_model_no_longer_exists(client):
    """It disappears from the list, and deleting it again responds with 404."""
    assert client.models.delete(model_id=FINE_TUNED).deleted
    assert FINE_TUNED not in [card.id for card in client.models.list().data]
    with pytest.raises(errors.NotFoundError):
        client.models.delete(model_id=FINE_TUNED)


def test_a_base_model_cannot_be_changed(client):
    """Deleting it responds with 403 and archiving it with 404; it stays in the list."""
    with pytest.raises(errors.PermissionDeniedError):
        client.models.delete(model_id="mistral-small-2506")
    with pytest.raises(errors.NotFoundError):
        client.models.archive(model_id="mistral-small-2506")
    assert len(client.models.list().data) == 3


@pytest.mark.parametrize("operation", ["retrieve", "delete", "update", "archive", "unarchive"])
def test_an_unknown_id_responds_with_404(client, operation):
    """The error message names the id."""
    with pytest.raises(errors.NotFoundError, match="unknown/model"):
        getattr(client.models, operation)(model_id="unknown/model")


def test_filters_of_the_list_combine(client):
    """`provider` selects by owner, and `model` by id, name or alias."""
    assert [card.id for card in client.models.list(provider="mistralai").data] == ["mistral-small-2506"]
    assert [card.name for card in client.models.list(provider=None, model="triage").data] == ["triage"]
    assert client.models.list(provider="mistralai", model="triage").data == []


def test_a_missing_or_wrong_key_responds_with_401(http):
    """Both are rejected with the same body."""
    for headers in ({"authorization": ""}, {"authorization": "Bearer wrong"}):
        response = http.get("/v1/models", headers=headers)
        assert (response.status_code, response.json()) == (401, {"detail": "Unauthorized"})


@pytest.mark.parametrize(
    ("body", "location", "error_type"),
    [
        (b"{", ["body"], "json_invalid"),
        (b"\xff", ["body"], "json_invalid"),
        (b"[" * 100_000, ["body"], "json_invalid"),
        (b"[]", ["body"], "model_attributes_type"),
        (b'{"name": 3}', ["body", "name"], "string_type"),
    ],
    ids=["truncated", "not UTF-8", "too deep", "array", "wrong type"],
)
def test_an_invalid_body_responds_with_422(http, body, location, error_type):
    """The response lists validation errors, each with its location and type."""
    response = http.patch(f"/v1/fine_tuning/models/{FINE_TUNED}", content=body)
    assert response.status_code == 422
    (error,) = response.json()["detail"]
    assert (error["loc"], error["type"]) == (location, error_type)
    assert isinstance(error["msg"], str)


def test_unknown_paths_and_methods_are_rejected(http):
    """An unknown path responds with 404, an unknown method with 405 and the allowed ones (RFC 9110, 15.5.6)."""
    assert http.get("/v1/chat").status_code == 404
    response = http.put("/v1/models/x")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, DELETE")


def test_two_fakes_share_no_state():
    """Deleting a default model of one fake service does not change another."""
    first, second = FakeMistral(), FakeMistral()
    model_id = fine_tuned_model("support-triage")["id"]
    with first.client() as mistral:
        mistral.models.delete(model_id=model_id)
    with second.client() as mistral:
        assert mistral.models.retrieve(model_id=model_id)


def test_an_id_may_equal_a_path_segment():
    """`models`, `fine_tuning` and `archive` are ordinary ids."""
    ids = ("models", "fine_tuning", "archive")
    fake = FakeMistral([base_model(model_id) for model_id in ids])
    with fake.client() as mistral:
        for model_id in ids:
            assert mistral.models.retrieve(model_id=model_id).id == model_id
            fake.assert_sent("retrieve", model_id=model_id, times=1)


def test_requests_are_recorded(fake):
    """Each request has its operation, model id, query, headers and body."""
    with fake.client() as mistral:
        mistral.models.update(model_id=fake.models[-1]["id"], name="n")
        mistral.models.list(provider="mistralai")
    update, listing = fake.requests
    assert (update.operation, update.model_id, update.json()) == ("update", fake.models[-1]["id"], {"name": "n"})
    assert (listing.operation, listing.model_id, listing.query, listing.json()) == (
        "list", None, "provider=mistralai", None,
    )  # fmt: skip
    assert listing.headers["accept"] == "application/json"
    assert (fake.count(), fake.count("list"), fake.count("update", model_id="other")) == (2, 1, 0)


def test_requests_of_no_operation_are_recorded(fake):
    """Their operation and model id are None."""
    with httpx.Client(transport=fake.transport(), base_url="http://fake") as client:
        client.get("/v1/chat")
        client.put("/v1/models/m")
        client.get("/")
    assert [(request.operation, request.model_id) for request in fake.requests] == [(None, None)] * 3


def test_a_failed_assertion_lists_the_requests(fake):
    """`assert_sent` checks for at least one request, or for an exact number, and its error lists all requests."""
    with fake.client() as mistral:
        mistral.models.retrieve(model_id="codestral-2508")
    fake.assert_sent("retrieve")
    fake.assert_sent("retrieve", model_id="codestral-2508", times=1)
    fake.assert_sent("delete", times=0)
    with pytest.raises(AssertionError, match="expected delete of m to be sent at least once, but it was sent 0 times"):
        fake.assert_sent("delete", model_id="m")
    with pytest.raises(AssertionError, match=r"retrieve to be sent 2 times.*\n  GET /v1/models/codestral-2508"):
        fake.assert_sent("retrieve", times=2)
    with pytest.raises(AssertionError, match="all requests: none"):
        FakeMistral().assert_sent("list")


@pytest.mark.parametrize("instance", [True, False])
def test_the_client_can_be_mocked_with_its_signatures(instance):
    """`create_autospec(Mistral)` knows the operations, checks their arguments, and makes the async ones awaitable."""
    mistral = create_autospec(Mistral, instance=True) if instance else create_autospec(Mistral)("key")
    mistral.models.list.return_value = "models"
    mistral.models.retrieve_async.return_value = "model"
    assert mistral.models.list(provider="p") == "models"
    assert asyncio.run(mistral.models.retrieve_async(model_id="m")) == "model"
    for wrong in ({}, {"model": "m"}):
        with pytest.raises(TypeError):
            mistral.models.retrieve(**wrong)
    with pytest.raises(AttributeError):
        _ = mistral.models.create


def test_a_client_of_the_fake_needs_no_block(fake):
    """It holds no connections; `with` and `async with` work as well, and it can be used again after them."""
    mistral = fake.client()
    assert mistral.models.list().data
    with mistral:
        assert mistral.models.list().data

    async def main() -> None:
        assert (await mistral.models.list_async()).data
        async with fake.client() as other:
            assert (await other.models.list_async()).data

    asyncio.run(main())
    assert len(fake.requests) == 4


LATE_IMPORT = "from mistral_models import Mistral, errors"


@pytest.mark.parametrize("is_imported_late", [True, False])
def test_the_deadline_counts_when_freezegun_stops_time(fake, url, is_imported_late):
    """A sync call ends in time, whether the package was imported before or after time was stopped."""
    fake.inject(latency(30), times=None)
    first, second = ("", LATE_IMPORT) if is_imported_late else (LATE_IMPORT, "")
    program = f"""
import freezegun
{first}
with freezegun.freeze_time("2026-01-01"):
    {second or "pass"}
    try: Mistral({fake.api_key!r}, server_url={url!r}).models.list(timeout_ms=500)
    except errors.APITimeoutError as error: print("timed out")
"""
    started = time.monotonic()
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.stdout == "timed out\n", result.stderr
    assert time.monotonic() - started < 20


def test_async_calls_work_when_freezegun_stops_time(url, fake):
    """With `real_asyncio`, as the documentation says, the waits between attempts end."""
    fake.inject(status(503), times=1)

    async def main() -> int:
        async with Mistral(fake.api_key, server_url=url) as mistral:
            return (await mistral.send_async(operations.list())).attempts

    with freezegun.freeze_time("2026-01-01", real_asyncio=True):
        assert asyncio.run(main()) == 2
