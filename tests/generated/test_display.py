"""Tables of models in notebooks and in terminals with rich."""

import io
from html.parser import HTMLParser
from typing import Any

import pytest
from mistral_models.testing import base_model, fine_tuned_model
from mistral_models_raw.models import DeleteModelResponse, ModelList
from rich.console import Console

HEADING = ["id", "type", "capabilities", "max_context_length", "aliases", "deprecation"]


class Cells(HTMLParser):
    """The text of the cells by row, and the names of all elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.styles: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in {"th", "td"}:
            self.rows[-1].append("")
            self.styles.append(dict(attrs)["style"])

    def handle_data(self, data: str) -> None:
        self.rows[-1][-1] += data


def printed(value: object, width: int = 200) -> str:
    """Return what rich prints."""
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(value)
    return console.export_text()


@pytest.fixture
def models() -> ModelList:
    """A base model, a deprecated fine-tuned model, a card of unknown type, and an entry that is not an object."""
    deprecated = fine_tuned_model("ft:m", aliases=["a", "b"], deprecation="2027-03-31T12:00:00Z")
    return ModelList.from_dict({"data": [base_model("m", "vision", "ocr"), deprecated, {"id": "n", "type": "new"}, 3]})


def test_a_notebook_shows_a_list_as_a_table(models):
    """The table of a list has one row for each model, of unknown types too."""
    cells = Cells(models._repr_html_())
    assert cells.rows[0] == HEADING
    assert [row[0] for row in cells.rows[1:]] == ["m", models.data[1].id, "n", ""]
    assert cells.rows[1][2] == "vision, ocr"
    assert cells.rows[2][4:] == ["a, b", "2027-03-31 12:00+00:00"]


def test_text_is_aligned_to_the_left_in_notebooks(models):
    """JupyterLab and VS Code align the text of all cells to the right, unless a cell has a style of its own."""
    styles = Cells(models._repr_html_()).styles
    assert len(styles) == 5 * len(HEADING)
    assert {style.partition(";")[0] for style in styles} == {"text-align: left"}


def test_a_notebook_shows_a_card_field_by_field(models):
    """The table of a model has one row for each field that is not empty, unknown fields included."""
    card = ModelList.from_dict({"data": [base_model("m", brand="new")]}).data[0]
    rows = dict(Cells(card._repr_html_()).rows[1:])
    assert rows["id"] == "m"
    assert rows["internal"] == "no"
    assert rows["additional_properties"] == "{'brand': 'new'}"
    assert "deprecation" not in rows
    assert "'n'" in dict(Cells(models.data[2]._repr_html_()).rows[1:])["raw"]


def test_text_from_the_service_is_never_markup():
    """Text of a response is escaped in HTML and is not markup for rich."""
    name = "<script>alert(1)</script>[bold]&amp;"
    deleted = DeleteModelResponse.from_dict({"id": name, "deleted": True})
    listed = ModelList.from_dict({"data": [base_model(name, "vision", **{"</td>": "<img>"})]})
    for model in (deleted, listed, listed.data[0]):
        cells = Cells(model._repr_html_())
        assert cells.tags == {"table", "thead", "tbody", "tr", "th", "td"}
        assert name in [cell for row in cells.rows for cell in row]
        assert name in printed(model)


def test_rich_prints_the_same_tables_with_complete_ids(models):
    """An id that is too long for the terminal is wrapped, not truncated."""
    assert [line.split()[0] for line in printed(models).splitlines() if line.strip()][:4] == [
        "id",
        "m",
        models.data[1].id,
        "n",
    ]
    long = ModelList.from_dict({"data": [base_model("x" * 90)]})
    assert printed(long, 80).count("x") >= 90


@pytest.mark.parametrize("width", [80, 60])
def test_an_id_that_fits_is_not_wrapped(width):
    """In an ordinary terminal ids stay in one piece, so that they can be selected; other columns are wrapped."""
    ids = ["mistral-moderation-2411", fine_tuned_model("m")["id"]]
    capabilities = ("completion_chat", "vision", "ocr", "function_calling")
    cards = [base_model(name, *capabilities, aliases=["mistral-moderation-latest"]) for name in ids]
    shown = printed(ModelList.from_dict({"data": cards}), width)
    assert all(name in shown for name in ids)
    assert max(map(len, shown.splitlines())) <= width


def test_an_unknown_capability_is_shown_like_the_others():
    """A capability that the document does not know is listed by its name."""
    card = base_model("m", "vision")
    card["capabilities"]["telepathy"] = True
    listed = ModelList.from_dict({"data": [card]})
    assert Cells(listed._repr_html_()).rows[1][2] == "vision, telepathy"


def test_control_characters_are_escaped():
    """Escape sequences and characters that change the direction of text are shown escaped."""
    shown = printed(ModelList.from_dict({"data": [base_model("a\x1b[2Jb\u202ec")]}))
    assert "a\\x1b[2Jb\\u202ec" in shown
    assert not {"\x1b", "\u202e"} & set(shown)


def test_the_repr_is_not_a_table(models):
    """`repr` and `str` show the constructor call."""
    assert repr(models).startswith("ModelList(object='list', data=[BaseModelCard(id='m', ")
    assert str(DeleteModelResponse.from_dict({"id": "m", "deleted": True})).startswith("DeleteModelResponse(id='m'")
