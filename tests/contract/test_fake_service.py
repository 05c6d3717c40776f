"""Schemathesis sends requests to the fake service and checks every response against `openapi.yaml`."""

from collections.abc import Iterator

import pytest
import schemathesis
from mistral_models.testing import FakeMistral

from tests.conftest import ROOT

fake = FakeMistral()
schema = schemathesis.openapi.from_path(ROOT / "openapi.yaml")


@schema.auth()
class Key:
    def get(self, case: schemathesis.Case, context: object) -> str:
        return fake.api_key

    def set(self, case: schemathesis.Case, data: str, context: object) -> None:
        case.headers["authorization"] = f"Bearer {data}"


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """The address of one service for all generated requests."""
    with fake.serve() as url:
        yield url


@schema.parametrize()
@pytest.mark.filterwarnings("default")  # other packages emit warnings
def test_every_response_matches_the_document(case, service):
    """Status codes, media types, bodies, authentication, unknown methods and invalid input are checked."""
    case.call_and_validate(base_url=service)
