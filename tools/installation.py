"""`python -m tools.installation FOLDER PYTHON…`: install the wheel in a folder into new environments, and run it.

Each Python is tried twice: with the newest dependencies, and with the oldest that pyproject.toml allows. A Python that
is not on this machine is skipped, unless CI=true: then it is an error.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from .generate import ROOT

PROGRAM = """
from mistral_models.testing import FakeMistral
with FakeMistral().client() as mistral:
    assert mistral.models.list().data
"""


def oldest_dependencies() -> list[str]:
    """Return the pins of the dependency group `lowest`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [str(pin) for pin in project["dependency-groups"]["lowest"]]


def works(python: str, wheel: Path, pins: list[str]) -> bool:
    """Install the wheel with the extra `cli`, then run the library and the command; print the output of a failure."""
    with tempfile.TemporaryDirectory() as folder:
        programs = Path(folder) / "bin"
        commands: list[list[str | Path]] = [
            [python, "-m", "venv", folder],
            [programs / "pip", "install", "--quiet", "--disable-pip-version-check", f"{wheel}[cli]", *pins],
            [programs / "python", "-I", "-W", "error", "-c", PROGRAM],
            [programs / "mistral-models", "--demo", "list", "--jsonl"],
        ]
        for command in commands:
            result = subprocess.run(
                command, capture_output=True, text=True, check=False, cwd=folder, env=isolated_environment()
            )
            if result.returncode:
                print(result.stdout + result.stderr)
                return False
    return True


def isolated_environment() -> dict[str, str]:
    """Return the environment variables without those that lead into another Python environment."""
    return {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}


def is_available(python: str) -> bool:
    """Return whether this Python can be run; a pyenv shim may exist for a version that is not installed."""
    path = shutil.which(python)
    return bool(path) and subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def main() -> int:
    """Try every Python and print one line for each attempt."""
    parser = argparse.ArgumentParser(prog="python -m tools.installation", description=__doc__)
    parser.add_argument("folder", type=Path, help="contains exactly one wheel")
    parser.add_argument("pythons", nargs="+", metavar="PYTHON", help="such as python3.12")
    options = parser.parse_args()
    wheels = list(options.folder.resolve().glob("*.whl"))
    if len(wheels) != 1:
        parser.error(f"{options.folder} contains {len(wheels)} wheels, expected 1")
    available = [python for python in options.pythons if is_available(python)]
    failures = 0
    for python in options.pythons:
        if python not in available:
            print(f"{python}: not on this machine")
            continue
        for name, pins in (("newest", []), ("oldest", oldest_dependencies())):
            succeeded = works(python, wheels[0], pins)
            failures += not succeeded
            print(f"{python}, {name} dependencies: {'works' if succeeded else 'FAILS'}", flush=True)
    required = len(options.pythons) if os.environ.get("CI") == "true" else 1
    return int(failures > 0 or len(available) < required)


if __name__ == "__main__":
    sys.exit(main())
