"""Retry policy: whether, and after how long, to try again. Pure."""

import functools
import math
from collections.abc import Callable, Collection
from typing import Any, Final, NamedTuple, Self

from mistral_models_raw.types import Unset

from . import _settings
from .errors import APIConnectionError, MistralError, SDKError

DEFAULT_RETRIES: Final = 2
DEFAULT_ATTEMPT_TIMEOUT_MS: Final = 15_000
_RETRIED_STATUSES: Final = ("408", "429", "500", "502", "503", "504")
_DEFAULT_WINDOW: Final = 60.0
"""Seconds during which calls are retried where neither a policy nor a deadline limits it."""


class BackoffStrategy:
    """How long to wait between attempts, with the arguments of the vendor's SDK.

    Args:
        initial_interval: The first wait, in milliseconds.
        max_interval: The longest wait, in milliseconds.
        exponent: The factor from each wait to the next.
        max_elapsed_time: No attempt starts later than this many milliseconds after the start of the call. None means
            the deadline of the call, or 60 s if it has none.
        jitter_ms: A random time of up to this many milliseconds is added to each wait. By default, each wait is a
            random part of the computed one ("full jitter").
    """

    def __init__(
        self,
        initial_interval: int,
        max_interval: int,
        exponent: float,
        max_elapsed_time: int | None,
        jitter_ms: int | None = None,
    ) -> None:
        numbers = {
            "initial_interval": initial_interval,
            "max_interval": max_interval,
            "exponent": exponent,
            "max_elapsed_time": max_elapsed_time or 0,
            "jitter_ms": jitter_ms or 0,
        }
        for name, number in numbers.items():
            if not _is_finite(number):
                raise ValueError(f"{name} must be a finite number >= 0, not {number!r}")
        self.initial_interval: int = initial_interval
        self.max_interval: int = max_interval
        self.exponent: float = exponent
        self.max_elapsed_time: int | None = max_elapsed_time
        self.jitter_ms: int | None = jitter_ms

    def wait(self, retries: int, random: float) -> float:
        """Compute the wait before the next attempt, in seconds.

        Args:
            retries: The number of retries so far.
            random: A random number from 0 to 1.
        """
        try:
            wait = min(self.initial_interval * self.exponent**retries, self.max_interval)
        except OverflowError:
            wait = self.max_interval
        if self.jitter_ms is None:
            return wait * random / 1000
        return min(wait + self.jitter_ms * random, self.max_interval) / 1000


class RetryConfig:
    """Which failures are retried and when, with the arguments of the vendor's SDK and two more.

    Args:
        strategy: `backoff`, or `none` for no retries.
        backoff: The waits between attempts.
        retry_connection_errors: Whether attempts without a response are retried too.
        status_codes_override: The statuses to retry, such as `["429", "5XX"]`; None and an empty list mean the default
            ones.
        max_retries: The maximum number of retries; by default, as many as there is time for.
        attempt_timeout_ms: Abandon an attempt that takes longer, in milliseconds, if another one can follow; None never
            does. The last possible attempt gets all the time that is left of the call.
    """

    def __init__(
        self,
        strategy: str,
        backoff: BackoffStrategy,
        retry_connection_errors: bool,  # noqa: FBT001 the vendor's signature
        status_codes_override: list[str] | None = None,
        *,
        max_retries: int | None = None,
        attempt_timeout_ms: float | None = DEFAULT_ATTEMPT_TIMEOUT_MS,
    ) -> None:
        if strategy not in ("backoff", "none"):
            raise ValueError(f"strategy must be 'backoff' or 'none', not {strategy!r}")
        if strategy == "backoff" and not isinstance(backoff, BackoffStrategy):
            raise TypeError(f"backoff must be a BackoffStrategy, not {type(backoff).__name__}")
        if isinstance(status_codes_override, str) or not isinstance(status_codes_override, Collection | None):
            raise TypeError(f"status_codes_override must be a list of strings, not {status_codes_override!r}")
        if max_retries is not None and not _is_count(max_retries):
            raise ValueError(f"max_retries must be an integer >= 0, not {max_retries!r}")
        if attempt_timeout_ms is not None and (not _is_finite(attempt_timeout_ms) or not attempt_timeout_ms):
            raise ValueError(f"attempt_timeout_ms must be a number of milliseconds above 0, not {attempt_timeout_ms!r}")
        self.strategy: str = strategy
        self.backoff: BackoffStrategy = backoff
        self.retry_connection_errors: bool = retry_connection_errors
        self.status_codes_override: list[str] | None = status_codes_override
        self.max_retries: int | None = 0 if strategy == "none" else max_retries
        self.attempt_timeout_ms: float | None = attempt_timeout_ms

    @classmethod
    def times(cls, retries: int) -> Self:
        """Create the default policy with another number of retries: 0.5 s doubling to 8 s, full jitter."""
        return cls("backoff", BackoffStrategy(500, 8000, 2, None), retry_connection_errors=True, max_retries=retries)


class RetryState(NamedTuple):
    """What a function passed as `retries` bases its decision on."""

    error: MistralError
    """The error that the caller gets if there is no further attempt."""
    operation: str
    """Such as `delete`."""
    retries: int
    """The number of retries so far."""
    elapsed: float
    """Seconds since the start of the call."""
    proposed: float | None
    """The wait in seconds that the default policy proposes; None if it would give up."""


RetryHook = Callable[[RetryState], float | None]
"""Returns how many seconds to wait before the next attempt; None to give up."""

Retries = RetryConfig | RetryHook | int | Unset | None
"""A policy, a function that decides, a number of retries, or None for no retries. Unset: the default."""


class Spent(NamedTuple):
    """What a call has used so far."""

    operation: str
    retries: int
    elapsed: float
    """Seconds since the start of the call."""
    remaining: float | None
    """Seconds to the deadline of the call; None if it has none."""


def checked(retries: Any, argument: str) -> Retries:  # noqa: ANN401 callers pass anything
    """Check a retry policy.

    Args:
        retries: The policy.
        argument: The argument's name, for the message.

    Raises:
        ValueError: It is not one of the types in `Retries`.
        TypeError: It is a coroutine function.
    """
    _settings.sync_function(retries, argument)
    if retries is None or _is_count(retries) or isinstance(retries, Unset | RetryConfig) or _is_function(retries):
        return retries  # type: ignore[no-any-return] # checked just now
    raise ValueError(
        f"{argument} must be a mistral_models.utils.RetryConfig, a function, None, or an integer >= 0, not {retries!r}"
    )


def _is_function(retries: object) -> bool:
    return callable(retries) and not isinstance(retries, type)


def next_wait(retries: Retries, error: MistralError, spent: Spent, random: float) -> float | None:
    """Decide how many seconds to wait before the next attempt; None to give up.

    Args:
        retries: The caller's policy.
        error: The error of the last attempt.
        spent: What the call has used so far.
        random: A random number from 0 to 1.
    """
    if callable(retries):
        proposed = _by_policy(_default_policy(DEFAULT_RETRIES), error, spent, random)
        wait = retries(RetryState(error, spent.operation, spent.retries, spent.elapsed, proposed))
        if wait is not None and not _is_finite(wait):
            raise ValueError(f"the retry function must return None or a finite number of seconds >= 0, not {wait!r}")
        wait = None if wait is None else float(wait)
    else:
        wait = _by_policy(_policy(retries), error, spent, random)
    return None if wait is None or (spent.remaining is not None and wait >= spent.remaining) else wait


def attempt_timeout(retries: Retries, spent: Spent) -> float | None:
    """Decide after how many seconds the next attempt is abandoned; None if it may use all the time that is left.

    An attempt is abandoned only if another one can follow: otherwise a call would fail that could still succeed. With a
    function as the policy, that is not known in advance.

    Args:
        retries: The caller's policy.
        spent: What the call has used so far; `retries` counts the attempts that were made.
    """
    if callable(retries):
        return None
    policy = _policy(retries)
    if policy.attempt_timeout_ms is None or spent.remaining is None or not policy.retry_connection_errors:
        return None
    if policy.max_retries is not None and spent.retries >= policy.max_retries:
        return None
    timeout = policy.attempt_timeout_ms / 1000
    used = timeout + policy.backoff.wait(spent.retries, 1.0)
    is_last = used >= spent.remaining or spent.elapsed + used > _retry_window(policy.backoff, spent)
    return None if is_last else timeout


def _by_policy(policy: RetryConfig, error: MistralError, spent: Spent, random: float) -> float | None:
    if policy.max_retries is not None and spent.retries >= policy.max_retries:
        return None
    if not _is_retryable(policy, error):
        return None
    wait = error.retry_after or policy.backoff.wait(spent.retries, random)
    return wait if spent.elapsed + wait <= _retry_window(policy.backoff, spent) else None


def _policy(retries: RetryConfig | int | Unset | None) -> RetryConfig:
    if isinstance(retries, RetryConfig):
        return retries
    return _default_policy(DEFAULT_RETRIES if isinstance(retries, Unset) else retries or 0)


@functools.lru_cache(maxsize=16)
def _default_policy(retries: int) -> RetryConfig:
    return RetryConfig.times(retries)


def _is_retryable(policy: RetryConfig, error: MistralError) -> bool:
    if isinstance(error, APIConnectionError):
        return policy.retry_connection_errors and not error.is_permanent
    if not isinstance(error, SDKError):
        return False
    override = str(error.headers.get("x-should-retry", "")).strip().lower()
    if override in {"true", "false"}:
        return override == "true"
    # 409 is not listed: a conflict seldom resolves by itself.
    status = str(error.status_code)
    patterns = map(_status_pattern, policy.status_codes_override or _RETRIED_STATUSES)
    return any(pattern in {status, f"{status[0]}XX"} for pattern in patterns)


def _status_pattern(pattern: object) -> str:
    return (_settings.plain(pattern) if isinstance(pattern, str) else str(pattern)).upper()


def _retry_window(backoff: BackoffStrategy, spent: Spent) -> float:
    """Return how many seconds after the start of the call attempts may start; `next_wait` checks the deadline."""
    if backoff.max_elapsed_time is not None:
        return backoff.max_elapsed_time / 1000
    return math.inf if spent.remaining is not None else _DEFAULT_WINDOW


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_finite(number: float) -> bool:
    """Return whether this is a finite number >= 0; callers pass anything."""
    try:
        return number >= 0 and math.isfinite(number)
    except (TypeError, ArithmeticError):
        return False
