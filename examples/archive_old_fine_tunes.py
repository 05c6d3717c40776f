"""Archive the fine-tuned models that are older than 90 days.

`--dry-run` shows what would happen. `unarchive` brings a model back.

    python examples/archive_old_fine_tunes.py --dry-run
    python examples/archive_old_fine_tunes.py --days 180
"""

import argparse
import sys
from datetime import UTC, datetime, timedelta

from mistral_models import APIResponse, Mistral, operations
from mistral_models.models import FTModelCard


def created_before(mistral: Mistral, moment: datetime) -> list[FTModelCard]:
    """Return the fine-tuned models that were created before this time and are not archived."""
    tuned = [card for card in mistral.models.list().data if isinstance(card, FTModelCard) and not card.archived]
    return [card for card in tuned if card.created and card.created < moment.timestamp()]


def archive(mistral: Mistral, cards: list[FTModelCard]) -> int:
    """Archive models, several at a time, and return the number of failures."""
    failed = 0
    for operation, outcome in mistral.send_all(operations.archive(card.id) for card in cards):
        succeeded = isinstance(outcome, APIResponse)
        failed += not succeeded
        print("archived" if succeeded else f"failed: {outcome}", operation.model_id)
    return failed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--dry-run", action="store_true")
    options = parser.parse_args()
    with Mistral() as mistral:
        old = created_before(mistral, datetime.now(UTC) - timedelta(days=options.days))
        if options.dry_run:
            for card in old:
                print("would archive", card.id, card.name)
        else:
            sys.exit(1 if archive(mistral, old) else 0)
