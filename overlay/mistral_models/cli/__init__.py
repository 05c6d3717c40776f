"""The command line. Nothing of the library imports it, and it loads what it needs when a command runs."""

import sys


def main() -> int:
    """Run the command line on `sys.argv`; without the extra `cli`, say how to get it.

    Returns:
        The exit status; `statuses.py` lists them.
    """
    try:
        from .program import run

        return run()
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in {"click", "rich"}:
            raise
        print("mistral-models: the command line needs more: pip install 'mistral-models[cli]'", file=sys.stderr)
        return 2
