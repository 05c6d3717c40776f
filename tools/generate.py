"""Generate `generated/mistral_models_raw` from `openapi.yaml`.

The generator writes into a temporary folder, and only a complete result replaces the previous one.
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
    """Generate the package from the document, the configuration and the templates in `root`.

    The generator cannot add modules of our own to a package. Those that need nothing from the document are in
    `templates/static` and are copied unchanged.

    Args:
        target: A folder that does not exist yet.
        root: Where `openapi.yaml`, `generator-config.yml` and `templates/` are.

    Raises:
        subprocess.CalledProcessError: The generator failed or warned. Its message is on standard error.
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
    # The post-hooks run the first ruff on the PATH: put the pinned one of this environment there.
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    for module in (root / "templates" / "static").glob("*.py"):
        shutil.copyfile(module, target / module.name)
    # With `--meta none` the generator does not write the marker of typed packages (PEP 561).
    (target / "py.typed").touch()
    # The post-hooks leave the cache of ruff.
    shutil.rmtree(target / ".ruff_cache", ignore_errors=True)


def main() -> int:
    """Replace the generated package, or leave it unchanged if the generator fails."""
    PACKAGE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=PACKAGE.parent, prefix=".") as folder:
        fresh = Path(folder) / PACKAGE.name
        try:
            generate(fresh)
        except subprocess.CalledProcessError as error:
            print(
                f"{PACKAGE.relative_to(ROOT)} is left unchanged: see the message of the generator above.",
                file=sys.stderr,
            )
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
