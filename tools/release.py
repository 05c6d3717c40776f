"""`python -m tools.release v1.2.3`: may this tag be published? Exits with 1 and the reasons when it may not."""

import argparse
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

from mistral_models import __version__

from .generate import ROOT

COMMAND_LINE = Path("overlay", "mistral_models_cli", "pyproject.toml")


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


def apart(version: str, project: dict[str, Any]) -> list[str]:
    """Say what keeps the command line from being released with the library: both have the same version.

    Args:
        version: Of the library.
        project: The table of that name in the command line's `pyproject.toml`.
    """
    found = []
    if project["version"] != version:
        found.append(f"the command line is {project['version']}, the library {version} ({COMMAND_LINE})")
    if f"mistral-models=={version}" not in project["dependencies"]:
        found.append(f"the command line does not ask for mistral-models=={version} ({COMMAND_LINE})")
    return found


def main() -> int:
    """Print the reasons."""
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=__doc__)
    parser.add_argument("tag", help="such as v1.2.3")
    found = problems(parser.parse_args().tag, __version__, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    found += apart(__version__, tomllib.loads((ROOT / COMMAND_LINE).read_text(encoding="utf-8"))["project"])
    for problem in found:
        print(problem)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
