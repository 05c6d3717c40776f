"""A fake of the service for tests and demonstrations, in process or on a loopback socket."""

from ._catalogue import Model, base_model, catalogue, classifier, fine_tuned_model
from ._clock import FakeClock
from ._fake import FakeMistral
from ._faults import (
    Fault,
    connection_refused,
    disconnect,
    invalid_body,
    latency,
    oversized_body,
    silence,
    slow_body,
    status,
)
from ._messages import Request, Response

__all__ = [
    "FakeClock",
    "FakeMistral",
    "Fault",
    "Model",
    "Request",
    "Response",
    "base_model",
    "catalogue",
    "classifier",
    "connection_refused",
    "disconnect",
    "fine_tuned_model",
    "invalid_body",
    "latency",
    "oversized_body",
    "silence",
    "slow_body",
    "status",
]
