"""The commands `mistral-models` and `python -m mistral_models`; the extra `cli` installs what they need."""

import sys
from importlib.util import find_spec


def main() -> int:
    """Run the command line, or print what to install if click or rich is missing.

    Returns:
        The exit code; `mistral-models --help` lists them.
    """
    if not (find_spec("click") and find_spec("rich")):
        print(
            "mistral-models: the command line needs click and rich: pip install 'mistral-models[cli]'", file=sys.stderr
        )
        return 2
    from .cli.program import run

    return run()


if __name__ == "__main__":
    sys.exit(main())
