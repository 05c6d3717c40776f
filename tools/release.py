"""`python -m tools.release v1.2.3`: check that this tag may be published; if not, print the reasons and exit with 1.

With `--notes`, print the changelog's section about that version.
"""

import argparse
import re
import sys
from pathlib import Path

from mistral_models import __version__

from .generate import ROOT


def sections(changelog: str) -> dict[str, str]:
    """Split a changelog into the text under each version or `Unreleased`, newest first."""
    found = re.findall(r"^## (\S+)[^\n]*\n(.*?)(?=^## |\Z)", changelog, re.DOTALL | re.MULTILINE)
    return {name: text.strip() for name, text in found}


def problems(tag: str, version: str, changelog: str) -> list[str]:
    """List what keeps a tag from being published: tag, version and changelog must name the same release.

    Args:
        tag: Such as `v1.2.3`.
        version: The version of the code.
        changelog: In the format of Keep a Changelog.
    """
    found = []
    if tag != f"v{version}":
        found.append(f"the tag is {tag}, the version {version} (overlay/mistral_models/_version.py)")
    texts = sections(changelog)
    if not re.search(rf"^## {re.escape(version)} - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE):
        found.append(f"CHANGELOG.md has no heading '## {version} - YYYY-MM-DD'")
    elif not texts[version]:
        found.append(f"CHANGELOG.md has no entries for {version}")
    if texts.get("Unreleased"):
        found.append(f"CHANGELOG.md has unreleased entries: move them to {version}, or postpone the release")
    return found


def main() -> int:
    """Print the problems, or the release notes."""
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=__doc__)
    parser.add_argument("tag", help="such as v1.2.3")
    parser.add_argument("--notes", action="store_true", help="print the version's section of the changelog")
    parser.add_argument("--changelog", type=Path, default=ROOT / "CHANGELOG.md")
    options = parser.parse_args()
    changelog = options.changelog.read_text(encoding="utf-8")
    found = problems(options.tag, __version__, changelog)
    for problem in found:
        print(problem, file=sys.stderr)
    if options.notes and not found:
        print(sections(changelog)[__version__])
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
