"""`mistral-models` and `python -m mistral_models` are the command line, which the extra `cli` brings."""

import sys

from . import __version__


def main() -> int:
    """Run the command line on `sys.argv`; if it is not there, or is another version's, say how to get it.

    Returns:
        The exit status; `mistral_models_cli.statuses` lists them.
    """
    try:
        import mistral_models_cli as command_line

        if command_line.__version__ != __version__:
            return _refused(f"the library is {__version__}, the command line {command_line.__version__}")
        from mistral_models_cli.program import run

        return run()
    except ModuleNotFoundError as missing:
        name = missing.name or ""
        if name != "mistral_models_cli" and name.partition(".")[0] not in {"click", "rich"}:
            raise
        return _refused("the command line needs more")


def _refused(why: str) -> int:
    print(f"mistral-models: {why}: pip install --upgrade 'mistral-models[cli]'", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
