"""README.md is also the description on the package index, and repeats figures that are measured elsewhere."""

import re

from tests.conftest import ROOT
from tools.corpus import measure, read_corpus

README = (ROOT / "README.md").read_text("utf-8")
WORDS = " ".join(README.split())
REPOSITORY = (
    r"https://(?:github\.com|raw\.githubusercontent\.com)/mistral-models/mistral-models/(?:(?:blob|tree)/)?main/"
)


def test_every_link_is_absolute_and_names_a_file_of_the_repository():
    """The package index shows the page without the files beside it."""
    links = [link for pair in re.findall(r'\]\(([^)]+)\)|src(?:set)?="([^"]+)"', README) for link in pair if link]
    files = [re.sub(REPOSITORY, "", link) for link in links]
    assert len(files) > 10
    assert not [file for file in files if not (ROOT / file).exists()]
    assert not [link for link in links if not re.match(REPOSITORY, link)]


def test_the_figures_of_the_benchmarks_are_those_of_the_results():
    """Each "CASE: X instead of Y" is a row of benchmarks/results.md: this package and the vendor's SDK."""
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| [^|]* \| ([^|]+) \|",
        (ROOT / "benchmarks" / "results.md").read_text("utf-8"),
        re.MULTILINE,
    )
    repeated = [
        f"{name}: {ours} instead of {vendor}" for name, ours, vendor in rows if f"{name}: {ours} instead" in WORDS
    ]
    figures = re.findall(r"[\d.]+ m?s instead of [\d.]+ m?s", WORDS)
    assert len(figures) == 3
    assert all(any(each.endswith(figure) for each in repeated) for figure in figures)


def test_recall_and_precision_are_those_of_the_corpus():
    """`python -m tools.corpus` measures them."""
    result = measure(read_corpus())
    assert f"its recall is {result.recall:.0%} and its precision {result.precision:.0%}" in WORDS.replace(" %", "%")


def test_the_number_of_faults_is_that_of_the_matrix():
    """`make faults` writes it."""
    (number,) = re.findall(r"^# (\d+) faults", (ROOT / "docs" / "faults.md").read_text("utf-8"), re.MULTILINE)
    assert f"tests cause {number} faults" in WORDS
