"""The fake service, held to `openapi.yaml` by schemathesis: it makes the requests and judges every answer."""

from collections.abc import Iterator

import pytest
import schemathesis
from mistral_models.testing import FakeMistral

from tests.conftest import ROOT

schema = schemathesis.openapi.from_path(ROOT / "openapi.yaml")
fake = FakeMistral()


@schema.auth()
class Key:
    def get(self, case: schemathesis.Case, context: object) -> str:
        return fake.api_key

    def set(self, case: schemathesis.Case, data: str, context: object) -> None:
        case.headers["authorization"] = f"Bearer {data}"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with fake.serve() as url:
        yield url


@schema.parametrize()
@pytest.mark.filterwarnings("default")  # whatever other people's code warns about
def test_every_answer_is_what_the_document_says(case, url):
    """Statuses, media types, bodies, authentication, unknown methods, bad input."""
    case.call_and_validate(base_url=url)
