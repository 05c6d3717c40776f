"""One worker's share of the models: what it does next, and what it makes of the outcome. Nothing here does I/O."""

import random
from collections.abc import Mapping
from typing import Any

from mistral_models import errors

from .beliefs import Action, Belief, Name, State, absent, done, seen, states, unsure

NEW: Belief = frozenset([State(archived=False, name="new")])
_WRITES: tuple[Name, ...] = ("update", "archive", "unarchive")


class Worker:
    """Acts on models that no other worker touches, so that it knows what they must be.

    Args:
        number: Which worker it is.
        models: How many models it keeps.
        chance: What decides.
    """

    def __init__(self, number: int, models: int, chance: random.Random) -> None:
        self.beliefs: dict[str, Belief] = {}
        self._number = number
        self._models = models
        self._chance = chance
        self._made = 0

    def wanted(self) -> list[str]:
        """List the ids of models to be made, in place of those that are known to be deleted."""
        self.beliefs = {model_id: belief for model_id, belief in self.beliefs.items() if belief != {None}}
        missing = range(self._models - len(self.beliefs))
        self._made += len(missing)
        found = [f"ft:open-mistral-7b:soak:{self._number}:{self._made - index}" for index in missing]
        self.beliefs.update(dict.fromkeys(found, NEW))
        return found

    def plan(self) -> list[Action]:
        """Choose one operation, or one for each model, to be sent at once; after `wanted()`, so that there are some."""
        ids = list(self.beliefs)
        if self._chance.random() < 0.1:
            return [self._action(model_id) for model_id in ids]
        return [Action("list") if self._chance.random() < 0.15 else self._action(self._chance.choice(ids))]

    def _action(self, model_id: str) -> Action:
        drawn = self._chance.random()
        if drawn < 0.04:
            return Action("delete", model_id)
        if drawn < 0.4:
            return Action("retrieve", model_id)
        operation = self._chance.choice(_WRITES)
        return Action(operation, model_id, f"n{self._chance.randrange(9)}" if operation == "update" else None)

    def take(self, action: Action, outcome: object) -> None:
        """Learn from an outcome: a result, or an error.

        Raises:
            Contradiction: It cannot be, after what was told before.
        """
        model_id = action.model_id
        if model_id is None:
            if not isinstance(outcome, errors.MistralError):
                self._look(states(_dictionary(outcome)["data"]))
            return
        belief = self.beliefs[model_id]
        if isinstance(outcome, errors.NotFoundError):
            belief = absent(belief, action)
        elif isinstance(outcome, errors.MistralError):
            belief = unsure(belief, action)
        elif action.operation == "retrieve":
            belief = seen(belief, model_id, states([_dictionary(outcome)])[model_id])
        else:
            belief = done(belief, action)
        self.beliefs[model_id] = belief

    def _look(self, shown: Mapping[str, State]) -> None:
        for model_id, belief in self.beliefs.items():
            self.beliefs[model_id] = seen(belief, model_id, shown.get(model_id))


def _dictionary(result: object) -> dict[str, Any]:
    found: dict[str, Any] = result.to_dict()  # type: ignore[attr-defined] # all results have it
    return found
