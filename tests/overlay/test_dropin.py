"""Programs in the form in which users of the vendor's SDK write them; only the import line differs."""

import asyncio
import os
import re
import textwrap
from pathlib import Path

import pytest
from mistral_models import Mistral, errors, models, utils
from mistral_models.testing import fine_tuned_model

PAGE = Path(__file__).parents[3] / "shared" / "vendor" / "models-page.txt"
MODEL = fine_tuned_model("support-triage")["id"]


@pytest.fixture(autouse=True)
def service(fake, monkeypatch):
    """The key is in the environment; `server_url` is the one argument that such programs need besides."""
    monkeypatch.setenv("MISTRAL_API_KEY", fake.api_key)
    with fake.serve() as url:
        yield url


def test_the_six_operations_one_after_the_other(service):
    """As on the vendor's page."""
    with Mistral(api_key=os.getenv("MISTRAL_API_KEY", ""), server_url=service) as mistral:
        res = mistral.models.list(provider=None, model=None, retries=None)
        assert isinstance(res, models.ModelList)
        assert res.data is not None
        assert res.data[0].id == "codestral-2508"

        card = mistral.models.retrieve(model_id=MODEL)
        assert isinstance(card, models.FTModelCard)
        assert card.type == "fine-tuned"
        assert card.capabilities.completion_chat

        changed = mistral.models.update(model_id=MODEL, name="n", description="d")
        assert isinstance(changed, models.CompletionFineTunedModel)
        assert changed.model_type == "completion"

        assert mistral.models.archive(model_id=MODEL).archived
        assert mistral.models.unarchive(model_id=MODEL).archived is False
        assert mistral.models.delete(model_id=MODEL).deleted


def test_the_same_with_async(service):
    """Methods with the suffix."""

    async def main() -> None:
        async with Mistral(api_key=os.getenv("MISTRAL_API_KEY", ""), server_url=service) as mistral:
            assert (await mistral.models.list_async()).data
            assert await mistral.models.retrieve_async(model_id=MODEL)
            assert await mistral.models.update_async(model_id=MODEL, name="n")
            assert (await mistral.models.archive_async(model_id=MODEL)).archived
            assert not (await mistral.models.unarchive_async(model_id=MODEL)).archived
            assert (await mistral.models.delete_async(model_id=MODEL)).deleted

    asyncio.run(main())


def test_retries_for_a_call_and_for_a_client(service):
    """With the vendor's own configuration."""
    config = utils.RetryConfig("backoff", utils.BackoffStrategy(1, 50, 1.1, 100), False)
    with Mistral(api_key="fake-key", server_url=service, retry_config=config) as mistral:
        assert mistral.models.list(retries=config).data
        assert mistral.models.list(retries=utils.RetryConfig("none", config.backoff, False)).data


def test_errors_are_caught_as_before(service):
    """`MistralError` for all, with message, status_code, body, headers and raw_response."""
    with Mistral(api_key="", server_url=service) as mistral:
        try:
            mistral.models.retrieve(model_id="nobody")
        except errors.MistralError as e:
            assert isinstance(e, errors.SDKError)
            assert "nobody" in e.message
            assert e.status_code == 404
            assert "nobody" in e.body
            assert e.headers.get("content-type") == "application/json"
            assert e.raw_response.status_code == 404
        else:
            pytest.fail("no error")


def test_options_of_a_call(service):
    """Another server, a time limit, headers."""
    with Mistral(api_key="fake-key") as mistral:
        res = mistral.models.list(server_url=service, timeout_ms=10_000, http_headers={"X-Team": "a"})
        assert res.data


def test_the_snippets_of_the_vendors_page_run(service, monkeypatch, capsys):
    """All six, with the import line replaced, against the embedded service."""
    if not PAGE.exists():
        pytest.skip("the vendor's page is not here")
    page = PAGE.read_text(encoding="utf-8")
    snippets = re.findall(
        r"^from mistralai\.client import Mistral\n.*?^    print\(res\)$", page, re.MULTILINE | re.DOTALL
    )
    assert len(snippets) == 6
    monkeypatch.setattr("mistral_models._settings.SERVERS", {"global": service})
    example = "ft:open-mistral-7b:587a6b29:20240514:7e773925"
    order = ["list", "retrieve", "update", "archive", "unarchive", "delete"]
    for snippet in sorted(snippets, key=lambda text: order.index(re.findall(r"models\.(\w+)\(", text)[0])):
        program = snippet.replace("from mistralai.client import", "from mistral_models import").replace(example, MODEL)
        assert program.count("mistralai") == 0
        exec(compile(textwrap.dedent(program), str(PAGE), "exec"), {})
    assert capsys.readouterr().out.count("id='ft:") >= 5
