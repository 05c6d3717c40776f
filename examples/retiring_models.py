"""Warn about models in use that will be retired soon, and name what takes their place.

Give it the ids or aliases that your programs use. The exit status is 1 if any of them will be gone within
`--days`, so that a pipeline can stop there.

    python examples/retiring_models.py mistral-tiny codestral-latest --days 60
"""

import argparse
import sys
from datetime import UTC, date, datetime, timedelta

from mistral_models import Mistral
from mistral_models.models import BaseModelCard, FTModelCard


def warnings(mistral: Mistral, in_use: list[str], until: date) -> list[str]:
    """Say what is wrong with each name that does not last until then."""
    cards = [card for card in mistral.models.list().data if isinstance(card, BaseModelCard | FTModelCard)]
    known = {name: card for card in cards for name in (*card.aliases, card.id)}
    found = []
    for name in in_use:
        card = known.get(name)
        if card is None:
            found.append(f"{name}: there is no such model")
        elif card.deprecation and card.deprecation.date() <= until:
            instead = card.deprecation_replacement_model or "another model"
            found.append(f"{name}: retired on {card.deprecation.date()}, use {instead}")
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("in_use", nargs="+", metavar="MODEL")
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--today", type=date.fromisoformat, default=datetime.now(UTC).date())
    options = parser.parse_args()
    with Mistral() as mistral:
        found = warnings(mistral, options.in_use, options.today + timedelta(days=options.days))
    print("\n".join(found) or f"none of {len(options.in_use)} is retired within {options.days} days")
    sys.exit(1 if found else 0)
