"""The fake service in a process of its own, with random faults. It prints its models when its standard input ends."""

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
    silence,
    slow_body,
    status,
)
from mistral_models.testing._server import serving

LONG_LATENCY = 2.5
"""Seconds; longer than the timeout of the clients."""
LOST = Fault(status=503, body=b"", delivery=silence().delivery)
"""The connection is silent, and the request does not reach the service."""
FAULTS: tuple[tuple[Fault, int], ...] = (
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
    (latency(LONG_LATENCY), 1),
    (silence("before"), 2),
    (silence("in headers"), 1),
    (silence("in body"), 1),
    (LOST, 2),
)
"""The faults and their weights."""


class Service:
    """Handles requests and injects faults into some of them; `PUT` creates a fine-tuned model.

    Args:
        fault_rate: The share of requests with a fault, from 0 to 1.
        rng: The source of randomness.
    """

    def __init__(self, fault_rate: float, rng: random.Random) -> None:
        self.requests: int = 0
        self.faults: int = 0
        self.fake: FakeMistral = FakeMistral()
        self._fault_rate = fault_rate
        self._rng = rng
        self._lock = threading.Lock()

    def handle(self, request: Request) -> Response:
        """Return the response to a request."""
        with self._lock:
            if request.method == "PUT":
                return self._create(request.body.decode())
            self.requests += 1
            self.fake.requests.clear()  # They would only use memory.
            if self._rng.random() < self._fault_rate:
                self.faults += 1
                (fault,) = self._rng.choices([fault for fault, _ in FAULTS], [weight for _, weight in FAULTS])
                self.fake.inject(fault)
            return self.fake.handle(request)

    def _create(self, model_id: str) -> Response:
        self.fake = FakeMistral([*self.fake.models, fine_tuned_model("new", id=model_id)])
        return Response(HTTPStatus.CREATED, b"{}")


def main(fault_rate: float, seed: int) -> None:
    """Serve until standard input ends."""
    service = Service(fault_rate, random.Random(seed))  # noqa: S311 not for secrets
    with serving(service.handle, 0) as url:
        print(url, flush=True)
        sys.stdin.read()
    print(json.dumps({"requests": service.requests, "faults": service.faults, "models": service.fake.models}))


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
