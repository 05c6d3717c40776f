"""`installed.py NAME`: the bytes of a distribution and of all that it depends on, as installed here."""

import importlib.metadata
import re
import sys
from pathlib import Path


def total(name: str) -> int:
    """Add up the files."""
    seen: set[str] = set()
    left, size = [name], 0
    while left:
        current = re.split(r"[ ;<>=!~\[(]", left.pop())[0].lower().replace("_", "-")
        if current in seen:
            continue
        seen.add(current)
        try:
            found = importlib.metadata.distribution(current)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform or version
        left += [wanted for wanted in found.requires or [] if "extra ==" not in wanted]
        paths = [Path(str(file.locate())) for file in found.files or []]
        size += sum(path.stat().st_size for path in paths if path.exists() and "__pycache__" not in path.parts)
    return size


if __name__ == "__main__":
    print(total(sys.argv[1]))
