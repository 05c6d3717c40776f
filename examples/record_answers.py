"""Record what the service answers, and say what this release does not know.

The file gets a line for each answer, without headers and key. It holds names of your models: treat it accordingly.

    python examples/record_answers.py answers.jsonl
"""

import json
import sys
from collections import Counter
from pathlib import Path

from mistral_models import Mistral, operations
from mistral_models.models import UnknownModelCard
from mistral_models.utils import Recorder

file = Path(sys.argv[1])
unknown: Counter[str] = Counter()

with Mistral(on_response=Recorder(file)) as mistral:
    cards = mistral.models.list().data
    for card in cards:
        if isinstance(card, UnknownModelCard):
            unknown[f"cards of type {card.type}"] += 1
        else:
            unknown.update(f"{type(card).__name__}.{name}" for name in card.additional_properties)
    for _ in mistral.send_all(operations.retrieve(card.id) for card in cards if card.id):
        pass  # the recorder has it

answers = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
for (operation, status), number in Counter((one["operation"], one["status"]) for one in answers).items():
    print(f"{operation}: {number} answers of status {status}")
print("new:", ", ".join(sorted(unknown)) or "none")
