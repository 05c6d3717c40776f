"""Fake services for the tests of several commands."""

import json
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

from mistral_models.testing import FakeMistral, Request, Response, base_model, fine_tuned_model

DATA = Path(__file__).parents[1] / "data"


class FixedResponse(FakeMistral):
    """Sends the same response to every request.

    Args:
        response: The response.
        api_key: The key that the client gets; it is not checked.
    """

    def __init__(self, response: Response, api_key: str = "fake-key") -> None:
        super().__init__(api_key=api_key)
        self.response = response

    def handle(self, request: Request) -> Response:
        return self.response


class FixedList(FakeMistral):
    """Sends a fixed list, whose entries need not be valid, and has its models for every other operation.

    Args:
        entries: The entries of the list.
    """

    def __init__(self, entries: list) -> None:
        super().__init__()
        self.body = json.dumps({"object": "list", "data": entries}).encode()

    def handle(self, request: Request) -> Response:
        if request.target.partition("?")[0] == "/v1/models":
            return Response(200, self.body)
        return super().handle(request)


def published(date: str) -> list:
    """The entries of a response that the real service sent."""
    entries: list = json.loads((DATA / f"list-{date}.json").read_text(encoding="utf-8"))["data"]
    return entries


def shared_ids() -> list:
    """Entries of two models that share both of their ids, as the service listed them in March 2026."""
    ids = ["voxtral-mini-2507", "voxtral-mini-latest"]
    return [
        base_model(model_id, capability, name=name, aliases=[other for other in ids if other != model_id])
        for name, capability in (("voxtral-mini-2507", "completion_chat"), ("voxtral-mini-transcribe", "audio"))
        for model_id in ids
    ]


class CountingService(FakeMistral):
    """Counts the changes requested for each id, and rejects some of them.

    Args:
        number: How many fine-tuned models there are.
        rejected: The status code for each id that is rejected.
        archived: Indexes of the models that are archived.
    """

    def __init__(
        self, number: int = 6, rejected: dict[str, int] | None = None, archived: set[int] | None = None
    ) -> None:
        models = [fine_tuned_model(f"model {n}", archived=n in (archived or set())) for n in range(number)]
        super().__init__([base_model("base"), *models])
        self.ids = [model["id"] for model in models]
        self.rejected = rejected or {}
        self.calls: Counter[str] = Counter()
        self._counting = threading.Lock()

    def handle(self, request: Request) -> Response:
        if request.method == "GET":
            return super().handle(request)
        name = unquote(request.target.split("/models/")[1].removesuffix("/archive"))
        with self._counting:
            self.calls[name] += 1
            self.on_call(self.calls.total())
        if name in self.rejected:
            return Response(self.rejected[name], b'{"message": "out of order"}')
        return super().handle(request)

    def on_call(self, total: int) -> None:
        """Called with the number of calls so far, one call after the other."""

    def archived(self) -> list[str]:
        return [model["id"] for model in self.models if model.get("archived")]

    def remaining(self) -> list[str]:
        present = {model["id"] for model in self.models}
        return [name for name in self.ids if name in present]


class BlockingService(CountingService):
    """Holds back the responses to changes until they are released."""

    def __init__(self, number: int, awaited: int) -> None:
        super().__init__(number)
        self.awaited = awaited
        self.release = threading.Event()
        self._arrived = threading.Semaphore(0)

    def handle(self, request: Request) -> Response:
        if request.method != "GET":
            self._arrived.release()
            self.release.wait(30)
        return super().handle(request)

    def wait_for_requests(self) -> None:
        for _ in range(self.awaited):
            assert self._arrived.acquire(timeout=30)
