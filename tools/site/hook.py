"""The hook of MkDocs: fills in `<!-- build: … -->`, and brings the files that are not in `docs/`."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

from tools.site import examples, interface, operations, sources

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

NPM: Final = Path(sys.prefix) / "npm" / "node_modules"
# Redoc would fetch its logo from its makers when a page is shown; it copes where there is none.
_REDOC_LOGO: Final = "https://cdn.redoc.ly/redoc/logo-mini.svg"


def on_pre_build(**_: object) -> None:
    """Read code and contract anew, where they may have changed since the last build (`make docs-serve`)."""
    sources.forget()


def on_files(files: "Files", config: "MkDocsConfig") -> "Files":
    """Add the contract, the plots, and the programs that show the contract and the diagrams."""
    files.append(File.generated(config, "assets/openapi.yaml", abs_src_path=str(sources.ROOT / "openapi.yaml")))
    for plot in sorted((sources.ROOT / "benchmarks").glob("*.svg")):
        files.append(File.generated(config, f"assets/{plot.name}", abs_src_path=str(plot)))
    for name, path in {
        "mermaid": "mermaid/dist/mermaid.min.js",
        "iframe-worker": "iframe-worker/shim/index.js",
    }.items():
        files.append(File.generated(config, f"assets/{name}.js", abs_src_path=str(_bundle(path))))
    redoc = _bundle("redoc/bundles/redoc.standalone.js")
    program = redoc.read_text(encoding="utf-8")
    if program.count(_REDOC_LOGO) != 1:
        raise PluginError(f"{redoc}: the address of the logo is not where it was; see that nothing is fetched")
    files.append(File.generated(config, "assets/redoc.js", content=program.replace(_REDOC_LOGO, "data:,")))
    licence = redoc.with_name("redoc.standalone.js.LICENSE.txt")
    files.append(File.generated(config, f"assets/{licence.name}", abs_src_path=str(licence)))
    return files


def on_page_markdown(markdown: str, page: "Page", config: "MkDocsConfig", **_: object) -> str:
    """Fill in what the code, the contract and other files say, and weigh the page for the search."""
    boosts = config.extra["search_boosts"]
    section = [page, *page.ancestors][-1]
    page.meta.setdefault("search", {"boost": boosts.get(section.title, 1)})

    def made(found: re.Match[str]) -> str:
        name, _, argument = found[1].partition(" ")
        if name not in MAKERS:
            raise PluginError(f"{page.file.src_uri}: there is no <!-- build: {name} -->")
        return MAKERS[name](argument)

    return re.sub(r"<!-- build: (.*?) -->", made, markdown)


def on_page_content(html: str, **_: object) -> str:
    """Let the names in the text that are longer than a phone is wide break where their words end."""
    return re.sub(r"<code>\w{30,}</code>", lambda found: re.sub(r"(?<=\w)_(?=\w)", "_<wbr>", found[0]), html)


def on_page_context(context: dict[str, Any], page: "Page", **_: object) -> dict[str, Any]:
    """Give the page of the contract the contract, so that it need not be fetched."""
    if page.file.src_uri == "contract.md":
        context["contract"] = json.dumps(sources.contract()).replace("<", "\\u003c")
    return context


def _bundle(path: str) -> Path:
    found = NPM / path
    if not found.exists():
        raise PluginError(
            f"there is no {found}: Node.js is not installed, or the build was not started with `make docs`"
        )
    return found


def _included(name: str) -> str:
    """Include a file of the repository without its title; what it links to in the repository is named, not linked."""
    path = sources.ROOT / name
    if not path.exists():
        raise PluginError(f"there is no {name} to include")
    text = re.sub(r"\A# .*\n", "", path.read_text(encoding="utf-8"))
    pages = re.sub(r"\]\(docs/([\w/-]+\.md[^)]*)\)", r"](\1)", text)
    return re.sub(r"(?<!!)\[([^\]]*)\]\((?!https?:|#|[\w/-]+\.md)[^)]*\)", r"\1", pages)


MAKERS: Final[dict[str, Callable[[str], str]]] = {
    "include": _included,
    "operations": lambda _: operations.operations(),
    "error-tree": lambda _: interface.error_tree(),
    "statuses": lambda _: interface.statuses(),
    "servers": lambda _: interface.servers(),
    "members": interface.members,
    "types": lambda _: interface.types(),
    "examples": lambda _: examples.rendered(),
}
