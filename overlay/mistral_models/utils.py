"""What configures a client, under the names that users of the vendor's SDK know where it has the same."""

from mistral_models_raw.types import UNSET, Unset

from .answers import Answer
from .call import DebugLogger, ResponseHook
from .clock import Clock, SystemClock
from .recorder import Recorder
from .retries import BackoffStrategy, Retries, RetryConfig, RetryHook, RetryState
from .settings import AsyncHttpClient, HttpClient

__all__ = [
    "UNSET",
    "Answer",
    "AsyncHttpClient",
    "BackoffStrategy",
    "Clock",
    "DebugLogger",
    "HttpClient",
    "Recorder",
    "ResponseHook",
    "Retries",
    "RetryConfig",
    "RetryHook",
    "RetryState",
    "SystemClock",
    "Unset",
]
