"""MkDocs hook that renders `<!-- build: … -->` comments and adds files from outside `docs/`."""

import json
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mistral_models import __version__
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

from tools.site import api_reference, examples, models_reference, postprocessing, sources, terminal

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

NPM: Final = Path(sys.prefix) / "npm" / "node_modules"
# Redoc would fetch its logo from its vendor's server; it works without one.
_REDOC_LOGO: Final = "https://cdn.redoc.ly/redoc/logo-mini.svg"


def on_config(config: "MkDocsConfig") -> "MkDocsConfig":
    """Take the addresses of the site and the repository from `pyproject.toml`, and the version from the package."""
    project = tomllib.loads((sources.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    urls = project["urls"]
    config.update(site_url=urls["Documentation"], repo_url=urls["Homepage"], repo_name=project["name"])
    config.extra["release"] = __version__
    return config


def on_pre_build(**_: object) -> None:
    """Read code and contract again: with `make docs-serve` they may have changed since the last build."""
    sources.clear_cache()


def on_files(files: "Files", config: "MkDocsConfig") -> "Files":
    """Add the contract, the plots, and the scripts that render the contract and the diagrams."""
    files.append(File.generated(config, "assets/openapi.yaml", abs_src_path=str(sources.ROOT / "openapi.yaml")))
    for plot in sorted((sources.ROOT / "benchmarks").glob("*.svg")):
        files.append(File.generated(config, f"assets/{plot.name}", abs_src_path=str(plot)))
    for name, path in {
        "mermaid": "mermaid/dist/mermaid.min.js",
        "iframe-worker": "iframe-worker/shim/index.js",
    }.items():
        files.append(File.generated(config, f"assets/{name}.js", abs_src_path=str(_bundle(path))))
    redoc = _bundle("redoc/bundles/redoc.standalone.js")
    script = redoc.read_text(encoding="utf-8")
    if script.count(_REDOC_LOGO) != 1:
        raise PluginError(f"{redoc}: the URL of the logo has changed; make sure that nothing is fetched")
    files.append(File.generated(config, "assets/redoc.js", content=script.replace(_REDOC_LOGO, "data:,")))
    licence = redoc.with_name("redoc.standalone.js.LICENSE.txt")
    files.append(File.generated(config, f"assets/{licence.name}", abs_src_path=str(licence)))
    return files


def on_page_markdown(markdown: str, page: "Page", config: "MkDocsConfig", **_: object) -> str:
    """Render the comments of a page, and set its weight in the search and the file that its edit button opens."""
    boosts = config.extra["search_boosts"]
    boost = next((boosts[section.title] for section in page.ancestors if section.title in boosts), 1)
    page.meta.setdefault("search", {"boost": boost})
    page.edit_url = f"{config.repo_url}/edit/main/{page.meta.get('source', f'docs/{page.file.src_uri}')}"

    def render(comment: re.Match[str]) -> str:
        name, _, argument = comment[1].partition(" ")
        if name not in RENDERERS:
            raise PluginError(f"{page.file.src_uri}: unknown <!-- build: {name} -->; known: {', '.join(RENDERERS)}")
        return RENDERERS[name](argument)

    return re.sub(r"<!-- build: (.*?) -->", render, markdown)


def on_page_content(html: str, **_: object) -> str:
    """Adapt the HTML to narrow screens."""
    return postprocessing.label_cells(postprocessing.keep_code_together(html))


def on_page_context(context: dict[str, Any], page: "Page", **_: object) -> dict[str, Any]:
    """Embed the contract into its page, so that it need not be fetched."""
    if page.file.src_uri == "contract.md":
        context["contract"] = json.dumps(sources.contract()).replace("<", "\\u003c")
    return context


def _bundle(path: str) -> Path:
    bundle = NPM / path
    if not bundle.exists():
        raise PluginError(f"{bundle} is missing: install Node.js, and build the site with `make docs`")
    return bundle


def _include(name: str) -> str:
    """Render a file of the repository without its title; links to other files of the repository become plain text."""
    path = sources.ROOT / name
    if not path.exists():
        raise PluginError(f"{name}, which a page includes, is missing")
    text = re.sub(r"\A# .*\n", "", path.read_text(encoding="utf-8"))
    pages = re.sub(r"\]\(docs/([\w/-]+\.md[^)]*)\)", r"](\1)", text)
    return re.sub(r"(?<!!)\[([^\]]*)\]\((?!https?:|#|[\w/-]+\.md)[^)]*\)", r"\1", pages)


RENDERERS: Final[dict[str, Callable[[str], str]]] = {
    "include": _include,
    "operations": lambda _: models_reference.render(),
    "error-tree": lambda _: api_reference.error_tree(),
    "statuses": lambda _: api_reference.statuses(),
    "servers": lambda _: api_reference.servers(),
    "members": api_reference.members,
    "types": lambda _: api_reference.types(),
    "examples": lambda _: examples.render(),
    "terminal": terminal.render,
}
