"""Fuzz one target with Atheris: `python -m tests.fuzz.run TARGET SECONDS [FOLDER]`.

New inputs are stored in the folder (`.fuzz/TARGET` by default), and so is an input that makes a target fail.
"""

import os
import sys
from pathlib import Path

import atheris

INSTRUMENTED = ["mistral_models", "mistral_models_raw", "h11", "email"]


def main(name: str, seconds: int, folder: Path) -> None:
    """Fuzz until the time is up or the target fails."""
    os.environ["NO_PROXY"] = "*"  # the targets connect to this machine only
    with atheris.instrument_imports(include=INSTRUMENTED):
        from .targets import CORPUS, TARGETS
    folder.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", f"-artifact_prefix={folder}/", "-max_len=4096", "-timeout=10"]
    atheris.Setup([sys.argv[0], *options, "-print_final_stats=1", str(folder), str(CORPUS / name)], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    target, limit, *rest = sys.argv[1:]
    main(target, int(limit), Path(rest[0] if rest else f".fuzz/{target}"))
