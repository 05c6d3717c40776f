"""Test code of your own that uses the client, without a network, a key, or a wait.

In a project of yours `pytest_plugins` stands in `conftest.py`.

    pytest examples/test_own_code.py
"""

from datetime import UTC, datetime

from archive_old_fine_tunes import archive, made_before
from mistral_models.testing import FakeMistral, fine_tuned_model, status

pytest_plugins = ["mistral_models.testing.fixtures"]


def test_only_old_models_are_found() -> None:
    """Not what is new, and not what is archived already."""
    new = fine_tuned_model("new", created=datetime(2026, 3, 1, tzinfo=UTC).timestamp())
    done = fine_tuned_model("done", archived=True)
    fake = FakeMistral([fine_tuned_model("old"), new, done])
    with fake.client() as mistral:
        found = made_before(mistral, datetime(2026, 1, 1, tzinfo=UTC))
    assert [card.name for card in found] == ["old"]


def test_what_cannot_be_archived_is_counted(fake_mistral: FakeMistral) -> None:
    """The others are archived all the same. The fixture gives each test a service of its own."""
    fake_mistral.inject(status(403), operation="archive")
    with fake_mistral.client() as mistral:
        cards = made_before(mistral, datetime(2026, 1, 1, tzinfo=UTC))
        assert archive(mistral, cards) == 1
    fake_mistral.assert_sent("archive", times=3)
