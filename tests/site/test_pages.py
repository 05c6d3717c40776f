"""The built pages as files: links, anchors, fetched resources and generated parts."""

import html
import re
import zlib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import mistral_models
import pytest
import yaml
from mistral_models import catalogue, errors, models, operations, testing, utils

from tests.conftest import ROOT
from tools.site import api_reference, markup, models_reference, operation_examples, sources

from .conftest import PREFIX

# Elements and links that make a browser fetch something when a page is opened.
FETCHING = {"audio", "embed", "iframe", "img", "input", "object", "script", "source", "video"}
FETCHING_LINKS = {"icon", "manifest", "preload", "preconnect", "dns-prefetch", "modulepreload", "stylesheet"}


class Links(HTMLParser):
    """The anchors, links and fetched resources of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.anchors |= {attributes[name] for name in ("id", "name") if name in attributes}
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        if tag in FETCHING:
            self.fetched += [attributes[name] for name in ("src", "data", "poster", "srcset") if attributes.get(name)]
        if tag == "link" and FETCHING_LINKS & set(attributes.get("rel", "").split()):
            self.fetched.append(attributes.get("href", ""))


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Links]:
    paths = sorted(site.rglob("*.html"))
    return {str(path.relative_to(site)): Links(path.read_text(encoding="utf-8")) for path in paths}


def is_broken(site: Path, pages: dict[str, Links], page: str, link: str) -> bool:
    """Return whether the target of a link is missing; links to other hosts are not followed."""
    target = urlsplit(urljoin(f"http://site{PREFIX}{page}", link))
    if target.netloc != "site" or target.scheme != "http":
        return target.scheme not in {"http", "https", "mailto"}
    path = unquote(target.path).removeprefix(PREFIX)
    if not path or path.endswith("/"):
        path += "index.html"
    anchor = unquote(target.fragment)
    if path in pages:
        return bool(anchor) and anchor not in pages[path].anchors
    return not (site / path).is_file()


def test_no_link_is_broken(site, pages):
    """Every link to a page, an anchor or a file of the site has a target."""
    links = {(page, link) for page, parsed in pages.items() for link in parsed.links}
    assert len(links) > 500
    assert not [(page, link) for page, link in links if is_broken(site, pages, page, link)]


def test_nothing_is_fetched_from_other_hosts(site, pages):
    """No script, style sheet, image or font is loaded from another host, not even by a style sheet."""
    fetched = {(page, url) for page, parsed in pages.items() for url in parsed.fetched}
    assert not [(page, url) for page, url in fetched if urlsplit(url).netloc]
    assert not [(page, url) for page, url in fetched if is_broken(site, pages, page, url)]
    styles = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]
    assert styles
    assert not [style for style in styles if re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", style)]


def test_every_operation_is_described_in_full(pages):
    """Each operation of the contract has an example, parameters, a response and errors."""
    document = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    names = {
        member["operationId"]
        for item in document["paths"].values()
        for member in item.values()
        if "operationId" in member
    }
    assert names == set(operation_examples.EXAMPLES)
    parts = {f"{name}-{part}" for name in names for part in ("example", "parameters", "response", "errors")}
    assert parts | names <= pages["reference.html"].anchors


def test_the_errors_of_an_operation_are_those_of_the_contract():
    """Each operation names its own statuses; the table at the end has the others, and mistakes of the caller."""
    operation_texts, _, table = models_reference.render().partition(models_reference.ERRORS_HEADING)
    rows = re.findall(r"^\| (.*?) \| (.*?) \|", table, re.MULTILINE)[2:]
    assert "`ValueError`, `TypeError`" in {error for error, _ in rows}
    lines = dict(re.findall(r"\{ #(\w+)-errors \}(.*)", operation_texts))
    assert lines.keys() == operation_examples.EXAMPLES.keys()
    for operation in sources.operations():
        own = re.findall(r"\((\d\w\w)\)", lines[operation.name])
        documented = [status for status in operation.definition["responses"] if status != "200"]
        assert [*own, *(status for _, status in rows if status)] == documented


def test_every_example_program_is_shown(pages):
    """Each program of `examples/` has a section, and a link to it in the table."""
    names = {path.stem for path in (ROOT / "examples").iterdir() if path.suffix in {".py", ".ipynb"}}
    assert names
    assert names <= pages["examples.html"].anchors
    assert {f"#{name}" for name in names} <= set(pages["examples.html"].links)


def inventory(site: Path) -> set[str]:
    """Return the names in the inventory of objects, which Sphinx reads: four lines of text, then compressed lines."""
    compressed = (site / "objects.inv").read_bytes().split(b"\n", 4)[4]
    return {line.split(" ", 1)[0] for line in zlib.decompress(compressed).decode().splitlines()}


def test_every_public_name_is_documented(pages, site):
    """Each has an anchor in the API pages, with the module that programs import it from.

    Classes and functions are also in `objects.inv`, which Sphinx reads; second names of classes are not.
    """
    anchors = set().union(*(page.anchors for page in pages.values()))
    in_inventory = inventory(site)
    builders = [*operation_examples.EXAMPLES, "Operation"]
    for module, names in (
        (mistral_models, mistral_models.__all__),
        (catalogue, catalogue.__all__),
        (models, models.__all__),
        (errors, errors.__all__),
        (operations, builders),
        (testing, testing.__all__),
        (utils, utils.__all__),
    ):
        assert not {name for name in names if f"{module.__name__}.{name}" not in anchors}
        objects = {name for name in names if getattr(getattr(module, name), "__name__", "") == name}
        assert not {name for name in objects if f"{module.__name__}.{name}" not in in_inventory}


def test_private_names_are_not_shown(site):
    """Signatures show the values of defaults, and classes do not list private bases."""
    texts = [path.read_text(encoding="utf-8") for path in (site / "api").glob("*.html")]
    assert sum("33554432" in text for text in texts) == 1
    assert not [
        name for text in texts for name in re.findall(r"_settings\.[A-Z_]+|Bases:", re.sub(r"<[^>]+>", "", text))
    ]


def test_the_page_for_unknown_urls_links_to_the_home_page(site):
    """404.html has a link to index.html."""
    article = (site / "404.html").read_text(encoding="utf-8").partition("<article")[2].partition("</article")[0]
    assert re.search(r'<a href="[^"]*/index\.html">home page</a>', article)


def test_the_navigation_shows_the_headings_of_the_pages(site):
    """The link to a page in the navigation has the text of its first heading."""
    links = re.findall(
        r'(?s)<a href="([\w/]+\.html)" class="md-nav__link">(.*?)</a>', (site / "index.html").read_text("utf-8")
    )
    assert len(links) > 25
    for path, text in links:
        (heading, *_) = re.findall(r"(?s)<h1[^>]*>(.*?)(?:<a .*?)?</h1>", (site / path).read_text("utf-8"))
        assert re.sub(r"<[^>]+>", "", text).strip() == html.unescape(re.sub(r"<[^>]+>", "", heading)).strip(), path


def test_the_edit_button_opens_the_source_of_a_page(pages):
    """It leads to a file of the repository, also for pages that include another file."""
    sources_of = {
        page: [link.partition("/edit/main/")[2] for link in parsed.links if "/edit/main/" in link]
        for page, parsed in pages.items()
        if page != "404.html"
    }
    assert sources_of["changelog.html"] == ["CHANGELOG.md"]
    assert not [page for page, found in sources_of.items() if len(found) != 1 or not (ROOT / found[0]).is_file()]


def test_pages_about_the_command_line_show_a_terminal_as_text(site):
    """The output of a command is shown, and can be scrolled with the keyboard."""
    for page in ("index.html", "cli.html"):
        (terminal,) = re.findall(r'(?s)<pre class="terminal" tabindex="0".*?</pre>', (site / page).read_text("utf-8"))
        shown = html.unescape(re.sub(r"<[^>]+>", "", terminal))
        assert shown.startswith("$ mistral-models --demo list")
        assert "mistral-small-2603" in shown


def test_the_display_tables_of_the_generated_code_are_not_documented(site):
    """The API pages leave out `x_table`, which describes how notebooks display a list."""
    assert not [path.name for path in (site / "api").glob("*.html") if "x_table" in path.read_text("utf-8")]


def test_code_in_tables_is_shown_without_escapes(site):
    """Code that is copied from a table works: `|` has no backslash before it."""
    texts = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    codes = [(path.name, code) for path, text in texts.items() for code in re.findall(r"(?s)<code.*?</code>", text)]
    assert len(codes) > 1000
    assert not [(page, code) for page, code in codes if "\\|" in code]


def test_code_blocks_fit_the_page(site):
    """No line of code is wider than a page on a desktop; output is wrapped or scrolls, and diagrams are drawn."""
    long = []
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        columns = markup.WIDE if re.search(r'md-sidebar--primary"[^>]* hidden', text) else markup.COLUMNS
        text = re.sub(r'(?s)<span class="filename">Output.*?</pre>|<pre class="(mermaid|terminal)".*?</pre>', "", text)
        for block in re.findall(r"(?s)<pre.*?</pre>", text):
            lines = html.unescape(re.sub(r"<[^>]+>", "", block)).splitlines()
            long += [(path.name, line) for line in lines if len(line) > columns]
    assert not long


def test_an_inherited_field_is_described_in_the_table_of_each_type():
    """`additional_properties` has the description of the base class."""
    rows = re.findall(r"^\| `additional_properties` .*$", api_reference.types(), re.MULTILINE)
    assert rows
    assert all(row.endswith("| Fields that the service sent and the document does not know. |") for row in rows)
