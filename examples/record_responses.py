"""Record the responses of the service, and list types and fields that this release does not know.

The file has a line for each response, without headers and API key. It contains the names of your models.

    python examples/record_responses.py responses.jsonl
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

with Mistral(on_attempt=Recorder(file)) as mistral:
    cards = mistral.models.list().data
    for card in cards:
        if isinstance(card, UnknownModelCard):
            unknown[f"cards of type {card.type}"] += 1
        else:
            unknown.update(f"{type(card).__name__}.{name}" for name in card.additional_properties)
    for _ in mistral.send_all(operations.retrieve(card.id) for card in cards if card.id):
        pass  # the recorder writes it

lines = file.read_text(encoding="utf-8").splitlines()
counts = Counter((response["operation"], response["status"]) for response in map(json.loads, lines))
for (operation, status), number in counts.items():
    print(f"{operation}: {number} responses with status {status}")
print("new:", ", ".join(sorted(unknown)) or "none")
