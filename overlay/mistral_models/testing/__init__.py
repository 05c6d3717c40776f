"""The service in memory, for tests and demonstrations: in process, or on a loopback socket."""

from .catalogue import Model, base_model, catalogue, classifier, fine_tuned_model
from .clock import FakeClock
from .fake import FakeMistral
from .wire import (
    Answer,
    Request,
    Trouble,
    closed,
    garbled,
    latency,
    oversized,
    refused,
    slow,
    status,
)

__all__ = [
    "Answer",
    "FakeClock",
    "FakeMistral",
    "Model",
    "Request",
    "Trouble",
    "base_model",
    "catalogue",
    "classifier",
    "closed",
    "fine_tuned_model",
    "garbled",
    "latency",
    "oversized",
    "refused",
    "slow",
    "status",
]
