"""`python -m tools.api`: what the public API has broken since the last release, and the changelog does not say.

Exits with 1 when there is such a break. A break is announced by the name of what it breaks, under Changed or Removed of
the newest section of CHANGELOG.md.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import griffe

from .generate import ROOT

FOLDERS = ("overlay", "generated")


def newest_release(repository: Path) -> str | None:
    """Find the last tag of a release before this commit; None where there is none."""
    command = ["git", "-C", str(repository), "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.stdout.strip() or None


def breaks(repository: Path, tag: str, package: str) -> Iterable[griffe.Breakage]:
    """Compare a package with what it was at a tag."""
    old = griffe.load_git(package, ref=tag, repo=repository, search_paths=FOLDERS)
    new = griffe.load(package, search_paths=[repository / folder for folder in FOLDERS])
    return griffe.find_breaking_changes(old, new)


def announced(changelog: str) -> str:
    """Cut out what the newest section says under Changed and Removed."""
    newest = re.split(r"^## ", changelog, flags=re.MULTILINE)[1:2] or [""]
    parts = re.split(r"^### ", newest[0], flags=re.MULTILINE)[1:]
    return "\n".join(part for part in parts if part.startswith(("Changed", "Removed")))


def unannounced(found: Iterable[griffe.Breakage], changelog: str) -> list[str]:
    """Explain the breaks whose name the changelog does not have."""
    said = set(re.findall(r"\w+", announced(changelog)))
    return [each.explain(griffe.ExplanationStyle.ONE_LINE) for each in found if each.obj.name not in said]


def main() -> int:
    """Print the breaks that nobody has announced."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repository", type=Path, default=ROOT)
    repository = parser.parse_args().repository.resolve()
    tag = newest_release(repository)
    if tag is None:
        print("no release yet: there is nothing to compare the API with")
        return 0
    changelog = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    found = unannounced(breaks(repository, tag, "mistral_models"), changelog)
    for explanation in found:
        print(explanation)
    print(f"compared with {tag}: {len(found)} breaks that CHANGELOG.md does not announce")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
