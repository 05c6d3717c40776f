"""Warn about models in use that will be retired soon, and name their replacements.

Pass the ids or aliases that your programs use. The exit code is 1 if any of them will be retired within `--days`, so
that a pipeline can stop there.

    python examples/retiring_models.py mistral-ocr-3 codestral-latest --days 60
"""

import argparse
import sys
from datetime import UTC, date, datetime, timedelta

from mistral_models import Mistral
from mistral_models.catalogue import Catalogue


def warnings(mistral: Mistral, in_use: list[str], until: date) -> list[str]:
    """Return a warning for each name whose model does not exist or is retired by then."""
    catalogue = Catalogue(mistral.models.list())
    found = []
    for name in in_use:
        if name not in catalogue:
            found.append(f"{name}: there is no such model")
        # Usually one model, but the service has listed two models with the same name.
        for model in catalogue.find(name):
            if model.deprecation and model.deprecation.date() <= until:
                replacement = model.replacement or "another model"
                found.append(f"{name}: retired on {model.deprecation.date()}, use {replacement}")
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
