"""The service in memory, for tests and demonstrations: in process, or on a loopback socket."""

from .catalogue import base_model, catalogue, classifier, fine_tuned_model
from .fake import FakeMistral

__all__ = ["FakeMistral", "base_model", "catalogue", "classifier", "fine_tuned_model"]
