"""The pages in a browser: no errors, no network, search, copy buttons, phones and dark mode."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

PHONE: dict[str, ViewportSize] = {"viewport": {"width": 390, "height": 844}}
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
# Finds the words in code in tables and lists that are broken across two lines.
BROKEN_NAMES = """() => {
document.querySelectorAll("details").forEach(element => { element.open = true; });
return [...document.querySelectorAll("article :is(td, li) code")].flatMap(code => {
  const found = [];
  const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    for (const word of texts.currentNode.data.matchAll(/\\w+/g)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1) found.push(word[0]);
    }
  }
  return found;
})}"""
# Opens shadow roots, so that a script can inspect the diagrams.
OPEN_SHADOWS = """const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) { return attach.call(this, {...options, mode: "open"}); };"""
# Computes the font size of each diagram in pixels.
FONT_SIZES = """elements => elements.map(element => {
  const drawing = element.shadowRoot.querySelector("svg");
  return 16 * drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width;
})"""
# Search terms, and the page that should be found.
SEARCHES = {
    "CA certificate": "network.html",
    "self-signed": "network.html",
    "proxy": "network.html",
    "vision": "listing.html",
    "capabilities": "listing.html",
    "pagination": "listing.html",
    "_repr_html_": "listing.html",
    "notebook": "listing.html",
    "command line": "cli.html",
    "cli": "cli.html",
    "bulk": "many.html",
    "archive 500 models": "many.html",
    "concurrency": "many.html",
    "request id": "errors.html",
    "404": "errors.html",
    "logging": "retries.html",
    "mock": "testing.html",
    "regenerate": "drift.html",
    "rename": "renaming.html",
    "unarchive": "archiving.html",
    "timeout": "retries.html",
    "retry": "retries.html",
}


def brightness(colour: str) -> float:
    """The mean of red, green and blue, from 0 to 255."""
    return sum(map(float, re.findall(r"[\d.]+", colour)[:3])) / 3


def search(page: Page, words: str) -> list[str]:
    """Search for text, and return the links of the results."""
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.insert_text(words)
    page.keyboard.press("End")  # the search runs when a key is released
    summary = page.locator(".md-search-result__meta")
    expect(summary).to_contain_text("matching document")
    links = page.locator(".md-search-result__item > .md-search-result__link")
    if "No matching" not in summary.inner_text():
        expect(links.first).to_be_visible()
    return [str(link.get_attribute("href")) for link in links.all()]


def test_every_page_opens_without_errors_and_fits_a_phone(site, window):
    """No page causes errors or requests to other hosts, scrolls sideways, or breaks a name in a table or list."""
    paths = sorted(str(path.relative_to(site)) for path in site.rglob("*.html") if path.name != "404.html")
    assert len(paths) > 25
    wide = []
    broken = set()
    for path in paths:
        window.page.set_viewport_size({"width": 1280, "height": 900})
        page = window.open(path)
        expect(page.locator("h1").first).to_be_visible()
        broken |= {(path, name) for name in page.evaluate(BROKEN_NAMES)}
        page.set_viewport_size(PHONE["viewport"])
        broken |= {(path, name) for name in page.evaluate(BROKEN_NAMES)}
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(path)
    assert (window.problems, wide, broken) == ([], [], set())


@pytest.mark.parametrize("window", [PHONE], indirect=True, ids=["phone"])
def test_the_contract_is_rendered_in_light_and_dark_mode(window):
    """All operations are rendered from the embedded document, and again when the mode changes, also on a phone."""
    page = window.open("contract.html")
    expect(page.locator("#contract-view h2", has_text="Unarchive a fine-tuned model")).to_be_attached()
    colour = page.locator("#contract-view h2").first.evaluate("e => getComputedStyle(e).color")
    page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    expect(page.locator("#contract-view h2").first).not_to_have_css("color", colour)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert window.problems == []


def test_the_diagrams_are_rendered(window):
    """All diagrams are rendered with the bundled script, and need no scrolling on a desktop."""
    page = window.open("design.html")
    expect(page.locator("div.mermaid")).to_have_count(5)
    expect(page.locator("pre.mermaid")).to_have_count(0)
    heights = page.locator("div.mermaid").evaluate_all("elements => elements.map(element => element.clientHeight)")
    assert min(heights) > 60
    too_wide = "elements => elements.filter(element => element.scrollWidth > element.clientWidth)"
    assert page.locator(".wide").evaluate_all(too_wide) == []
    assert window.problems == []


@pytest.mark.parametrize("window", [PHONE], indirect=True, ids=["phone"])
def test_the_diagrams_are_legible_on_a_phone(window):
    """The text of every diagram is larger than 9 pixels."""
    window.page.add_init_script(OPEN_SHADOWS)
    page = window.open("design.html")
    expect(page.locator("div.mermaid")).to_have_count(5)
    sizes = page.locator("div.mermaid").evaluate_all(FONT_SIZES)
    assert min(sizes) > 9, sizes
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_search_finds_the_right_page(window):
    """For common search terms, the right page is among the first three results, and a result opens."""
    missed = {}
    for words, expected in SEARCHES.items():
        window.open("index.html")
        pages = list(dict.fromkeys(link.partition("?")[0] for link in search(window.page, words)))[:3]
        if not any(page.endswith(f"/{expected}") for page in pages):
            missed[words] = [page.rpartition("/")[2] for page in pages]
    assert missed == {}
    window.page.locator(".md-search-result__item > .md-search-result__link").first.click()
    expect(window.page.locator("h1")).to_have_text(re.compile("Retries and deadlines"))
    assert window.problems == []


def test_the_search_works_on_pages_opened_as_files(site, browser):
    """The search needs no server."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site.as_uri()}/index.html")
        assert any("/retries.html" in link for link in search(page, "retry"))


@pytest.mark.parametrize(
    "window", [{"permissions": ["clipboard-read", "clipboard-write"]}], indirect=True, ids=["allowed"]
)
def test_the_button_of_a_code_block_copies_the_code(window):
    """The clipboard has the code as it is shown."""
    page = window.open("index.html")
    block = page.locator(".highlight", has_text="from mistral_models import Mistral").first
    block.get_by_title("Copy to clipboard").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('Mistral'))")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == block.locator("code").inner_text().strip()
    assert window.problems == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colour_scheme_follows_the_system_and_can_be_switched(browser, base_url, scheme):
    """Pages start with the system's scheme; the button switches to light, then to dark."""
    with browser.new_context(color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(f"{base_url}performance.html")
        assert (brightness(page.evaluate(BACKGROUND)) > 128) == (scheme == "light")
        shown = page.locator("article img:visible").evaluate_all("images => images.map(image => image.src)")
        assert [source.partition("-")[2] for source in shown] == [f"{scheme}.svg#only-{scheme}"] * 2
        page.get_by_title("Switch to light colours").click()
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "default")
        assert brightness(page.evaluate(BACKGROUND)) > 128
        page.get_by_title("Switch to dark colours").click()
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
        assert brightness(page.evaluate(BACKGROUND)) < 128
