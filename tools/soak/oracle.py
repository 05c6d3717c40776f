"""The oracle of the soak test: the states that a model can be in, given every result so far. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

OperationName = Literal["list", "retrieve", "delete", "update", "archive", "unarchive"]


class State(NamedTuple):
    """The state of a fine-tuned model; None stands for a deleted model."""

    archived: bool
    name: str | None


PossibleStates = frozenset[State | None]
"""All states that a model can be in: several only after a request whose response was lost."""


class Action(NamedTuple):
    """One operation on one model."""

    operation: OperationName
    model_id: str | None = None
    name: str | None = None
    """The new name, for `update`."""

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of the method."""
        arguments = {"model_id": self.model_id, "name": self.name}
        return {key: value for key, value in arguments.items() if value is not None}


class InconsistencyError(Exception):
    """A result contradicts earlier results."""


def effect(action: Action, state: State | None) -> State | None:
    """Return the state of a model after an operation has been carried out."""
    if state is None or action.operation == "delete":
        return None
    if action.operation == "update":
        return state._replace(name=action.name)
    if action.operation in {"archive", "unarchive"}:
        return state._replace(archived=action.operation == "archive")
    return state


def after_failure(states: PossibleStates, action: Action) -> PossibleStates:
    """Return the possible states after a failed call: the service may have carried out the operation or not."""
    return states | {effect(action, state) for state in states}


def after_success(states: PossibleStates, action: Action) -> PossibleStates:
    """Return the possible states after a successful call that changes a model.

    Raises:
        InconsistencyError: The model was deleted before.
    """
    existing = states - {None}
    if not existing:
        raise InconsistencyError(f"{action.operation} of {action.model_id} succeeded after the model was deleted")
    return frozenset(effect(action, state) for state in existing)


def after_not_found(states: PossibleStates, action: Action) -> PossibleStates:
    """Return the possible states after a 404. An earlier attempt of the same deletion may have caused it.

    Raises:
        InconsistencyError: Nothing has deleted the model.
    """
    if None not in after_failure(states, action):
        raise InconsistencyError(
            f"{action.operation} of {action.model_id} got a 404, but nothing has deleted the model"
        )
    return frozenset([None])


def after_read(states: PossibleStates, model_id: str, state: State | None) -> PossibleStates:
    """Return the only possible state after a model was read.

    Raises:
        InconsistencyError: The model cannot be in this state.
    """
    if state not in states:
        expected = " or ".join(map(_describe, states))
        raise InconsistencyError(f"{model_id} is {_describe(state)}; expected: {expected}")
    return frozenset([state])


def differences(expected: Mapping[str, PossibleStates], actual: Mapping[str, State]) -> list[str]:
    """Compare the final models of the service with the possible states, and describe the differences.

    Args:
        expected: The possible states of each model by id; models that are known to be deleted may be missing.
        actual: The fine-tuned models of the service by id.
    """
    found = [f"{model_id} exists after it was deleted" for model_id in actual if model_id not in expected]
    for model_id, states in expected.items():
        try:
            after_read(states, model_id, actual.get(model_id))
        except InconsistencyError as error:
            found.append(str(error))
    return found


def fine_tuned_states(models: Iterable[Mapping[str, Any]]) -> dict[str, State]:
    """Return the states of the fine-tuned models in a list of models, by id."""
    return {
        model["id"]: State(model["archived"], model["name"]) for model in models if model.get("type") == "fine-tuned"
    }


def _describe(state: State | None) -> str:
    if state is None:
        return "deleted"
    return f"{'archived' if state.archived else 'active'} with the name {state.name!r}"
