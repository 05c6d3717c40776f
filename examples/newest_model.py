"""Print an id of the newest model that accepts images, or has another capability.

Use it where a script needs a model.

    MODEL=$(python examples/newest_model.py vision)
"""

import re
import sys

from mistral_models import Mistral
from mistral_models.catalogue import Catalogue, Model


def version(name: str) -> str:
    """Return the year and month that an id ends in, such as 2603, or an empty string."""
    found = re.search(r"-(\d{4})$", name)
    return found[1] if found else ""


def recency(model: Model) -> tuple[bool, str]:
    """Compare models by their names: `created` is the time of the request for base models."""
    return any(name.endswith("-latest") for name in model.ids), max(map(version, model.ids))


def newest(mistral: Mistral, capability: str) -> Model | None:
    """Return the newest base model with this capability that has no retirement date."""
    suitable = [
        model
        for model in Catalogue(mistral.models.list())
        if model.type == "base" and model.ids and capability in model.capabilities and not model.deprecation
    ]
    return max(suitable, key=recency, default=None)


if __name__ == "__main__":
    wanted = sys.argv[1] if len(sys.argv) > 1 else "vision"
    with Mistral() as mistral:
        model = newest(mistral, wanted)
    if model is None:
        sys.exit(f"no model has the capability {wanted!r}")
    print(max(model.ids, key=version))
