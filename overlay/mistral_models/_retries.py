"""Again, and when? One pure decision: from a failure and what was spent so far to a wait, or to giving up."""

import datetime
import email.utils
import math
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, Self

from mistral_models_raw.types import Unset

from .errors import APIConnectionError, MistralError, SDKError

DEFAULT_RETRIES: Final = 2
_NO_DEADLINE: Final = 60.0
"""How long retries go on, in seconds, where neither a policy nor a deadline says it."""


class BackoffStrategy:
    """How long to wait between attempts, with the arguments of the vendor's SDK.

    Args:
        initial_interval: The first wait, in milliseconds.
        max_interval: The longest wait, in milliseconds.
        exponent: What each wait is multiplied by to get the next.
        max_elapsed_time: After which no attempt is started, in milliseconds from the start of the call; None for the
            deadline of the call, or 60 s where it has none.
        jitter_ms: Wait up to this much longer, at random, in milliseconds. By default, any part of the wait is left
            out at random ("full jitter").
    """

    def __init__(
        self,
        initial_interval: int,
        max_interval: int,
        exponent: float,
        max_elapsed_time: int | None,
        jitter_ms: int | None = None,
    ) -> None:
        given = initial_interval, max_interval, exponent, max_elapsed_time or 0, jitter_ms or 0
        if not all(map(_is_finite, given)):
            raise ValueError("the arguments of BackoffStrategy must be numbers from 0, and not without end")
        self.initial_interval: int = initial_interval
        self.max_interval: int = max_interval
        self.exponent: float = exponent
        self.max_elapsed_time: int | None = max_elapsed_time
        self.jitter_ms: int | None = jitter_ms

    def wait(self, retries: int, chance: float) -> float:
        """Compute the wait before the next attempt, in seconds.

        Args:
            retries: How many attempts were repeated so far.
            chance: A random number from 0 to 1.
        """
        try:
            wait = min(self.initial_interval * self.exponent**retries, self.max_interval)
        except OverflowError:
            wait = self.max_interval
        if self.jitter_ms is None:
            return wait * chance / 1000
        return min(wait + self.jitter_ms * chance, self.max_interval) / 1000


class RetryConfig:
    """Whether and how failures are retried, with the arguments of the vendor's SDK and one more.

    Args:
        strategy: `backoff`, or `none` for no retries.
        backoff: The waits.
        retry_connection_errors: Whether failures of the connection are retried too.
        status_codes_override: Which statuses are retried, such as `["429", "5XX"]`.
        max_retries: How often an attempt is repeated at most; by default, as often as the time allows.
    """

    def __init__(
        self,
        strategy: str,
        backoff: BackoffStrategy,
        retry_connection_errors: bool,  # noqa: FBT001 the vendor's signature
        status_codes_override: list[str] | None = None,
        *,
        max_retries: int | None = None,
    ) -> None:
        if strategy not in {"backoff", "none"}:
            raise ValueError(f"strategy must be 'backoff' or 'none', not {strategy!r}")
        if strategy == "backoff" and not isinstance(backoff, BackoffStrategy):
            raise TypeError(f"backoff must be a BackoffStrategy, not {type(backoff).__name__}")
        if max_retries is not None and (not isinstance(max_retries, int) or max_retries < 0):
            raise ValueError(f"max_retries must be a number from 0, not {max_retries!r}")
        self.strategy: str = strategy
        self.backoff: BackoffStrategy = backoff
        self.retry_connection_errors: bool = retry_connection_errors
        self.status_codes_override: list[str] | None = status_codes_override
        self.max_retries: int | None = 0 if strategy == "none" else max_retries

    @classmethod
    def times(cls, retries: int) -> Self:
        """Make the default policy: 0.5 s doubling to 8 s, full jitter, until the deadline; only the number is given."""
        return cls("backoff", BackoffStrategy(500, 8000, 2, None), retry_connection_errors=True, max_retries=retries)


class RetryState(NamedTuple):
    """What a function passed as `retries` decides on."""

    error: MistralError
    """What the caller gets if there is no other attempt."""
    operation: str
    """Such as `delete`."""
    retries: int
    """How many attempts were repeated so far."""
    elapsed: float
    """Since the start of the call, in seconds."""
    proposed: float | None
    """The wait in seconds that the default policy proposes, or None where it would give up."""


RetryHook = Callable[[RetryState], float | None]
"""Returns how many seconds to wait before the next attempt, or None to give up."""

Retries = RetryConfig | RetryHook | int | Unset | None
"""What callers pass: a policy, a function that decides, a number of retries, None for none; left out, the default."""


class Spent(NamedTuple):
    """What a call has used up so far."""

    operation: str
    retries: int
    elapsed: float
    """Seconds."""
    remaining: float | None
    """Seconds to the deadline of the call, if it has one."""


def decide(retries: Retries, error: MistralError, spent: Spent, chance: float) -> float | None:
    """Say how many seconds to wait before the next attempt, or None to give up.

    Args:
        retries: What the caller passed.
        error: Why the last attempt failed.
        spent: What the call has used up.
        chance: A random number from 0 to 1.
    """
    if callable(retries):
        proposed = _by_policy(RetryConfig.times(DEFAULT_RETRIES), error, spent, chance)
        wait = retries(RetryState(error, spent.operation, spent.retries, spent.elapsed, proposed))
        if wait is not None and not _is_finite(wait):
            raise ValueError(f"the retry function must return None or a number of seconds from 0, not {wait!r}")
        wait = None if wait is None else float(wait)
    else:
        wait = _by_policy(_policy(retries), error, spent, chance)
    return None if wait is None or (spent.remaining is not None and wait >= spent.remaining) else wait


def _is_finite(number: float) -> bool:
    """Whether it is a number from 0 that a float can hold; callers pass what they like."""
    try:
        return number >= 0 and math.isfinite(number)
    except (TypeError, ArithmeticError):
        return False


def _policy(retries: RetryConfig | int | Unset | None) -> RetryConfig:
    if isinstance(retries, RetryConfig):
        return retries
    return RetryConfig.times(DEFAULT_RETRIES if isinstance(retries, Unset) else retries or 0)


def _by_policy(policy: RetryConfig, error: MistralError, spent: Spent, chance: float) -> float | None:
    if policy.max_retries is not None and spent.retries >= policy.max_retries:
        return None
    if not _may_repeat(policy, error):
        return None
    wait = error.retry_after or policy.backoff.wait(spent.retries, chance)
    return wait if spent.elapsed + wait <= _lasts(policy.backoff, spent) else None


def _lasts(backoff: BackoffStrategy, spent: Spent) -> float:
    """How long retries go on, in seconds from the start of the call; a deadline is for `decide` to heed."""
    if backoff.max_elapsed_time is not None:
        return backoff.max_elapsed_time / 1000
    return math.inf if spent.remaining is not None else _NO_DEADLINE


def _may_repeat(policy: RetryConfig, error: MistralError) -> bool:
    if isinstance(error, APIConnectionError):
        return policy.retry_connection_errors
    if not isinstance(error, SDKError):
        return False
    said = str(error.headers.get("x-should-retry", "")).strip().lower()
    if said in {"true", "false"}:
        return said == "true"
    # 409 only where the service says so: a conflict seldom passes by itself.
    status = str(error.status_code)
    patterns = policy.status_codes_override or ("408", "429", "500", "502", "503", "504")
    return any(str(pattern).upper() in {status, f"{status[0]}XX"} for pattern in patterns)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Read how long the service asks to wait, in seconds; None where it does not say, or says nothing sensible.

    `retry-after-ms` in milliseconds comes before `Retry-After`, a number of seconds or one of the three forms of an
    HTTP date (RFC 9110, 10.2.3 and 5.6.7).

    Args:
        headers: Of the answer.
        now: The time, in seconds since 1970-01-01 UTC.
    """
    value = headers.get("retry-after", "")
    asked = _number(headers.get("retry-after-ms", "")) / 1000, _number(value), _moment(value) - now
    return next((wait for wait in asked if 0 < wait < math.inf), None)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _moment(text: str) -> float:
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return math.nan
    # The form of asctime() names no zone: all HTTP dates are UTC.
    return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).timestamp()
