"""`python -m tools.release v1.2.3`: may this tag be published? Exits with 1 and the reasons when it may not.

With `--notes`, prints what the changelog says about it when it may.
"""

import argparse
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import mistral_models.cli
from mistral_models import __version__

from .generate import ROOT


def sections(changelog: str) -> dict[str, str]:
    """Take a changelog apart: what it says under each `Unreleased` or version, newest first."""
    found = re.findall(r"^## (\S+)[^\n]*\n(.*?)(?=^## |\Z)", changelog, re.DOTALL | re.MULTILINE)
    return {name: text.strip() for name, text in found}


def problems(tag: str, version: str, changelog: str) -> list[str]:
    """Say why not: tag, version and changelog must name the same release, and the changelog must have described it.

    Args:
        tag: Such as `v1.2.3`.
        version: Of the code.
        changelog: In the form of Keep a Changelog.
    """
    found = []
    if tag != f"v{version}":
        found.append(f"the tag is {tag}, the version {version} (overlay/mistral_models/_version.py)")
    said = sections(changelog)
    if not re.search(rf"^## {re.escape(version)} - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE):
        found.append(f"CHANGELOG.md has no heading '## {version} - YYYY-MM-DD'")
    elif not said[version]:
        found.append(f"CHANGELOG.md says nothing about {version}")
    if said.get("Unreleased"):
        found.append(f"CHANGELOG.md has unreleased entries: they belong under {version}, or the release waits")
    return found


def apart(version: str, others: dict[str, str]) -> list[str]:
    """Say which numbers keep the library and its command line from being released together.

    Args:
        version: Of the library.
        others: What `versions` finds.
    """
    return [f"{where} {number}, the version is {version}" for where, number in others.items() if number != version]


def versions(root: Path = ROOT) -> dict[str, str]:
    """Find where else the version of the library stands."""
    library = _project(root / "pyproject.toml")["optional-dependencies"]["cli"]
    command_line = _project(root / "overlay" / "mistral_models.cli" / "pyproject.toml")["dependencies"]
    return {
        "overlay/mistral_models.cli/__init__.py has": mistral_models.cli.__version__,
        "pyproject.toml asks for the command line": _pin("mistral-models-cli", library),
        "overlay/mistral_models.cli/pyproject.toml asks for the library": _pin("mistral-models", command_line),
    }


def _project(path: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
    return project


def _pin(name: str, requirements: list[str]) -> str:
    return next(
        (each.removeprefix(f"{name}==") for each in requirements if each.startswith(f"{name}==")), "in no version"
    )


def main() -> int:
    """Print the reasons, or the notes."""
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=__doc__)
    parser.add_argument("tag", help="such as v1.2.3")
    parser.add_argument("--notes", action="store_true", help="print the version's section of the changelog")
    parser.add_argument("--changelog", type=Path, default=ROOT / "CHANGELOG.md")
    options = parser.parse_args()
    changelog = options.changelog.read_text(encoding="utf-8")
    found = problems(options.tag, __version__, changelog) + apart(__version__, versions())
    for problem in found:
        print(problem, file=sys.stderr)
    if options.notes and not found:
        print(sections(changelog)[__version__])
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
