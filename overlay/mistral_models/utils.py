"""What configures a client, and what its hooks receive. Names shared with the vendor's SDK have the same meaning."""

from mistral_models_raw.types import UNSET, Unset

from ._call import AttemptHook, AttemptResult, DebugLogger
from ._clock import Clock, SystemClock
from ._recorder import Recorder
from ._response import RawResponse
from ._retries import BackoffStrategy, Retries, RetryConfig, RetryHook, RetryState
from ._settings import AsyncHttpClient, HttpClient

__all__ = [
    "UNSET",
    "AsyncHttpClient",
    "AttemptHook",
    "AttemptResult",
    "BackoffStrategy",
    "Clock",
    "DebugLogger",
    "HttpClient",
    "RawResponse",
    "Recorder",
    "Retries",
    "RetryConfig",
    "RetryHook",
    "RetryState",
    "SystemClock",
    "Unset",
]
