"""Print the id of the newest model that sees pictures, or has another capability.

Use it where a script needs a model.

    MODEL=$(python examples/newest_model.py vision)
"""

import re
import sys

from mistral_models import Mistral
from mistral_models.models import BaseModelCard


def version(card: BaseModelCard) -> str:
    """The year and month that an id ends in: 2512 of mistral-large-2512."""
    found = re.search(r"-(\d{4})$", card.id)
    return found[1] if found else ""


def newest(mistral: Mistral, capability: str) -> BaseModelCard | None:
    """The latest model of the vendor's with this capability whose end is not set."""
    able = [
        card
        for card in mistral.models.list().data
        if isinstance(card, BaseModelCard) and not card.deprecation and card.capabilities.to_dict().get(capability)
    ]
    return max(able, key=version, default=None)


if __name__ == "__main__":
    wanted = sys.argv[1] if len(sys.argv) > 1 else "vision"
    with Mistral() as mistral:
        card = newest(mistral, wanted)
    if card is None:
        sys.exit(f"no model has the capability {wanted!r}")
    print(card.id)
