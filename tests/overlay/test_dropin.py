"""Programs written for the vendor's SDK work with this package; only the import line differs."""

import asyncio
import os

import pytest
from mistral_models import Mistral, errors, models, utils
from mistral_models.testing import fine_tuned_model

MODEL = fine_tuned_model("support-triage")["id"]


@pytest.fixture(autouse=True)
def service(fake, monkeypatch):
    """Serve the fake service, with its key in the environment; tests pass its URL as `server_url`."""
    monkeypatch.setenv("MISTRAL_API_KEY", fake.api_key)
    with fake.serve() as url:
        yield url


def test_the_six_operations_work_as_on_the_vendors_page(service):
    """All operations take the arguments, and return the types, of the vendor's documentation."""
    with Mistral(api_key=os.getenv("MISTRAL_API_KEY", ""), server_url=service) as mistral:
        res = mistral.models.list(provider=None, model=None, retries=None)
        assert isinstance(res, models.ModelList)
        assert res.data is not None
        assert res.data[0].id == "codestral-2508"

        model = mistral.models.retrieve(model_id=MODEL)
        assert isinstance(model, models.FTModelCard)
        assert model.type == "fine-tuned"
        assert model.capabilities.completion_chat

        updated = mistral.models.update(model_id=MODEL, name="n", description="d")
        assert isinstance(updated, models.CompletionFineTunedModel)
        assert updated.model_type == "completion"

        assert mistral.models.archive(model_id=MODEL).archived
        assert mistral.models.unarchive(model_id=MODEL).archived is False
        assert mistral.models.delete(model_id=MODEL).deleted


def test_the_six_async_methods_work_with_the_vendors_names(service):
    """Each operation has a method with the suffix `_async`, as in the vendor's SDK."""

    async def main() -> None:
        async with Mistral(api_key=os.getenv("MISTRAL_API_KEY", ""), server_url=service) as mistral:
            assert (await mistral.models.list_async()).data
            assert await mistral.models.retrieve_async(model_id=MODEL)
            assert await mistral.models.update_async(model_id=MODEL, name="n")
            assert (await mistral.models.archive_async(model_id=MODEL)).archived
            assert not (await mistral.models.unarchive_async(model_id=MODEL)).archived
            assert (await mistral.models.delete_async(model_id=MODEL)).deleted

    asyncio.run(main())


def test_the_vendors_retry_configuration_works_for_calls_and_clients(service):
    """`RetryConfig` and `BackoffStrategy` take the positional arguments of the vendor's SDK."""
    config = utils.RetryConfig("backoff", utils.BackoffStrategy(1, 50, 1.1, 100), False)
    with Mistral(api_key="fake-key", server_url=service, retry_config=config) as mistral:
        assert mistral.models.list(retries=config).data
        assert mistral.models.list(retries=utils.RetryConfig("none", config.backoff, False)).data


def test_errors_have_the_vendors_attributes(service):
    """A `MistralError` has message, status_code, body, headers and raw_response."""
    with Mistral(api_key="", server_url=service) as mistral:
        try:
            mistral.models.retrieve(model_id="unknown")
        except errors.MistralError as e:
            assert isinstance(e, errors.SDKError)
            assert "unknown" in e.message
            assert e.status_code == 404
            assert "unknown" in e.body
            assert e.headers.get("content-type") == "application/json"
            assert e.raw_response.status_code == 404
        else:
            pytest.fail("no error")


def test_a_call_takes_the_options_of_the_vendors_sdk(service):
    """A call accepts `server_url`, `timeout_ms` and `http_headers`."""
    with Mistral(api_key="fake-key") as mistral:
        res = mistral.models.list(server_url=service, timeout_ms=10_000, http_headers={"X-Team": "a"})
        assert res.data
