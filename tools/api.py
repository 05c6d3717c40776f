"""`python -m tools.api`: what the public API has broken since the last release, and the changelog does not say.

Exits with 1 when there is such a break. A break is announced by the name of what it breaks, under Changed or Removed of
the newest section of CHANGELOG.md that says anything.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import griffe

from .generate import ROOT
from .release import sections

FOLDERS = ("overlay", "generated")


def last_release(repository: Path, version: str) -> str | None:
    """Find the tag of the release before a version; None where there is none.

    Raises:
        CalledProcessError: This is no repository, or git refuses to look at it.
    """
    command = ["git", "-C", str(repository), "tag", "--merged", "HEAD", "--list", "v[0-9]*", "--sort=-version:refname"]
    tags = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return next((tag for tag in tags if tag != f"v{version}"), None)


def breaks(repository: Path, tag: str, package: str) -> Iterable[griffe.Breakage]:
    """Compare a package with what it was at a tag."""
    old = griffe.load_git(package, ref=tag, repo=repository, search_paths=FOLDERS)
    new = griffe.load(package, search_paths=[repository / folder for folder in FOLDERS])
    return griffe.find_breaking_changes(old, new)


def announced(section: str) -> str:
    """Cut out what a section says under Changed and Removed."""
    parts = re.split(r"^### ", section, flags=re.MULTILINE)[1:]
    return "\n".join(part for part in parts if part.startswith(("Changed", "Removed")))


def unannounced(found: Iterable[griffe.Breakage], section: str) -> list[str]:
    """Explain the breaks whose name a section does not announce."""
    said = set(re.findall(r"\w+", announced(section)))
    return [each.explain(griffe.ExplanationStyle.ONE_LINE) for each in found if each.obj.name not in said]


def main() -> int:
    """Print the breaks that nobody has announced."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repository", type=Path, default=ROOT)
    repository = parser.parse_args().repository.resolve()
    said = sections((repository / "CHANGELOG.md").read_text(encoding="utf-8"))
    version, newest = next(((name, text) for name, text in said.items() if text), ("Unreleased", ""))
    try:
        tag = last_release(repository, version)
    except subprocess.CalledProcessError as error:
        print(f"the API cannot be compared with the last release: {error.stderr.strip()}", file=sys.stderr)
        return 1
    if tag is None:
        print("no release yet: there is nothing to compare the API with")
        return 0
    found = unannounced(breaks(repository, tag, "mistral_models"), newest)
    for explanation in found:
        print(explanation)
    print(f"compared with {tag}: {len(found)} breaks that CHANGELOG.md does not announce")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
