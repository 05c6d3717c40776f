"""Retry with a policy of your own: wait long for a busy service, and fail at once without a connection.

It suits programs that run in the background.

    python examples/retry_policy.py
"""

import logging

from mistral_models import Mistral, errors
from mistral_models.utils import RetryState

HALF_AN_HOUR = 1800.0

log = logging.getLogger("retry_policy")


def patient(state: RetryState) -> float | None:
    """Return the seconds to wait before the next attempt, or None to give up."""
    if not isinstance(state.error, errors.RateLimitError | errors.InternalServerError):
        return None  # an invalid request, or no connection: retries do not help
    wait = state.error.retry_after or min(2.0**state.retries, 60.0)
    log.warning("%s: %s; next attempt in %.0f s", state.operation, state.error.message, wait)
    return wait


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(message)s")
    # The deadline ends a call, whatever the policy decides.
    with Mistral(retry_config=patient, timeout_ms=HALF_AN_HOUR * 1000) as mistral:
        for card in mistral.models.list().data:
            print(card.id)
