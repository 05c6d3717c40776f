"""The built pages as files: links, anchors, and what they would fetch."""

import html
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import mistral_models
import pytest
import yaml
from mistral_models import catalogue, errors, models, operations, testing, utils

from tests.conftest import ROOT
from tools.site import interface, markup, runs, sources
from tools.site import operations as reference

# What makes a browser fetch something without being asked.
FETCHING = {"audio", "embed", "iframe", "img", "input", "object", "script", "source", "video"}
FETCHING_LINKS = {"icon", "manifest", "preload", "preconnect", "dns-prefetch", "modulepreload", "stylesheet"}


class Links(HTMLParser):
    """The anchors of a page, where it links to, and what it fetches."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag in FETCHING:
            self.fetched += [found[name] for name in ("src", "data", "poster", "srcset") if found.get(name)]
        if tag == "link" and FETCHING_LINKS & set(found.get("rel", "").split()):
            self.fetched.append(found.get("href", ""))


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Links]:
    found = sorted(site.rglob("*.html"))
    return {str(path.relative_to(site)): Links(path.read_text(encoding="utf-8")) for path in found}


def broken(site: Path, pages: dict[str, Links], page: str, link: str) -> bool:
    """Whether a link of a page leads nowhere; those to other hosts are not followed."""
    target = urlsplit(urljoin(f"http://site/{page}", link))
    if target.netloc != "site" or target.scheme != "http":
        return target.scheme not in {"http", "https", "mailto"}
    path = unquote(target.path).lstrip("/")
    if not path or path.endswith("/"):
        path += "index.html"
    anchor = unquote(target.fragment)
    if path in pages:
        return bool(anchor) and anchor not in pages[path].anchors
    return not (site / path).is_file()


def test_no_link_or_anchor_is_broken(site, pages):
    """Of all links between the pages, and to files beside them."""
    links = {(page, link) for page, found in pages.items() if page != "404.html" for link in found.links}
    assert len(links) > 500
    assert not [(page, link) for page, link in links if broken(site, pages, page, link)]


def test_nothing_is_fetched_from_elsewhere(site, pages):
    """No script, style, image or font has an address of another host, nor has what the styles name."""
    fetched = {(page, url) for page, found in pages.items() for url in found.fetched}
    assert not [(page, url) for page, url in fetched if urlsplit(url).netloc]
    assert not [(page, url) for page, url in fetched if page != "404.html" and broken(site, pages, page, url)]
    styles = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]
    assert styles
    assert not [style for style in styles if re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", style)]


def test_every_operation_has_all_its_parts(pages):
    """Example, parameters, response and errors, for each operation of the contract."""
    document = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    names = {
        said["operationId"] for item in document["paths"].values() for said in item.values() if "operationId" in said
    }
    assert names == set(runs.EXAMPLES)
    parts = {f"{name}-{part}" for name in names for part in ("example", "parameters", "response", "errors")}
    assert parts | names <= pages["reference.html"].anchors


def test_an_operation_has_the_errors_that_the_contract_names():
    """A row for each status of the contract and for no other, and one for mistakes of the caller."""
    parts = re.split(r"^### Errors \{ #(\w+)-errors \}$", reference.operations(), flags=re.MULTILINE)
    tables = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert tables.keys() == runs.EXAMPLES.keys()
    for operation in sources.described():
        rows = re.findall(r"^\| (.*?) \| (.*?) \|", tables[operation.name].partition("\n## ")[0], re.MULTILINE)[2:]
        assert [status for _, status in rows if status] == [one for one in operation.said["responses"] if one != "200"]
        assert ("`ValueError`, `TypeError`", "") in rows


def test_every_example_is_shown(pages):
    """With its table, from the files themselves."""
    names = {path.stem for path in (ROOT / "examples").iterdir() if path.suffix in {".py", ".ipynb"}}
    assert names
    assert names <= pages["examples.html"].anchors
    assert {f"#{name}" for name in names} <= set(pages["examples.html"].links)


def test_every_public_name_has_its_place(pages):
    """In the API pages, under the name that programs import."""
    anchors = set().union(*(found.anchors for found in pages.values()))
    six = [*runs.EXAMPLES, "Operation"]
    for module, names in (
        (mistral_models, mistral_models.__all__),
        (catalogue, catalogue.__all__),
        (models, models.__all__),
        (errors, errors.__all__),
        (operations, six),
        (testing, testing.__all__),
        (utils, utils.__all__),
    ):
        assert not {name for name in names if f"{module.__name__}.{name}" not in anchors}


def test_what_only_the_inside_has_a_name_for_is_not_shown(site):
    """Signatures say what a default is, and no class tells of bases that nobody can import."""
    texts = [path.read_text(encoding="utf-8") for path in (site / "api").glob("*.html")]
    assert sum("33554432" in text for text in texts) == 1
    assert not [
        said for text in texts for said in re.findall(r"settings\.[A-Z_]+|Bases:", re.sub(r"<[^>]+>", "", text))
    ]


def test_who_is_lost_finds_the_start(site):
    """The page for addresses that lead nowhere links to it."""
    article = (site / "404.html").read_text(encoding="utf-8").partition("<article")[2].partition("</article")[0]
    assert re.search(r'<a href="[^"]*/index\.html">Start</a>', article)


def test_the_command_line_is_seen_at_work(pages):
    """The page about it shows a terminal."""
    assert "assets/cli.svg" in pages["cli.html"].fetched


def test_code_is_shown_without_the_escapes_of_tables(site):
    """What is copied from a table works: `|` has no backslash before it."""
    texts = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    codes = [(path.name, code) for path, text in texts.items() for code in re.findall(r"(?s)<code.*?</code>", text)]
    assert len(codes) > 1000
    assert not [(page, code) for page, code in codes if "\\|" in code]


def test_no_block_of_code_is_cut_off(site):
    """Lines are no longer than a page on a desktop is wide; what diagrams are drawn from is not shown."""
    long = []
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        room = markup.WIDE if re.search(r'md-sidebar--primary"[^>]* hidden', text) else markup.COLUMNS
        for block in re.findall(r"(?s)<pre(?! class=\"mermaid\").*?</pre>", text):
            lines = html.unescape(re.sub(r"<[^>]+>", "", block)).splitlines()
            long += [(path.name, line) for line in lines if len(line) > room]
    assert not long


def test_a_field_that_all_types_share_is_described_in_each_table():
    """It is described once, where they have it from."""
    rows = re.findall(r"^\| `additional_properties` .*$", interface.types(), re.MULTILINE)
    assert rows
    assert all(row.endswith("| What the service sent that the document does not know. |") for row in rows)
