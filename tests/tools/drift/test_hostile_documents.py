"""Documents and responses with names and values that are made to be executed by what displays the result."""

import json
import re
import unicodedata

import pytest

from tests.conftest import ROOT
from tests.tools.drift.documents import Tree, mutated, properties
from tools.drift.__main__ import main

HOSTILE = [
    "a\n::error::b",
    "a\r::add-mask::b",
    "a\u2028::notice::b",
    "a\x1b[31mb",
    "a\u202eb",
    "a\u200bb",
    "a\ud800b",
    "a`b",
    "a`` <script>b</script> ``",
    "a|b",
    "@team [b](javascript:c) <img src=d>",
]
FORMATS = ["text", "markdown", "github", "json", "sarif"]


def hostile(tree: Tree) -> None:
    """Put each name and value in a place that the comparison reports."""
    tree["info"]["title"] = "".join(HOSTILE)
    for text in HOSTILE:
        properties(tree, "BaseModelCard")[text] = {"type": "string", "enum": [text], "default": text}


def shown(capsys, monkeypatch, *arguments: str) -> str:
    monkeypatch.chdir(ROOT)
    assert main([*arguments]) in {0, 1}
    output = capsys.readouterr()
    assert output.err == ""
    return output.out


@pytest.mark.parametrize("output_format", FORMATS)
def test_text_of_a_document_stays_on_its_line_and_is_visible(capsys, monkeypatch, tmp_path, output_format):
    """It neither begins a line, as workflow commands do, nor contains what a terminal acts on or hides."""
    path = tmp_path / "document.json"
    path.write_text(json.dumps(mutated(hostile)))
    output = shown(capsys, monkeypatch, "vendor", str(path), "--format", output_format)
    assert not [
        char for char in output if char != "\n" and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ]
    commands = [line for line in output.split("\n") if line.lstrip().startswith("::")]
    assert all(command.startswith(("::error file=openapi.yaml", "::notice file=openapi.yaml")) for command in commands)
    assert bool(commands) == (output_format == "github")


def test_text_of_a_document_is_code_in_markdown(capsys, monkeypatch, tmp_path):
    """Nothing of it is read as HTML, as a link or as the name of a person to notify."""
    path = tmp_path / "document.json"
    path.write_text(json.dumps(mutated(hostile)))
    output = shown(capsys, monkeypatch, "vendor", str(path), "--format", "markdown")
    assert "<script>" in output
    outside_code = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", output)
    assert not re.search(r"<script|<img|@team|javascript|\]\(", outside_code)


def test_responses_are_reported_in_the_same_way(capsys, monkeypatch, tmp_path):
    """Recorded responses can have such names and values, too."""
    path = tmp_path / "responses.jsonl"
    card = {"id": "m", "type": "base", "capabilities": {}, **{text: text for text in HOSTILE}}
    path.write_text(json.dumps({"operation": "list", "status": 200, "body": {"data": [card]}}))
    for output_format in ("text", "json"):
        output = shown(capsys, monkeypatch, "observed", str(path), "--format", output_format)
        assert re.sub(r"[\n -~]", "", output) == ""
        assert not re.search(r"^\s*::", output, re.MULTILINE)


@pytest.mark.parametrize("text", HOSTILE)
def test_an_unusable_document_is_reported_in_one_visible_line(capsys, monkeypatch, tmp_path, text):
    """The message quotes the document."""
    monkeypatch.chdir(ROOT)
    path = tmp_path / "document.json"
    tree = mutated(lambda tree: properties(tree, "BaseModelCard").update({text: {"$ref": f"#/{text}"}}))
    path.write_text(json.dumps(tree))
    assert main(["vendor", str(path)]) == 2
    message = capsys.readouterr().err
    assert message.endswith("points to nothing\n")
    assert message[:-1].isprintable()
