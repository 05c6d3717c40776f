"""Check that the models of a long list exist, 50 requests at a time, with asyncio.

It reads one id per line and prints each id that the service does not know once. The exit code is 1 if there are any.

    python examples/check_ids.py < ids.txt
"""

import asyncio
import sys
from contextlib import aclosing

from mistral_models import Mistral, errors, operations


async def find_missing(ids: list[str]) -> list[str]:
    """Return the ids that the service does not know."""
    found = set()
    async with Mistral() as mistral:
        requests = (operations.retrieve(model_id) for model_id in ids)
        async with aclosing(mistral.send_all_async(requests, concurrency=50)) as outcomes:
            async for operation, outcome in outcomes:
                if isinstance(outcome, errors.NotFoundError):
                    found.add(str(operation.model_id))
                elif isinstance(outcome, errors.MistralError):
                    raise outcome  # requests in flight are cancelled
    return sorted(found)


if __name__ == "__main__":
    ids = list(dict.fromkeys(line.strip() for line in sys.stdin if line.strip()))
    missing = asyncio.run(find_missing(ids))
    print(f"{len(ids)} checked, {len(missing)} gone", *missing, sep="\n")
    sys.exit(1 if missing else 0)
