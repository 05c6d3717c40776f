"""The programs in README.md and the documentation run, and do what the page says."""

import re

import pytest
import yaml
from mistral_models.testing import FakeMistral

from tests.conftest import ROOT

from .markdown import PAGES, code_blocks, programs

# The operations that each page sends, and a part of what it prints. All blocks of a page are one program.
EXPECTED = {
    "README.md": ("list retrieve", "mistral-medium-latest 262144\n"),
    "docs/archiving.md": ("archive unarchive list delete", "True ft:open-mistral-7b"),
    "docs/async.md": ("list retrieve", "('mistral-small-2603', 'mistral-medium-latest')\n"),
    "docs/concepts.md": ("list", "codestral-2508 ('codestral-2508', 'codestral-latest'"),
    "docs/configuration.md": ("", "Mistral(server_url='https://fr.example.com/mistral')"),
    "docs/deprecations.md": ("list", "mistral-large-2411 is not listed\n"),
    "docs/errors.md": ("retrieve delete update", "no such model"),
    "docs/index.md": ("list", "mistral-small-2603     262,144 tokens"),
    "docs/listing.md": ("list retrieve", "21 models from 50 entries"),
    "docs/many.md": ("list archive update unarchive", "archived: ft:codestral-2508:587a6b29:20240514:3200ef7b"),
    "docs/moving.md": ("list retrieve", "50\nmistral-small-2603\n404 Model no-such-model not found"),
    "docs/network.md": ("list", "Mistral(server_url='https://api.mistral.ai')"),
    "docs/recording.md": ("list retrieve", '{"operation": "retrieve", "status": 200, "body": {'),
    "docs/renaming.md": ("update", "ClassifierFineTunedModel ['negative', 'neutral', 'positive']"),
    "docs/retries.md": ("list", "50\n50\n200 1 "),
}
# Their programs run in other tests: here, in test_other_packages.py, tests/testing/test_documentation.py and
# tests/ecosystem/.
ELSEWHERE = {
    "docs/cluster.md",
    "docs/elsewhere.md",
    "docs/observability.md",
    "docs/testing-tools.md",
    "docs/testing.md",
}
SEPARATOR = "\N{RECORD SEPARATOR}"


def guides() -> list[str]:
    """Return the pages of the section "Guides" of `mkdocs.yml`."""
    navigation = re.search(r"(?ms)^nav:\n.*", (ROOT / "mkdocs.yml").read_text("utf-8"))
    assert navigation
    sections = {title: pages for entry in yaml.safe_load(navigation[0])["nav"] if isinstance(entry, dict)
                for title, pages in entry.items()}  # fmt: skip
    return [f"docs/{page}" for page in sections["Guides"]]


GUIDES = guides()


def assert_matches(actual: str, shown: str) -> None:
    """Compare an output with the one that a page shows, in which "…" stands for any text."""
    pattern = ".*".join(map(re.escape, shown.strip().split("…")))
    printed = "\n".join(line.rstrip() for line in actual.strip().splitlines())
    assert re.fullmatch(pattern, printed, re.DOTALL), f"\n{actual}\nis not what the page shows:\n{shown}"


def test_every_page_with_programs_is_tested():
    """A new page with Python code needs a test."""
    assert {str(path.relative_to(ROOT)) for path in PAGES if code_blocks(path, "python")} == EXPECTED.keys() | ELSEWHERE


@pytest.mark.parametrize("page", EXPECTED)
def test_the_programs_of_a_page_run(page, program, fake, tmp_path):
    """All blocks of a page run in one program against the fake service; the reader fills in the key."""
    sent, printed = EXPECTED[page]
    script = tmp_path / "page.py"
    blocks = programs(ROOT / page)
    code = f"\nprint({SEPARATOR!a}, end='')\n".join(block.code for block in blocks)
    script.write_text(code.replace('"…"', f'"{fake.api_key}"'), "utf-8")
    output = program(script).stdout
    assert printed in output.replace(SEPARATOR, "")
    assert list(dict.fromkeys(request.operation for request in fake.requests)) == sent.split()
    for block, actual in zip(blocks, output.split(SEPARATOR), strict=True):
        if block.output is not None:
            assert_matches(actual, block.output)
        elif page in GUIDES:
            assert not actual, f"the page does not show what this program prints:\n{block.code}"


@pytest.mark.parametrize("page", GUIDES)
def test_every_guide_ends_with_links(page):
    """The last section is "See also", and links to an example program."""
    last = re.split("^## ", (ROOT / page).read_text("utf-8"), flags=re.MULTILINE)[-1]
    assert last.startswith("See also\n")
    assert "(examples.md#" in last


def test_the_test_on_the_page_about_testing_passes():
    """It tests a function of the reader's, which archives all fine-tuned models."""

    def archive_all(mistral):
        for card in mistral.models.list().data:
            if card.type == "fine-tuned":
                mistral.models.archive(model_id=card.id)

    (shown,) = (block for block in code_blocks(ROOT / "docs" / "testing.md", "python") if "(fake_mistral)" in block)
    names = {"archive_all": archive_all}
    exec(shown, names)
    fake = FakeMistral()
    names["test_archive_all"](fake)
    assert fake.count("archive") == 4


def test_no_docstring_contains_a_program():
    """Programs belong on the pages and in `examples/`, where tests run them; nothing would run one in a docstring."""
    sources = {str(path): path.read_text("utf-8") for path in (ROOT / "overlay").rglob("*.py")}
    assert len(sources) > 30
    assert not [name for name, source in sources.items() if re.search(r"^\s*(>>>|```)", source, re.MULTILINE)]
