"""The pages as somebody reads them: without complaints or network, searched, copied, on a phone, in the dark."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

PHONE: dict[str, ViewportSize] = {"viewport": {"width": 390, "height": 844}}
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
# The words of code in tables and lists that begin on one line and end on the next.
BROKEN_NAMES = """() => {
document.querySelectorAll("details").forEach(one => { one.open = true; });
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
# Lets a script see what is drawn.
OPEN_SHADOWS = """const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) { return attach.call(this, {...options, mode: "open"}); };"""
# How high the letters of each diagram are, in pixels.
LETTERS = """all => all.map(one => {
  const drawing = one.shadowRoot.querySelector("svg");
  return 16 * drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width;
})"""
# What people type, and the page that answers them.
FOUND = {
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
    """From 0 to 255."""
    return sum(map(float, re.findall(r"[\d.]+", colour)[:3])) / 3


def search(page: Page, words: str) -> list[str]:
    """Type into the box, and list where the results lead."""
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.insert_text(words)
    page.keyboard.press("End")  # it looks when a key comes up: once, for all of the words
    said = page.locator(".md-search-result__meta")
    expect(said).to_contain_text("matching document")
    links = page.locator(".md-search-result__item > .md-search-result__link")
    if "No matching" not in said.inner_text():
        expect(links.first).to_be_visible()
    return [str(link.get_attribute("href")) for link in links.all()]


def test_every_page_opens_without_complaints_and_fits_a_phone(site, reading):
    """No complaint, no request to another host, no scrolling sideways, no name broken in tables or lists."""
    paths = sorted(str(path.relative_to(site)) for path in site.rglob("*.html") if path.name != "404.html")
    assert len(paths) > 25
    wide = []
    broken = set()
    for path in paths:
        reading.page.set_viewport_size({"width": 1280, "height": 900})
        page = reading.open(path)
        expect(page.locator("h1").first).to_be_visible()
        broken |= {(path, name) for name in page.evaluate(BROKEN_NAMES)}
        page.set_viewport_size(PHONE["viewport"])
        broken |= {(path, name) for name in page.evaluate(BROKEN_NAMES)}
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(path)
    assert (reading.complaints, wide, broken) == ([], [], set())


@pytest.mark.parametrize("reading", [PHONE], indirect=True, ids=["phone"])
def test_the_contract_is_drawn_in_both_colours(reading):
    """All operations, from the document in the page, and again when the colours change; on a phone, too."""
    page = reading.open("contract.html")
    expect(page.locator("#contract-view h2", has_text="Unarchive a fine-tuned model")).to_be_attached()
    seen = page.locator("#contract-view h2").first.evaluate("e => getComputedStyle(e).color")
    page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    expect(page.locator("#contract-view h2").first).not_to_have_css("color", seen)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert reading.complaints == []


def test_the_diagrams_are_drawn(reading):
    """All of them, by what comes with the page, and from end to end where there is room."""
    page = reading.open("design.html")
    expect(page.locator("div.mermaid")).to_have_count(5)
    expect(page.locator("pre.mermaid")).to_have_count(0)
    heights = page.locator("div.mermaid").evaluate_all("all => all.map(one => one.clientHeight)")
    assert min(heights) > 60
    assert page.locator(".wide").evaluate_all("all => all.filter(one => one.scrollWidth > one.clientWidth)") == []
    assert reading.complaints == []


@pytest.mark.parametrize("reading", [PHONE], indirect=True, ids=["phone"])
def test_the_diagrams_can_be_read_on_a_phone(reading):
    """Their letters do not shrink to nothing."""
    reading.page.add_init_script(OPEN_SHADOWS)
    page = reading.open("design.html")
    expect(page.locator("div.mermaid")).to_have_count(5)
    heights = page.locator("div.mermaid").evaluate_all(LETTERS)
    assert min(heights) > 9, heights
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_search_finds_what_is_looked_for(reading):
    """For the words that people use, the page that has the answer is among the first three results, and opens."""
    missed = {}
    for words, wanted in FOUND.items():
        reading.open("index.html")
        pages = list(dict.fromkeys(link.partition("?")[0] for link in search(reading.page, words)))[:3]
        if not any(page.endswith(f"/{wanted}") for page in pages):
            missed[words] = [page.rpartition("/")[2] for page in pages]
    assert missed == {}
    reading.page.locator(".md-search-result__item > .md-search-result__link").first.click()
    expect(reading.page.locator("h1")).to_have_text(re.compile("Retries and deadlines"))
    assert reading.complaints == []


def test_the_search_works_on_pages_opened_as_files(site, browser):
    """Without a server."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site.as_uri()}/index.html")
        assert any("/retries.html" in link for link in search(page, "retry"))


@pytest.mark.parametrize(
    "reading", [{"permissions": ["clipboard-read", "clipboard-write"]}], indirect=True, ids=["allowed"]
)
def test_the_button_of_a_code_block_copies_it(reading):
    """The code as it stands on the page."""
    page = reading.open("index.html")
    block = page.locator(".highlight", has_text="from mistral_models import Mistral").first
    block.get_by_title("Copy to clipboard").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('Mistral'))")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == block.locator("code").inner_text().strip()
    assert reading.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_follow_the_system_and_can_be_switched(browser, address, scheme):
    """Light and dark; the switch goes from the system's to light, and on to dark."""
    with browser.new_context(color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(f"{address}performance.html")
        assert (brightness(page.evaluate(BACKGROUND)) > 128) == (scheme == "light")
        shown = page.locator("article img:visible").evaluate_all("all => all.map(one => one.src)")
        assert [source.partition("-")[2] for source in shown] == [f"{scheme}.svg#only-{scheme}"] * 2
        page.get_by_title("Switch to light colours").click()
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "default")
        assert brightness(page.evaluate(BACKGROUND)) > 128
        page.get_by_title("Switch to dark colours").click()
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
        assert brightness(page.evaluate(BACKGROUND)) < 128
