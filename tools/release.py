"""`python -m tools.release v1.2.3`: may this tag be published? Exits with 1 and the reasons when it may not."""

import argparse
import re
import sys

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


def main() -> int:
    """Print the reasons."""
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=__doc__)
    parser.add_argument("tag", help="such as v1.2.3")
    found = problems(parser.parse_args().tag, __version__, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    for problem in found:
        print(problem)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
