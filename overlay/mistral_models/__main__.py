"""Entry point of `mistral-models` and `python -m mistral_models`."""

import sys
from importlib.util import find_spec


def main() -> int:
    """Run the command line; if click or rich is missing, print how to install them.

    Returns:
        The exit code; `mistral-models --help` lists them.
    """
    if not (find_spec("click") and find_spec("rich")):
        print(
            "mistral-models: the command line needs click and rich: pip install 'mistral-models[cli]'", file=sys.stderr
        )
        return 2
    from .cli import run

    return run()


if __name__ == "__main__":
    sys.exit(main())
