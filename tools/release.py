"""`python -m tools.release v1.2.3`: may this tag be published? Exits with 1 and the reasons when it may not."""

import re
import sys

from mistral_models import __version__

from .generate import ROOT


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
    sections = dict(re.findall(r"^## (\S+)[^\n]*\n(.*?)(?=^## |\Z)", changelog, re.DOTALL | re.MULTILINE))
    if not re.search(rf"^## {re.escape(version)} - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE):
        found.append(f"CHANGELOG.md has no heading '## {version} - YYYY-MM-DD'")
    elif not sections[version].strip():
        found.append(f"CHANGELOG.md says nothing about {version}")
    if sections.get("Unreleased", "").strip():
        found.append(f"CHANGELOG.md has unreleased entries: they belong under {version}, or the release waits")
    return found


def main() -> int:
    """Print the reasons."""
    found = problems(sys.argv[1], __version__, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    for problem in found:
        print(problem)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
