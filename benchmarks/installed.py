"""`installed.py NAME`: print the size in bytes of an installed distribution and its dependencies."""

import importlib.metadata
import re
import sys
from pathlib import Path


def installed_size(name: str) -> int:
    """Return the total size of the files of a distribution and its dependencies."""
    seen: set[str] = set()
    pending, size = [name], 0
    while pending:
        current = re.split(r"[ ;<>=!~\[(]", pending.pop())[0].lower().replace("_", "-")
        if current in seen:
            continue
        seen.add(current)
        try:
            distribution = importlib.metadata.distribution(current)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform or Python version
        pending += [requirement for requirement in distribution.requires or [] if "extra ==" not in requirement]
        paths = [Path(str(file.locate())) for file in distribution.files or []]
        size += sum(path.stat().st_size for path in paths if path.exists() and "__pycache__" not in path.parts)
    return size


if __name__ == "__main__":
    print(installed_size(sys.argv[1]))
