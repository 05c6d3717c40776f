"""Compile `openapi.yaml` into `generated/mistral_models_raw`, all or nothing.

The generator writes into a folder of its own; only a complete result replaces the previous one.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "generated" / "mistral_models_raw"


def generate(target: Path, root: Path = ROOT) -> None:
    """Write the raw package that the document, configuration and templates in `root` make into `target`.

    The generator renders templates for the modules that it knows, and only for those. Further modules, which need
    nothing from the document, are in `templates/static` and are copied as they are.

    Args:
        target: A folder that does not exist yet.
        root: Where `openapi.yaml`, `generator-config.yml` and `templates/` are.

    Raises:
        subprocess.CalledProcessError: The generator refused, or warned; it has said why on standard error.
    """
    scripts = Path(sys.executable).parent
    command = [
        str(scripts / "openapi-python-client"), "generate",
        "--path", str(root / "openapi.yaml"),
        "--config", str(root / "generator-config.yml"),
        "--custom-template-path", str(root / "templates"),
        "--output-path", str(target),
        "--meta", "none",
        "--fail-on-warning",
    ]  # fmt: skip
    # The generator's hooks find ruff by PATH: the pinned one of this environment comes first.
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    for module in (root / "templates" / "static").glob("*.py"):
        shutil.copyfile(module, target / module.name)
    # `--meta none` leaves out the marker of typed packages (PEP 561), and hooks leave their caches.
    (target / "py.typed").touch()
    shutil.rmtree(target / ".ruff_cache", ignore_errors=True)


def main() -> int:
    """Replace the generated package, or leave it as it is and say why."""
    PACKAGE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=PACKAGE.parent, prefix=".") as folder:
        fresh = Path(folder) / PACKAGE.name
        try:
            generate(fresh)
        except subprocess.CalledProcessError as error:
            print(f"{PACKAGE.relative_to(ROOT)} is left as it was: see the generator's message above.", file=sys.stderr)
            return error.returncode
        previous = Path(folder) / "previous"
        if PACKAGE.exists():
            PACKAGE.rename(previous)
        try:
            fresh.rename(PACKAGE)
        except OSError:
            previous.rename(PACKAGE)
            raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
