"""`make demo`: call all six operations and print the results; with `--live`, list the models of the real service."""

import argparse
import sys

from mistral_models import Mistral, errors
from mistral_models.catalogue import Catalogue
from mistral_models.testing import FakeMistral, fine_tuned_model


def list_models(mistral: Mistral) -> None:
    """Print each model once; the service lists it once for each of its names."""
    cards = mistral.models.list().data
    models = Catalogue(cards)
    print(f"mistral.models.list()  # {len(cards)} entries for {len(models)} models")
    for model in models:
        others = len(model.ids) - 1
        print(f"    {model.id}{f' and {others} other names' if others > 1 else ' and another name' if others else ''}")


def run_all(mistral: Mistral, model_id: str) -> None:
    """Call the six operations, `delete` last, and print each call with its result."""
    list_models(mistral)
    changes = {"name": "triage-v2", "description": "Routes incoming mail."}
    for name, more in (("retrieve", {}), ("update", changes), ("archive", {}), ("unarchive", {}), ("delete", {})):
        arguments = {"model_id": model_id, **more}
        written = ", ".join(f"{word}={value!r}" for word, value in arguments.items())
        print(f"\nmistral.models.{name}({written})\n    {getattr(mistral.models, name)(**arguments)}")


def main() -> int:
    """Run against a fake service, or list the models of the real one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--live", action="store_true", help="list the real service's models; needs MISTRAL_API_KEY")
    try:
        if parser.parse_args().live:
            with Mistral() as mistral:
                list_models(mistral)
        else:
            fake = FakeMistral()
            with fake.serve() as url, Mistral(fake.api_key, server_url=url) as mistral:
                print(f"The fake service listens on {url}.\n")
                run_all(mistral, fine_tuned_model("support-triage")["id"])
    except (errors.MistralError, ValueError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
