"""`python -m tools.api`: find breaking changes of the public API since the last release that the changelog lacks.

Exits with 1 if there are any. The changelog announces a breaking change by the name that it breaks, `Class.name` or
`name` in backticks, under Changed or Removed of the newest section that is not empty.

The public API is what programs reach: what `mistral_models`, its public modules and `mistral_models.testing` export,
and the classes of their attributes and results, in whatever module these are defined. It compares names, parameters and
base classes, but not types. It ignores `mistral_models.cli`, whose public interface is the command line, not Python.
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
SEPARATE_MODULES: Final = ("testing",)
"""Public modules that `mistral_models` does not export: they are imported by name."""


def last_release(repository: Path, version: str) -> str | None:
    """Return the tag of the last release before a version; None if there is none.

    Raises:
        CalledProcessError: The folder is not a git repository, or git fails.
    """
    command = ["git", "-C", str(repository), "tag", "--merged", "HEAD", "--list", "v[0-9]*", "--sort=-version:refname"]
    tags = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return next((tag for tag in tags if tag != f"v{version}"), None)


def breaking_changes(repository: Path, tag: str) -> Iterable[griffe.Breakage]:
    """Compare the public API with that of a tag."""
    old, new = griffe.ModulesCollection(), griffe.ModulesCollection()
    for package in (GENERATED, LIBRARY):
        griffe.load_git(package, ref=tag, repo=repository, search_paths=FOLDERS, modules_collection=old)
        paths = [repository / folder for folder in FOLDERS]
        griffe.load(package, search_paths=paths, modules_collection=new)
    return griffe.find_breaking_changes(public_api(old), public_api(new))


def public_api(modules: griffe.ModulesCollection) -> griffe.Module:
    """Collect everything that programs can reach by public names in a module of its own."""
    library = modules[LIBRARY]
    api = _copy_public(library, [*_exports(library), *SEPARATE_MODULES], modules)
    pending: list[griffe.Object] = [api]
    for member in pending:  # The loop extends the list.
        classes = [cls for path in _referenced_types(member) if (cls := _find(path, modules)) and cls.is_class]
        new = {cls.name: cls for cls in classes if cls.name not in api.members}
        api.members |= new
        pending += new.values()
    return api


def _copy_public(module: griffe.Object, names: Iterable[str], modules: griffe.ModulesCollection) -> griffe.Module:
    copied = griffe.Module(module.name, filepath=module.filepath, parent=module.parent)
    for name in names:
        # Imports take precedence: a submodule can have the same name as an object that is imported from it.
        member = _find(module.imports.get(name, f"{module.path}.{name}"), modules)
        if member is not None:
            copied.members[name] = _copy_public(member, _exports(member), modules) if member.is_module else member
    return copied


def _exports(module: griffe.Object) -> list[str]:
    """Return the names in `__all__`; without it, the public names that are not imported."""
    if module.exports is None:
        return [name for name, member in module.members.items() if member.is_public]
    return [str(name) for name in module.exports]


def _find(path: str, modules: griffe.ModulesCollection) -> griffe.Object | None:
    """Return the object at a path of our packages, following imports; None if it is not ours."""
    try:
        member: griffe.Object | griffe.Alias = modules[path]
        target = member.final_target if isinstance(member, griffe.Alias) else member
    except (KeyError, griffe.AliasResolutionError):
        return None
    target.public = True
    return target


def _referenced_types(obj: griffe.Object | griffe.Alias) -> Iterator[str]:
    """Yield the paths of the types of an object's public attributes and results."""
    annotation = getattr(obj, "annotation", None)
    if isinstance(annotation, griffe.Expr):
        yield from (part.canonical_path for part in annotation.iterate() if isinstance(part, griffe.ExprName))
    for member in obj.all_members.values():
        if member.is_public:
            yield from _referenced_types(member)


def announced(section: str) -> str:
    """Return the text of a section under Changed and Removed."""
    parts = re.split(r"^### ", section, flags=re.MULTILINE)[1:]
    return "\n".join(part for part in parts if part.startswith(("Changed", "Removed")))


def names(breakage: griffe.Breakage) -> list[str]:
    """Return the names that announce a breaking change, qualified and plain; a constructor counts as its class."""
    *_, owner, name = breakage.obj.path.removesuffix(".__init__").split(".")
    return [f"{owner}.{name}", name]


def unannounced(found: Iterable[griffe.Breakage], section: str) -> list[str]:
    """Explain the breaking changes that a section does not announce, with the names that would announce them."""
    announced_names = set(re.findall(r"`([\w.]+)`", announced(section)))
    return [
        f"{breakage.explain(griffe.ExplanationStyle.ONE_LINE)};"
        f" announce it as {' or '.join(f'`{name}`' for name in names(breakage))}"
        for breakage in found
        if announced_names.isdisjoint(names(breakage))
    ]


def main() -> int:
    """Print the breaking changes that the changelog does not announce."""
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
    print(f"compared with {tag}: {len(found)} breaks that CHANGELOG.md does not announce")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
