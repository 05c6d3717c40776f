"""How models look in notebooks and in terminals with rich."""

import io
from html.parser import HTMLParser
from typing import Any

import pytest
from mistral_models.testing import base_model, fine_tuned_model
from mistral_models_raw.models import DeleteModelResponse, ModelList
from rich.console import Console

HEADING = ["id", "type", "capabilities", "max_context_length", "aliases", "deprecation"]


class Cells(HTMLParser):
    """The text of the cells, row by row, and every tag."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in {"th", "td"}:
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        self.rows[-1][-1] += data


def printed(thing: object, width: int = 200) -> str:
    """What rich prints."""
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(thing)
    return console.export_text()


@pytest.fixture
def models() -> ModelList:
    """A usual card, one that is retired, one that nobody has heard of, and one that is not even an object."""
    retired = fine_tuned_model("ft:m", aliases=["a", "b"], deprecation="2027-03-31T12:00:00Z")
    return ModelList.from_dict({"data": [base_model("m", "vision", "ocr"), retired, {"id": "n", "type": "new"}, 3]})


def test_a_notebook_shows_a_list_as_a_table(models):
    """One row a model, also for those that nobody has heard of."""
    cells = Cells(models._repr_html_())
    assert cells.rows[0] == HEADING
    assert [row[0] for row in cells.rows[1:]] == ["m", models.data[1].id, "n", ""]
    assert cells.rows[1][2] == "vision, ocr"
    assert cells.rows[2][4:] == ["a, b", "2027-03-31 12:00+00:00"]


def test_a_notebook_shows_a_card_field_by_field(models):
    """Fields that hold nothing are left out; what the document does not know is shown."""
    card = ModelList.from_dict({"data": [base_model("m", brand="new")]}).data[0]
    rows = dict(Cells(card._repr_html_()).rows[1:])
    assert rows["id"] == "m"
    assert rows["internal"] == "no"
    assert rows["additional_properties"] == "{'brand': 'new'}"
    assert "deprecation" not in rows
    assert "'n'" in dict(Cells(models.data[2]._repr_html_()).rows[1:])["raw"]


def test_what_the_service_sends_is_never_markup():
    """Neither in notebooks nor in terminals."""
    name = "<script>alert(1)</script>[bold]&amp;"
    deleted = DeleteModelResponse.from_dict({"id": name, "deleted": True})
    listed = ModelList.from_dict({"data": [base_model(name, "vision", **{"</td>": "<img>"})]})
    for model in (deleted, listed, listed.data[0]):
        cells = Cells(model._repr_html_())
        assert cells.tags == {"table", "thead", "tbody", "tr", "th", "td"}
        assert name in [cell for row in cells.rows for cell in row]
        assert name in printed(model)


def test_rich_prints_the_same_tables_and_cuts_no_id(models):
    """Names too long for the terminal go on in the next line."""
    assert [line.split()[0] for line in printed(models).splitlines() if line.strip()][:4] == [
        "id",
        "m",
        models.data[1].id,
        "n",
    ]
    long = ModelList.from_dict({"data": [base_model("x" * 90)]})
    assert printed(long, 80).count("x") >= 90


def test_a_capability_that_nobody_has_heard_of_is_shown_like_the_others():
    """By its name, among them."""
    card = base_model("m", "vision")
    card["capabilities"]["telepathy"] = True
    listed = ModelList.from_dict({"data": [card]})
    assert Cells(listed._repr_html_()).rows[1][2] == "vision, telepathy"


def test_nothing_steers_the_terminal():
    """Escape sequences and letters that turn the line round are spelt out."""
    shown = printed(ModelList.from_dict({"data": [base_model("a\x1b[2Jb\u202ec")]}))
    assert "a\\x1b[2Jb\\u202ec" in shown
    assert not {"\x1b", "\u202e"} & set(shown)


def test_the_plain_repr_stays_what_it_is(models):
    """Python's own way of showing a value, which can be read back by people."""
    assert repr(models).startswith("ModelList(object='list', data=[BaseModelCard(id='m', ")
    assert str(DeleteModelResponse.from_dict({"id": "m", "deleted": True})).startswith("DeleteModelResponse(id='m'")
