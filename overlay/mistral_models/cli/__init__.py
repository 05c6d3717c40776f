"""The command line `mistral-models`. It is optional: the extra `cli` installs click and rich, which it needs.

Modules here import the rest of the package, rich and httpx inside the functions that use them, so that `--version`,
`--help` and shell completion start quickly.
"""

from .program import run

__all__ = ["run"]
