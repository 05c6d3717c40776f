"""`mistral-models` and `python -m mistral_models` are the command line, which the extra `cli` brings."""

import sys


def main() -> int:
    """Run the command line on `sys.argv`; without the extra `cli`, say how to get it.

    Returns:
        The exit status; `mistral_models_cli.statuses` lists them.
    """
    try:
        from mistral_models_cli.program import run

        return run()
    except ModuleNotFoundError as missing:
        name = missing.name or ""
        if name != "mistral_models_cli" and name.partition(".")[0] not in {"click", "rich"}:
            raise
        print("mistral-models: the command line needs more: pip install 'mistral-models[cli]'", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
