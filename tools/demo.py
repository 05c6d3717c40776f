"""`make demo`: run the six operations and print each call with its result; `--live` lists the real service's models."""

import argparse
import sys

from mistral_models import Mistral, errors
from mistral_models.testing import FakeMistral, fine_tuned_model


def run_all(mistral: Mistral, model_id: str) -> None:
    """Run the six operations, deletion last, and print each call with its result."""
    print("mistral.models.list()")
    for card in mistral.models.list().data:
        print(f"    {card.id}")
    changes = {"name": "triage-v2", "description": None}
    for name, extra in (("retrieve", {}), ("update", changes), ("archive", {}), ("unarchive", {}), ("delete", {})):
        arguments = {"model_id": model_id, **extra}
        formatted = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        print(f"\nmistral.models.{name}({formatted})\n    {getattr(mistral.models, name)(**arguments)}")


def run_live(mistral: Mistral) -> None:
    """Print the models that the real service lists."""
    for card in mistral.models.list().data:
        print(f"{card.id}  ({card.type})")


def main() -> int:
    """Run against the embedded service, or list the real one's models."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--live", action="store_true", help="list the real service's models; needs MISTRAL_API_KEY")
    try:
        if parser.parse_args().live:
            with Mistral() as mistral:
                run_live(mistral)
        else:
            fake = FakeMistral()
            with fake.serve() as url, Mistral(fake.api_key, server_url=url) as mistral:
                print(f"The embedded service listens on {url}.\n")
                run_all(mistral, fine_tuned_model("support-triage")["id"])
    except (errors.MistralError, ValueError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
