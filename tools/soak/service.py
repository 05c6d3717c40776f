"""The fake service in a process of its own, in trouble now and then; it says what it holds when its input ends."""

import json
import random
import sys
import threading
from http import HTTPStatus

from mistral_models.testing import (
    FakeMistral,
    Fault,
    Request,
    Response,
    connection_refused,
    disconnect,
    fine_tuned_model,
    invalid_body,
    latency,
    slow_body,
    status,
)
from mistral_models.testing._server import serving

LATENCY = 2.5
"""Seconds; longer than the clients wait."""
TROUBLES: tuple[tuple[Fault, int], ...] = (
    (status(503), 6),
    (status(429, {"message": "slow down"}, {"retry-after-ms": "20"}), 4),
    (status(500, b"<title>Oops</title>"), 4),
    (connection_refused(), 4),
    (disconnect("before"), 4),
    (disconnect("in headers"), 2),
    (disconnect("after headers"), 2),
    (disconnect("in body"), 4),
    (invalid_body(), 2),
    (slow_body(0.005), 4),
    (latency(0.05), 4),
    (latency(LATENCY), 1),
)
"""What happens, and how often in relation to the others."""


class Service:
    """Answers requests, a share of them with trouble; `PUT` makes a fine-tuned model.

    Args:
        share: Of the requests that meet trouble, from 0 to 1.
        chance: What decides.
    """

    def __init__(self, share: float, chance: random.Random) -> None:
        self.requests: int = 0
        self.faults: int = 0
        self.fake: FakeMistral = FakeMistral()
        self._share = share
        self._chance = chance
        self._lock = threading.Lock()

    def handle(self, request: Request) -> Response:
        """Response a request."""
        with self._lock:
            if request.method == "PUT":
                return self._made(request.body.decode())
            self.requests += 1
            self.fake.requests.clear()  # nobody reads them
            if self._chance.random() >= self._share:
                return self.fake.handle(request)
            self.faults += 1
            (trouble,) = self._chance.choices([one for one, _ in TROUBLES], [weight for _, weight in TROUBLES])
            self.fake.inject(trouble)
            return self.fake.handle(request)

    def _made(self, model_id: str) -> Response:
        self.fake = FakeMistral([*self.fake.models, fine_tuned_model("new", id=model_id)])
        return Response(HTTPStatus.CREATED, b"{}")


def main(share: float, seed: int) -> None:
    """Serve until the input ends."""
    service = Service(share, random.Random(seed))  # noqa: S311 not for secrets
    with serving(service.handle, 0) as url:
        print(url, flush=True)
        sys.stdin.read()
    print(json.dumps({"requests": service.requests, "faults": service.faults, "models": service.fake.models}))


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
