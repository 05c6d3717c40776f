"""The list of models that all measurements use: the fields of real responses, and one model in five is fine-tuned."""

import json
import random
from typing import Any

from mistral_models.testing import base_model, fine_tuned_model


def cards(count: int) -> bytes:
    """Return the JSON of a list of realistic model cards, the same in each run."""
    generator = random.Random(80)  # noqa: S311 no secret
    names = list(base_model("")["capabilities"])
    models: list[dict[str, Any]] = []
    for number in range(count):
        name = f"mistral-{number}-2506"
        fields: dict[str, Any] = {
            "created": 1791465826,
            "description": f"Official {name} Mistral AI model",
            "aliases": [f"mistral-{number}-latest", f"mistral-{number}"],
            "deprecation": "2027-03-31T12:00:00Z" if number % 4 == 0 else None,
            "default_model_temperature": 0.3,
        }
        capabilities = [capability for capability in names if generator.random() < 0.3]
        is_fine_tuned = number % 5 == 0
        models.append(fine_tuned_model(name, **fields) if is_fine_tuned else base_model(name, *capabilities, **fields))
    not_in_lists = {"model_type", "workspace_id", "root_version"}
    data = [{key: value for key, value in model.items() if key not in not_in_lists} for model in models]
    return json.dumps({"object": "list", "data": data}).encode()
