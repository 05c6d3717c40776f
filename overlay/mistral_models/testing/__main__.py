"""`python -m mistral_models.testing`: run the fake service on a loopback socket until Ctrl-C."""

import argparse
import threading
from contextlib import ExitStack
from typing import NoReturn

from ._fake import FakeMistral


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Print the error in one line, without the usage."""
        self.exit(2, f"{self.prog}: {message}; see --help\n")


def main() -> int:
    """Run the command and return its exit code."""
    parser = _Parser(prog="python -m mistral_models.testing", description="Run the fake service until Ctrl-C.")
    parser.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--api-key", default="fake-key", help="the only accepted key (default: %(default)s)")
    arguments = parser.parse_args()
    if not 0 <= arguments.port <= 65535:
        parser.error(f"argument --port: {arguments.port} is not a number from 0 to 65535")
    fake = FakeMistral(api_key=arguments.api_key)
    with ExitStack() as stack:
        try:
            url = stack.enter_context(fake.serve(arguments.port))
        except OSError as error:
            parser.exit(1, f"{parser.prog}: port {arguments.port}: {error.strerror}; choose another with --port\n")
        try:
            print(f"{url} (key: {fake.api_key}); Ctrl-C ends it", flush=True)
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
