"""The service in memory, for tests and demonstrations: in process, or on a loopback socket."""

from .catalogue import base_model, catalogue, classifier, fine_tuned_model
from .clock import FakeClock
from .fake import FakeMistral

__all__ = ["FakeClock", "FakeMistral", "base_model", "catalogue", "classifier", "fine_tuned_model"]
