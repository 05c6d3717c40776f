"""Every row of the matrix: plain, async and on the command line."""

import gc
from collections import Counter
from collections.abc import Iterator

import pytest

from .__main__ import PAGE
from .certificates import Certificates
from .commands import COMMANDS
from .rows import ROWS
from .runner import OPERATIONS, WAYS, run
from .script import RESULT
from .table import COMBINATIONS, page


@pytest.fixture(scope="module")
def certificates() -> Iterator[Certificates]:
    """Made once; and what was there before is not collected again after every row."""
    made = Certificates()
    gc.freeze()
    yield made
    gc.unfreeze()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.group}: {row.name}")
def test_a_fault_is_a_result_or_an_error_of_ours_and_leaves_nothing_behind(row, way, certificates):
    """Operations without retries and with, and commands: what comes, what is sent, and the next call."""
    found = run(row, way, certificates)
    assert not found.problems
    assert found.passed == (len(COMMANDS) if way == "command line" else 2 * len(OPERATIONS))


def test_the_runner_finds_what_is_not_as_a_row_says(certificates):
    """The matrix can fail: other errors, other numbers of requests, other exit statuses."""
    row = next(row for row in ROWS if row.name == "closed before the status line" and row.group == "cut off")
    for wrong in (row._replace(comes=RESULT), row._replace(again=False), row._replace(reaches=False)):
        found = run(wrong, "plain", certificates)
        assert found.problems
        assert found.passed < 12
    assert run(row._replace(comes=RESULT), "command line", certificates).passed == 1  # the doctor has no one outcome


def test_the_page_has_the_rows_of_the_matrix():
    """`make faults` writes it; all of it passed."""
    assert PAGE.read_text(encoding="utf-8") == page({(row.group, row.name): COMBINATIONS for row in ROWS})


def test_rows_have_names_of_their_own():
    """Two faults of one name could not be told apart; there are many."""
    assert max(Counter((row.group, row.name) for row in ROWS).values()) == 1
    assert len(ROWS) >= 150
