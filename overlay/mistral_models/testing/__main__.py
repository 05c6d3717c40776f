"""`python -m mistral_models.testing`: the fake service on a loopback socket, until it is interrupted."""

import argparse
import threading

from ._fake import FakeMistral


def main() -> int:
    """Serve, and print the URL and the key."""
    parser = argparse.ArgumentParser(prog="python -m mistral_models.testing", description="The service in memory.")
    parser.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1; a free one by default")
    parser.add_argument("--api-key", default="fake-key", help="the only key that is accepted")
    arguments = parser.parse_args()
    if not 0 <= arguments.port <= 65535:
        parser.error(f"--port must be a number from 0 to 65535, not {arguments.port}")
    fake = FakeMistral(api_key=arguments.api_key)
    try:
        with fake.serve(arguments.port) as url:
            print(f"{url} (key: {fake.api_key}); Ctrl-C ends it", flush=True)
            threading.Event().wait()
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        parser.exit(1, f"port {arguments.port}: {error.strerror}; choose another with --port\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
