"""`python -m tools.api`: list breaking changes of the public API since the last release that the changelog omits.

Exits with 1 if there are any. A breaking change is announced by the name of what changed, `Class.name` or `name` in
backticks, under Changed or Removed in the newest section of CHANGELOG.md that has entries.

The comparison covers everything that programs can reach by public names: what `mistral_models` and its public modules
export, wherever it is defined, and the classes of its attributes and results. It compares names, arguments and base
classes, but not types. `mistral_models.cli` is left out: its public interface is the command line, not Python.
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
PUBLIC_MODULES: Final = ("catalogue", "errors", "models", "operations", "testing", "utils")
"""All other modules of the package are private and begin with an underscore, except `cli` and `__main__`."""


def last_release(repository: Path, version: str) -> str | None:
    """Find the tag of the release before a version; return None if there is none.

    Raises:
        CalledProcessError: This is no repository, or git refuses to read it.
    """
    command = ["git", "-C", str(repository), "tag", "--merged", "HEAD", "--list", "v[0-9]*", "--sort=-version:refname"]
    tags = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return next((tag for tag in tags if tag != f"v{version}"), None)


def breaking_changes(repository: Path, tag: str) -> Iterable[griffe.Breakage]:
    """Compare the library with its state at a tag."""
    old, new = griffe.ModulesCollection(), griffe.ModulesCollection()
    for package in (GENERATED, LIBRARY):
        griffe.load_git(package, ref=tag, repo=repository, search_paths=FOLDERS, modules_collection=old)
        paths = [repository / folder for folder in FOLDERS]
        griffe.load(package, search_paths=paths, modules_collection=new)
    return griffe.find_breaking_changes(public_api(old), public_api(new))


def public_api(modules: griffe.ModulesCollection) -> griffe.Module:
    """Collect everything that programs can reach by public names in one artificial module."""
    library = modules[LIBRARY]
    collected = _exported_members(library, [*_exports(library), *PUBLIC_MODULES], modules)
    pending: list[griffe.Object] = [collected]
    for each in pending:  # the loop appends to it
        classes = [found for name in _referenced_types(each) if (found := _find(name, modules)) and found.is_class]
        # Classes are keyed by name only, so that a class may move to another module.
        new = {found.name: found for found in classes if found.name not in collected.members}
        collected.members |= new
        pending += new.values()
    return collected


def _exported_members(module: griffe.Object, names: Iterable[str], modules: griffe.ModulesCollection) -> griffe.Module:
    copy = griffe.Module(module.name, filepath=module.filepath, parent=module.parent)
    for name in names:
        # Imports come first: a submodule may have the same name as something imported from it.
        found = _find(module.imports.get(name, f"{module.path}.{name}"), modules)
        if found is not None:
            copy.members[name] = _exported_members(found, _exports(found), modules) if found.is_module else found
    return copy


def _exports(module: griffe.Object) -> list[str]:
    """Return the names in `__all__`, or else the public names that the module defines."""
    if module.exports is None:
        return [name for name, member in module.members.items() if member.is_public]
    return [str(name) for name in module.exports]


def _find(path: str, modules: griffe.ModulesCollection) -> griffe.Object | None:
    """Resolve a path in our own packages to the object, wherever it is defined."""
    try:
        named: griffe.Object | griffe.Alias = modules[path]
        found = named.final_target if isinstance(named, griffe.Alias) else named
    except (KeyError, griffe.AliasResolutionError):
        return None
    found.public = True
    return found


def _referenced_types(each: griffe.Object | griffe.Alias) -> Iterator[str]:
    """Name the types of an object's attributes and results."""
    annotation = getattr(each, "annotation", None)
    if isinstance(annotation, griffe.Expr):
        yield from (part.canonical_path for part in annotation.iterate() if isinstance(part, griffe.ExprName))
    for member in each.all_members.values():
        if member.is_public:
            yield from _referenced_types(member)


def announcements(section: str) -> str:
    """Extract what a section of the changelog lists under Changed and Removed."""
    parts = re.split(r"^### ", section, flags=re.MULTILINE)[1:]
    return "\n".join(part for part in parts if part.startswith(("Changed", "Removed")))


def names(breakage: griffe.Breakage) -> list[str]:
    """Return the qualified and the plain name of what changed; a constructor has the name of its class."""
    *_, owner, name = breakage.obj.path.removesuffix(".__init__").split(".")
    return [f"{owner}.{name}", name]


def unannounced(breakages: Iterable[griffe.Breakage], section: str) -> list[str]:
    """Explain the breaking changes that a section does not announce, and give the names that would announce them."""
    announced = set(re.findall(r"`([\w.]+)`", announcements(section)))
    return [
        f"{each.explain(griffe.ExplanationStyle.ONE_LINE)}; announce it as {' or '.join(f'`{n}`' for n in names(each))}"
        for each in breakages
        if announced.isdisjoint(names(each))
    ]


def main() -> int:
    """Print the breaking changes that are not announced."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repository", type=Path, default=ROOT)
    repository = parser.parse_args().repository.resolve()
    changelog = sections((repository / "CHANGELOG.md").read_text(encoding="utf-8"))
    version, newest = next(((name, text) for name, text in changelog.items() if text), ("Unreleased", ""))
    try:
        tag = last_release(repository, version)
    except subprocess.CalledProcessError as error:
        print(f"the API cannot be compared with the last release: {error.stderr.strip()}", file=sys.stderr)
        return 1
    if tag is None:
        print("no release yet: there is nothing to compare the API with")
        return 0
    found = unannounced(breaking_changes(repository, tag), newest)
    for explanation in found:
        print(explanation)
    print(f"compared with {tag}: {len(found)} breaking changes that CHANGELOG.md does not announce")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
