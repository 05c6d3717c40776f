"""Single lines that people have labelled, and files with labels."""

import csv
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from mistral_models.cli.audit.names import Names
from mistral_models.cli.audit.scan import scan
from mistral_models.cli.audit.sources import load_bundle
from mistral_models.cli.audit.tokens import Scanner

from tests.conftest import ROOT
from tools.corpus import CORPUS, MIN_PRECISION, MIN_RECALL, TODAY, measure, read_corpus

NAMES = Names(load_bundle(), None, TODAY)
SCANNER = Scanner(NAMES.known)


def labelled(name: str) -> list[tuple[str, str]]:
    with (CORPUS / name).open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["verdict"]) for row in csv.DictReader(file)]


def verdict(text: str) -> str:
    statuses = {occurrence.verdict.status for occurrence in scan(text, SCANNER, NAMES).occurrences}
    return "unknown" if "unknown" in statuses else "found" if statuses else "not found"


@pytest.mark.parametrize(("text", "expected"), labelled("strings.csv"))
def test_a_labelled_line_is_judged_as_labelled(text, expected):
    """Names of this API are found, those of other platforms are not, and typing errors are unknown names."""
    assert verdict(text) == expected


def test_every_other_labelled_line_is_judged_as_labelled():
    """There are several hundred lines of other languages, tools and platforms."""
    wrong = [(text, verdict(text)) for text, expected in labelled("more_strings.csv") if verdict(text) != expected]
    assert wrong == []


def test_recall_and_precision_are_as_good_as_documented():
    """In the labelled files nearly all names are found, and nearly all findings are right."""
    result = measure(read_corpus())
    assert (result.files >= 40, result.labels >= 300) == (True, True)
    assert result.recall >= MIN_RECALL, result.missed
    assert result.precision >= MIN_PRECISION, result.false_alarms
    page = (ROOT / "docs" / "deprecations.md").read_text(encoding="utf-8")
    assert f"In {result.files} files with {result.labels} labels, {result.recall * 100:.1f} %" in page
    assert result.false_alarms == []


SURROUNDINGS = st.sampled_from([
    'model="{}"', "model: {}", '"model": "{}"', "MODEL={}\n", "--model {} ", "mistral/{}", "'mistral:{}'", "`{}`",
    "({})", "${{MODEL:-{}}}", "https://api.mistral.ai/v1/models/{}", '\\"model\\": \\"{}\\"', "mistral('{}')",
])  # fmt: skip
DISTINCTIVE = st.sampled_from(sorted(name for name in NAMES.known if re.search(r"\d|-latest", name)))
FILLER = st.text(max_size=60)


@given(FILLER, SURROUNDINGS, DISTINCTIVE, FILLER)
def test_a_name_that_is_planted_anywhere_is_found(before, surroundings, name, after):
    """Whatever stands on the lines before and after it, a known name where models are named is found as a whole."""
    text = f"{before}\n{surroundings.format(name)}\n{after}"
    found = scan(text, SCANNER, NAMES).occurrences
    assert [text[each.start : each.end] for each in found] == [name]


@given(st.text(max_size=300))
def test_random_text_has_no_names(text):
    """Text that nobody put a name in yields nothing."""
    assume(not re.search("[sx]tral|-latest", text))  # Hypothesis also tries strings of the source code
    assert scan(text, SCANNER, NAMES) == ((), 0)


CHARACTERS = "abcdefghilmnoprstx0123456789-./:_@ \"'="


@given(st.text(CHARACTERS, max_size=300), st.sampled_from(["stral", "mistral-", "-latest"]))
def test_fragments_of_names_never_confuse_the_search(text, fragment):
    """Any arrangement of the characters of names is judged, and every finding is a known name or similar to one."""
    planted = text.replace("x", fragment)
    for each in scan(planted, SCANNER, NAMES).occurrences:
        assert each.verdict.name == planted[each.start : each.end]
        assert each.verdict.name in NAMES.known or each.verdict.status == "unknown"


def test_a_very_long_word_is_not_a_name():
    """Encoded data without a separator is skipped, in linear time: quadratic time would be hours."""
    assert scan("stral" * 200_000, SCANNER, NAMES).occurrences == ()


def test_the_command_line_judges_labelled_lines_in_the_same_way(project):
    """The same lines, each in a file of its own, have the verdicts of their labels."""
    expected = {}
    for number, (text, label) in enumerate(labelled("strings.csv")):
        project.write(f"{number}.py", text)
        expected[f"{number}.py"] = label
    found = project.audit("--all").findings
    actual = dict.fromkeys(expected, "not found") | {
        each["file"]: "unknown" if each["status"] == "unknown" else "found" for each in found
    }
    assert actual == expected


@pytest.mark.parametrize(
    "unit",
    ["mistral-small-2409 ", "--x a,a,a,a,", 'x: a , , , , , "', "f(a, , , ,", "| 'a' ", "{-", "/*", "<!--", "'", '"""',
     "[", "(", "- a:\n", "\\", "${a:-", "model", "_", "mistral-", "ft:mistral-", "case model "],
)  # fmt: skip
def test_no_text_takes_long(project, unit):
    """Repetitions that confuse careless regular expressions are audited in linear time."""
    text = (unit * 20_000)[:40_000] + "mistral-small" + unit * 3 + '"mistral-large-latest"'
    for suffix in ("py", "ts", "hs", "html", "yaml"):
        project.write(f"a.{suffix}", text)
    assert project.run("--exit-zero").exit_code == 0
