"""How retries and waits are configured, under the names that users of the vendor's SDK know."""

from .clock import Clock
from .retries import BackoffStrategy, RetryConfig, RetryHook, RetryState

__all__ = ["BackoffStrategy", "Clock", "RetryConfig", "RetryHook", "RetryState"]
