"""Test your own code that uses the client, without a network, an API key, or waits.

In your project, put the line with `pytest_plugins` into `conftest.py`.

    pytest examples/test_own_code.py
"""

from datetime import UTC, datetime

from archive_old_fine_tunes import archive, created_before
from mistral_models.testing import FakeMistral, fine_tuned_model, status

pytest_plugins = ["mistral_models.testing.fixtures"]


def test_only_old_models_are_found() -> None:
    """New models and archived models are left out."""
    new = fine_tuned_model("new", created=datetime(2026, 3, 1, tzinfo=UTC).timestamp())
    archived = fine_tuned_model("archived", archived=True)
    fake = FakeMistral([fine_tuned_model("old"), new, archived])
    with fake.client() as mistral:
        found = created_before(mistral, datetime(2026, 1, 1, tzinfo=UTC))
    assert [card.name for card in found] == ["old"]


def test_failures_are_counted(fake_mistral: FakeMistral) -> None:
    """One failure does not stop the others. The fixture gives each test a fake service of its own."""
    fake_mistral.inject(status(403), operation="archive")
    with fake_mistral.client() as mistral:
        cards = created_before(mistral, datetime(2026, 1, 1, tzinfo=UTC))
        assert archive(mistral, cards) == 1
    fake_mistral.assert_sent("archive", times=3)
