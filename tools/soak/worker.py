"""A worker's models: what it does next, and how an outcome changes the states that they can be in. No I/O."""

import random
from collections.abc import Mapping
from typing import Any

from mistral_models import errors

from .oracle import (
    Action,
    OperationName,
    PossibleStates,
    State,
    after_failure,
    after_not_found,
    after_read,
    after_success,
    fine_tuned_states,
)

NEW: PossibleStates = frozenset([State(archived=False, name="new")])
_WRITES: tuple[OperationName, ...] = ("update", "archive", "unarchive")


class Worker:
    """Acts on models that no other worker changes, so that it can predict their states.

    Args:
        number: The number of the worker.
        models: How many models it keeps.
        rng: The source of randomness.
    """

    def __init__(self, number: int, models: int, rng: random.Random) -> None:
        self.states: dict[str, PossibleStates] = {}
        self._number = number
        self._models = models
        self._rng = rng
        self._created = 0

    def replacements(self) -> list[str]:
        """Forget deleted models, and return the ids of the models to create in their place."""
        self.states = {model_id: states for model_id, states in self.states.items() if states != {None}}
        missing = range(self._models - len(self.states))
        self._created += len(missing)
        ids = [f"ft:open-mistral-7b:soak:{self._number}:{self._created - index}" for index in missing]
        self.states.update(dict.fromkeys(ids, NEW))
        return ids

    def plan(self) -> list[Action]:
        """Choose one operation, or a batch of one for each model; `replacements()` must have been called before."""
        ids = list(self.states)
        if self._rng.random() < 0.1:
            return [self._action(model_id) for model_id in ids]
        return [Action("list") if self._rng.random() < 0.15 else self._action(self._rng.choice(ids))]

    def _action(self, model_id: str) -> Action:
        number = self._rng.random()
        if number < 0.04:
            return Action("delete", model_id)
        if number < 0.4:
            return Action("retrieve", model_id)
        operation = self._rng.choice(_WRITES)
        return Action(operation, model_id, f"n{self._rng.randrange(9)}" if operation == "update" else None)

    def record(self, action: Action, outcome: object) -> None:
        """Update the possible states after an outcome: a result or an error.

        Raises:
            InconsistencyError: The outcome contradicts earlier ones.
        """
        model_id = action.model_id
        if model_id is None:
            if not isinstance(outcome, errors.MistralError):
                self._record_list(fine_tuned_states(_as_dict(outcome)["data"]))
            return
        states = self.states[model_id]
        if isinstance(outcome, errors.NotFoundError):
            states = after_not_found(states, action)
        elif isinstance(outcome, errors.MistralError):
            states = after_failure(states, action)
        elif action.operation == "retrieve":
            states = after_read(states, model_id, fine_tuned_states([_as_dict(outcome)])[model_id])
        else:
            states = after_success(states, action)
        self.states[model_id] = states

    def _record_list(self, listed: Mapping[str, State]) -> None:
        for model_id, states in self.states.items():
            self.states[model_id] = after_read(states, model_id, listed.get(model_id))


def _as_dict(result: object) -> dict[str, Any]:
    fields: dict[str, Any] = result.to_dict()  # type: ignore[attr-defined] # every result has this method
    return fields
