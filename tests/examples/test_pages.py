"""The programs in README.md and the documentation run, and do what the page says."""

import re

import pytest
from mistral_models.testing import FakeMistral

from tests.conftest import ROOT

from .markdown import PAGES, code_blocks

# The operations that each page sends, and a part of what it prints. All blocks of a page are one program.
EXPECTED = {
    "README.md": ("list", "codestral-2508 base"),
    "docs/archiving.md": ("archive unarchive list delete", "True ft:open-mistral-7b"),
    "docs/async.md": ("list retrieve", "('mistral-small-2603', 'mistral-medium-latest')\n50\n50 50\n"),
    "docs/concepts.md": ("list", "codestral-2508 ('codestral-2508', 'codestral-latest'"),
    "docs/deprecations.md": ("list", "mistral-large-2411 is not listed\n"),
    "docs/errors.md": ("retrieve delete update", "no such model: Model no-such-model not found"),
    "docs/index.md": ("list retrieve update", "triage-v2\nModel no-such-model not found (404 Not Found"),
    "docs/listing.md": ("list retrieve", "21 models from 50 entries"),
    "docs/many.md": ("archive list update unarchive", "archived: ft:codestral-2508:587a6b29:20240514:3200ef7b"),
    "docs/moving.md": ("list retrieve", "50\nmistral-small-2603\n404 Model no-such-model not found"),
    "docs/network.md": ("list", "Mistral(server_url='https://fr.example.com/mistral')"),
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


def test_every_page_with_programs_is_tested():
    """A new page with Python code needs a test."""
    assert {str(path.relative_to(ROOT)) for path in PAGES if code_blocks(path, "python")} == EXPECTED.keys() | ELSEWHERE


@pytest.mark.parametrize("page", EXPECTED)
def test_the_programs_of_a_page_run(page, program, fake, tmp_path):
    """All blocks of a page run in one program against the fake service; the reader fills in the key."""
    sent, printed = EXPECTED[page]
    script = tmp_path / "page.py"
    script.write_text("\n".join(code_blocks(ROOT / page, "python")).replace('"…"', f'"{fake.api_key}"'), "utf-8")
    assert printed in program(script).stdout
    assert list(dict.fromkeys(request.operation for request in fake.requests)) == sent.split()


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
