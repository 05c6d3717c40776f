r"""Rename fine-tuned models by a regular expression.

`--dry-run` shows what would happen.

    python examples/rename_by_pattern.py '^support-(.*)' 'helpdesk-\1' --dry-run
    python examples/rename_by_pattern.py '^support-(.*)' 'helpdesk-\1'
"""

import argparse
import re
import sys

from mistral_models import Mistral, operations
from mistral_models.errors import MistralError
from mistral_models.models import FTModelCard

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("pattern", type=re.compile)
parser.add_argument("replacement")
parser.add_argument("--dry-run", action="store_true")
options = parser.parse_args()
failed = False

with Mistral() as mistral:
    renamed = {
        card.id: (card.name, options.pattern.sub(options.replacement, card.name))
        for card in mistral.models.list().data
        if isinstance(card, FTModelCard) and card.name and options.pattern.search(card.name)
    }
    for before, after in renamed.values():
        print(before, "->", after)
    if not options.dry_run:
        updates = (operations.update(model_id, name=after) for model_id, (_, after) in renamed.items())
        for operation, outcome in mistral.send_all(updates):
            if isinstance(outcome, MistralError):
                failed = True
                print("failed:", operation.model_id, outcome, file=sys.stderr)

sys.exit(1 if failed else 0)
