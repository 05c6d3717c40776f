"""`python -m tools.installs FOLDER PYTHON…`: install a folder's wheels into empty environments, and use them.

Once with the newest dependencies, once with the oldest that pyproject.toml allows, for each Python that is there. That
one is missing is an error where CI=true.
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

SCRIPT = """
import mistral_models, sys
from mistral_models.testing import FakeMistral
with FakeMistral().client() as mistral: assert mistral.models.list().data
"""


def oldest() -> list[str]:
    """List the oldest versions of the dependencies, as the group `lowest` pins them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [str(pin) for pin in project["dependency-groups"]["lowest"]]


def works(python: str, library: Path, program: Path, pins: list[str]) -> bool:
    """Install the library with its extra, and run it and its program."""
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder) / "bin"
        commands: list[list[str | Path]] = [
            [python, "-m", "venv", folder],
            [there / "pip", "install", "--quiet", "--disable-pip-version-check", f"{library}[cli]", program, *pins],
            [there / "python", "-I", "-W", "error", "-c", SCRIPT],
            [there / "mistral-models", "--demo", "list", "--jsonl"],
        ]
        for command in commands:
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=clean())
            if done.returncode:
                print(done.stdout + done.stderr)
                return False
    return True


def clean() -> dict[str, str]:
    """Leave out of the environment what would reach into another one."""
    return {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}


def runs(python: str) -> bool:
    """Say whether there is such a Python."""
    found = shutil.which(python)
    return bool(found) and subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def main() -> int:
    """Try them all."""
    parser = argparse.ArgumentParser(prog="python -m tools.installs", description=__doc__)
    parser.add_argument("folder", type=Path, help="it has one wheel of the library, and one of the command line")
    parser.add_argument("pythons", nargs="+", metavar="PYTHON", help="such as python3.12")
    options = parser.parse_args()
    wheels = [list(options.folder.resolve().glob(f"{name}-*.whl")) for name in ("mistral_models", "mistral_models.cli")]
    if [len(found) for found in wheels] != [1, 1]:
        parser.error(
            f"{options.folder}: {sum(map(len, wheels))} wheels, not one of the library and one of the command line"
        )
    (library,), (program,) = wheels
    pythons = options.pythons
    there = [python for python in pythons if runs(python)]
    failed = 0
    for python in pythons:
        if python not in there:
            print(f"{python}: not on this machine")
            continue
        for name, pins in (("newest", []), ("oldest", oldest())):
            good = works(python, library, program, pins)
            failed += not good
            print(f"{python}, {name} dependencies: {'works' if good else 'FAILS'}", flush=True)
    enough = len(pythons) if os.environ.get("CI") == "true" else 1
    return int(failed > 0 or len(there) < enough)


if __name__ == "__main__":
    sys.exit(main())
