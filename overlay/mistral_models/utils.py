"""What configures a client, under the names that users of the vendor's SDK know where it has the same."""

from mistral_models_raw.types import UNSET, Unset

from .answers import Answer
from .call import ResponseHook
from .clock import Clock
from .recorder import Recorder
from .retries import BackoffStrategy, RetryConfig, RetryHook, RetryState

__all__ = [
    "UNSET",
    "Answer",
    "BackoffStrategy",
    "Clock",
    "Recorder",
    "ResponseHook",
    "RetryConfig",
    "RetryHook",
    "RetryState",
    "Unset",
]
