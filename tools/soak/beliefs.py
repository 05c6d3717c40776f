"""What the service may hold, after all that a client was told. Nothing here does I/O."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

Name = Literal["list", "retrieve", "delete", "update", "archive", "unarchive"]


class State(NamedTuple):
    """A fine-tuned model as the service holds it; None stands for one that was deleted."""

    archived: bool
    name: str | None


Belief = frozenset[State | None]
"""All that one model may be; more than one thing only after an answer that got lost."""


class Action(NamedTuple):
    """One operation on one model."""

    operation: Name
    model_id: str | None = None
    name: str | None = None
    """For `update`."""

    @property
    def arguments(self) -> dict[str, Any]:
        """What the method of this name takes."""
        named = {"model_id": self.model_id, "name": self.name}
        return {key: value for key, value in named.items() if value is not None}


class Contradiction(Exception):  # noqa: N818 it is no error of the program
    """The client was told what cannot be."""


def effect(action: Action, state: State | None) -> State | None:
    """Say what an operation makes of a model."""
    if state is None or action.operation == "delete":
        return None
    if action.operation == "update":
        return state._replace(name=action.name)
    if action.operation in {"archive", "unarchive"}:
        return state._replace(archived=action.operation == "archive")
    return state


def unsure(belief: Belief, action: Action) -> Belief:
    """Take a failure: the operation may have been carried out, or not."""
    return belief | {effect(action, state) for state in belief}


def done(belief: Belief, action: Action) -> Belief:
    """Take the success of an operation that changes a model."""
    before = belief - {None}
    if not before:
        raise Contradiction(f"{action.operation} of {action.model_id} succeeded, though the model was deleted")
    return frozenset(effect(action, state) for state in before)


def absent(belief: Belief, action: Action) -> Belief:
    """Take the news that there is no such model; an attempt of the same deletion may have been the reason."""
    if None not in unsure(belief, action):
        raise Contradiction(f"{action.operation} of {action.model_id} found no model, though nobody deleted it")
    return frozenset([None])


def seen(belief: Belief, model_id: str, state: State | None) -> Belief:
    """Take a look at a model, which settles what it is."""
    if state not in belief:
        raise Contradiction(f"{model_id} is {_shown(state)}, though it must be {' or '.join(map(_shown, belief))}")
    return frozenset([state])


def differences(beliefs: Mapping[str, Belief], held: Mapping[str, State]) -> list[str]:
    """Hold what the service has in the end against what the clients were told.

    Args:
        beliefs: By id; those of models known to be deleted may be left out.
        held: The fine-tuned models of the service, by id.
    """
    found = [f"{model_id} is there, though it was deleted" for model_id in held if model_id not in beliefs]
    for model_id, belief in beliefs.items():
        try:
            seen(belief, model_id, held.get(model_id))
        except Contradiction as difference:
            found.append(str(difference))
    return found


def states(models: Iterable[Mapping[str, Any]]) -> dict[str, State]:
    """Read the fine-tuned models among those that the service shows."""
    return {
        model["id"]: State(model["archived"], model["name"]) for model in models if model.get("type") == "fine-tuned"
    }


def _shown(state: State | None) -> str:
    if state is None:
        return "gone"
    return f"{'archived' if state.archived else 'in service'} under the name {state.name!r}"
