"""`python -m tools.api`: what the public API has broken since the last release, and the changelog does not say.

Exits with 1 when there is such a break. A break is announced by the name of what it breaks, `Class.name` or `name` in
backticks, under Changed or Removed of the newest section of CHANGELOG.md that says anything.

Compared is what programs can reach: what `mistral_models`, its public modules and `mistral_models.testing` export,
wherever it is written, and the classes of what that has and returns. Names, arguments and bases are; types are not. Nor
is mistral_models.cli: what is public of it is the command line, not Python.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import griffe

from .generate import ROOT
from .release import sections

FOLDERS: Final = ("overlay", "generated")
LIBRARY: Final = "mistral_models"
GENERATED: Final = "mistral_models_raw"
BESIDE: Final = ("testing",)
"""Modules that are public without being exported: importing the library does not lead to them."""


def last_release(repository: Path, version: str) -> str | None:
    """Find the tag of the release before a version; None where there is none.

    Raises:
        CalledProcessError: This is no repository, or git refuses to look at it.
    """
    command = ["git", "-C", str(repository), "tag", "--merged", "HEAD", "--list", "v[0-9]*", "--sort=-version:refname"]
    tags = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return next((tag for tag in tags if tag != f"v{version}"), None)


def breaks(repository: Path, tag: str) -> Iterable[griffe.Breakage]:
    """Compare the library with what it was at a tag."""
    old, new = griffe.ModulesCollection(), griffe.ModulesCollection()
    for package in (GENERATED, LIBRARY):
        griffe.load_git(package, ref=tag, repo=repository, search_paths=FOLDERS, modules_collection=old)
        paths = [repository / folder for folder in FOLDERS]
        griffe.load(package, search_paths=paths, modules_collection=new)
    return griffe.find_breaking_changes(public(old), public(new))


def public(modules: griffe.ModulesCollection) -> griffe.Module:
    """Gather what programs can reach by public names, in a module that has nothing else."""
    library = modules[LIBRARY]
    made = _surface(library, [*_exports(library), *BESIDE], modules)
    waiting: list[griffe.Object] = [made]
    for each in waiting:  # it grows on the way
        classes = [found for name in _led_to(each) if (found := _find(name, modules)) and found.is_class]
        new = {found.name: found for found in classes if found.name not in made.members}  # whatever module it is in
        made.members |= new
        waiting += new.values()
    return made


def _surface(module: griffe.Object, names: Iterable[str], modules: griffe.ModulesCollection) -> griffe.Module:
    made = griffe.Module(module.name, filepath=module.filepath, parent=module.parent)
    for name in names:
        # An import first: a module inside may have the name of what is imported from it.
        found = _find(module.imports.get(name, f"{module.path}.{name}"), modules)
        if found is not None:
            made.members[name] = _surface(found, _exports(found), modules) if found.is_module else found
    return made


def _exports(module: griffe.Object) -> list[str]:
    """List what `__all__` does; without it, what has a public name and is not imported."""
    if module.exports is None:
        return [name for name, member in module.members.items() if member.is_public]
    return [str(name) for name in module.exports]


def _find(path: str, modules: griffe.ModulesCollection) -> griffe.Object | None:
    """Find what has a path in our own packages, wherever it is written."""
    try:
        named: griffe.Object | griffe.Alias = modules[path]
        found = named.final_target if isinstance(named, griffe.Alias) else named
    except (KeyError, griffe.AliasResolutionError):
        return None
    found.public = True
    return found


def _led_to(each: griffe.Object | griffe.Alias) -> Iterator[str]:
    """Name the types of what an object has, and of what it returns."""
    said = getattr(each, "annotation", None)
    if isinstance(said, griffe.Expr):
        yield from (part.canonical_path for part in said.iterate() if isinstance(part, griffe.ExprName))
    for member in each.all_members.values():
        if member.is_public:
            yield from _led_to(member)


def announced(section: str) -> str:
    """Cut out what a section says under Changed and Removed."""
    parts = re.split(r"^### ", section, flags=re.MULTILINE)[1:]
    return "\n".join(part for part in parts if part.startswith(("Changed", "Removed")))


def names(broken: griffe.Breakage) -> list[str]:
    """Name what is broken, with what it belongs to and without; the constructor is the class."""
    *_, owner, name = broken.obj.path.removesuffix(".__init__").split(".")
    return [f"{owner}.{name}", name]


def unannounced(found: Iterable[griffe.Breakage], section: str) -> list[str]:
    """Explain the breaks whose name a section does not announce, and say by which it would."""
    said = set(re.findall(r"`([\w.]+)`", announced(section)))
    return [
        f"{each.explain(griffe.ExplanationStyle.ONE_LINE)}; announce it as {' or '.join(f'`{n}`' for n in names(each))}"
        for each in found
        if said.isdisjoint(names(each))
    ]


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
    found = unannounced(breaks(repository, tag), newest)
    for explanation in found:
        print(explanation)
    print(f"compared with {tag}: {len(found)} breaks that CHANGELOG.md does not announce")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
