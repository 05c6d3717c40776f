"""The pages in a browser: no errors, no network, accessibility, search, copy buttons, phones and dark mode."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

DESKTOP: dict[str, ViewportSize] = {"viewport": {"width": 1280, "height": 900}}
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
# Reports violations of the Web Content Accessibility Guidelines, levels A and AA, as rules with the elements concerned.
AUDIT = """async options => {
  const {violations} = await axe.run(document, {resultTypes: ["violations"], ...options});
  return violations.flatMap(({id, nodes}) => nodes.map(node => `${id}: ${node.html.slice(0, 120)}`));
}"""
ALL_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
ALL_BUT_CONTRAST = {**ALL_RULES, "rules": {"color-contrast": {"enabled": False}}}
# The ways in which a page is shown: colour scheme, size of the window, and the rules to check.
MODES = {
    "light": ("light", DESKTOP, ALL_RULES),
    "dark": ("dark", DESKTOP, CONTRAST),
    "phone": ("light", PHONE, ALL_BUT_CONTRAST),
}
# Finds text in tables and code that is smaller than 14 and 13 pixels.
SMALL_TEXT = """() => [...document.querySelectorAll("article :is(td, th, code)")]
  .filter(element => parseFloat(getComputedStyle(element).fontSize) < (element.matches("code") ? 13 : 14) - 0.01)
  .map(element => element.textContent)"""
# Finds lines of text that are longer than 740 pixels.
LONG_LINES = """() => [...document.querySelectorAll("article > :is(p, ul, ol)")]
  .filter(element => element.clientWidth > 740).map(element => element.textContent)"""
# Finds buttons over the code that they copy.
COVERING_BUTTONS = """() => [...document.querySelectorAll("pre .md-code__nav")].filter(nav => {
  const button = nav.getBoundingClientRect();
  const code = nav.parentElement.querySelector("code").getBoundingClientRect();
  return button.width && button.left < code.right - 1 && code.left < button.right - 1;
}).length"""
# Search terms, and the page that should be found.
SEARCHES = {
    "CA certificate": "network.html",
    "self-signed": "network.html",
    "proxy": "network.html",
    "vision": "listing.html",
    "capabilities": "listing.html",
    "pagination": "listing.html",
    "alias": "listing.html",
    "deprecated": "listing.html",
    "type hints": "listing.html",
    "_repr_html_": "listing.html",
    "notebook": "listing.html",
    "command line": "cli.html",
    "cli": "cli.html",
    "bulk": "many.html",
    "archive 500 models": "many.html",
    "concurrency": "many.html",
    "request id": "errors.html",
    "404": "errors.html",
    "rate limit": "errors.html",
    "certificate": "network.html",
    "FastAPI": "async.html",
    "monkeypatch": "testing.html",
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
    summary = page.locator(".md-search-result__meta")
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Backspace")
    expect(summary).not_to_contain_text("matching document")
    page.keyboard.insert_text(words)
    page.keyboard.press("End")  # the search runs when a key is released
    expect(summary).to_contain_text("matching document")
    links = page.locator(".md-search-result__item > .md-search-result__link")
    expect(links.first).to_be_visible()
    return [str(link.get_attribute("href")) for link in links.all()]


def test_every_page_opens_without_errors_and_fits_a_phone(site, window):
    """No page causes errors or requests to other hosts, scrolls sideways, or breaks a name in a table or list."""
    paths = sorted(str(path.relative_to(site)) for path in site.rglob("*.html") if path.name != "404.html")
    assert len(paths) > 25
    wide = []
    broken = set()
    small = set()
    long = set()
    covered = []
    for path in paths:
        window.page.set_viewport_size(DESKTOP["viewport"])
        page = window.open(path)
        expect(page.locator("h1").first).to_be_visible()
        broken |= {(path, name) for name in page.evaluate(BROKEN_NAMES)}
        small |= {(path, text) for text in page.evaluate(SMALL_TEXT)}
        long |= {(path, text) for text in page.evaluate(LONG_LINES)}
        page.set_viewport_size(PHONE["viewport"])
        broken |= {(path, name) for name in page.evaluate(BROKEN_NAMES)}
        if page.evaluate(COVERING_BUTTONS):
            covered.append(path)
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(path)
    assert (window.problems, wide, broken) == ([], [], set())
    assert (small, long, covered) == (set(), set(), [])


@pytest.fixture
def audited(window, node_modules):
    """A window whose pages have axe-core, which checks their accessibility."""
    window.page.add_init_script((node_modules / "axe-core" / "axe.min.js").read_text("utf-8"))
    return window


@pytest.mark.parametrize("part", range(3))
@pytest.mark.parametrize("window", [{"reduced_motion": "reduce"}], indirect=True, ids=["no transitions"])
def test_every_page_is_accessible(site, audited, part):
    """axe-core finds no violation of WCAG 2.2, level A or AA, on any page: in light and dark mode, and on a phone."""
    violations = set()
    for path in sorted(site.rglob("*.html"))[part::3]:
        page = audited.open(str(path.relative_to(site)))
        for mode, (scheme, size, rules) in MODES.items():
            page.set_viewport_size(size["viewport"])
            page.emulate_media(color_scheme=scheme)
            palette = "slate" if scheme == "dark" else "default"
            expect(page.locator("body")).to_have_attribute("data-md-color-scheme", palette)
            violations |= {(path.name, mode, violation) for violation in page.evaluate(AUDIT, rules)}
    assert violations == set()


def test_the_accessibility_check_can_fail(audited):
    """It reports an image without a text, and text that hardly differs from its background."""
    page = audited.open("index.html")
    page.locator("h1").evaluate("heading => { heading.innerHTML = '<img src=x.png>'; }")
    page.locator(".hero p").evaluate("text => { text.style.color = '#ccc'; }")
    assert {found.partition(":")[0] for found in page.evaluate(AUDIT, ALL_RULES)} >= {"image-alt", "color-contrast"}


def test_the_rows_of_the_faults_can_be_filtered(window):
    """Only the rows with all typed words stay, with the headings above them; clearing the field shows all rows."""
    page = window.open("faults.html")
    field, rows = page.get_by_label("Filter the rows"), page.locator("tbody tr")
    total = rows.count()
    assert total > 300
    field.fill("expired certificate")
    expect(page.locator("tbody tr:visible")).to_have_count(1)
    expect(page.locator("h2:visible")).to_have_text(re.compile("TLS"))
    expect(page.locator("output")).to_have_text(f"1 of {total}")
    field.fill("")
    expect(page.locator("tbody tr:visible")).to_have_count(total)
    assert window.problems == []


@pytest.mark.parametrize("window", [{"java_script_enabled": False}], indirect=True, ids=["no scripts"])
def test_the_faults_are_shown_without_scripts(window):
    """All rows are part of the page itself."""
    assert window.open("faults.html").locator("tbody tr:visible").count() > 300


def test_a_selected_tab_stays_selected_on_other_pages(window):
    """If you select the async code on one page, the next page shows its async code."""
    window.open("index.html").locator(".tabbed-labels").get_by_text("Async").click()
    page = window.open("renaming.html")
    expect(page.get_by_text("mistral.models.update_async(")).to_be_visible()
    expect(page.locator(".tabbed-block", has_text="with Mistral() as").first).to_be_hidden()
    assert window.problems == []


def test_a_page_can_be_printed(window):
    """The print has what is collapsed on the screen and all tabs, and neither navigation nor buttons."""
    page = window.open("reference.html")
    page.emulate_media(media="print")
    for shown in ("details pre", ".tabbed-block:nth-child(2)"):
        expect(page.locator(shown).first).to_be_visible()
    for hidden in (".md-header", ".md-sidebar--primary", ".md-footer", ".md-code__nav"):
        expect(page.locator(hidden).first).to_be_hidden()
    assert window.problems == []


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
    window.open("index.html")
    for words, expected in SEARCHES.items():
        pages = list(dict.fromkeys(link.partition("?")[0] for link in search(window.page, words)))[:3]
        if not any(page.endswith(f"/{expected}") for page in pages):
            missed[words] = [page.rpartition("/")[2] for page in pages]
    assert missed == {}
    window.page.locator(".md-search-result__item > .md-search-result__link").first.click()
    expect(window.page.locator("h1")).to_have_text(re.compile("Retries and timeouts"))
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
        assert {source.rpartition("/")[2].partition("-")[2] for source in shown} == {f"{scheme}.svg#only-{scheme}"}
        page.get_by_title("Switch to light colours").click()
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "default")
        assert brightness(page.evaluate(BACKGROUND)) > 128
        page.get_by_title("Switch to dark colours").click()
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
        assert brightness(page.evaluate(BACKGROUND)) < 128
