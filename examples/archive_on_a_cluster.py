"""Archive thousands of fine-tuned models from the workers of a dask cluster.

It needs dask and distributed. `--scheduler` is the address of a running cluster.

    python examples/archive_on_a_cluster.py 'ft:open-mistral-7b:*' --workers 4
"""

import argparse
from fnmatch import fnmatch
from functools import partial

from dask.distributed import Client, as_completed
from mistral_models import APIResponse, Mistral, operations
from mistral_models.models import FTModelCard

BATCH = 100


def archive(mistral: Mistral, ids: list[str]) -> list[tuple[str, str]]:
    """Archive models on a worker, 8 at a time, and return the outcome of each."""
    with mistral:
        return [
            (operation.model_id or "", "archived" if isinstance(outcome, APIResponse) else str(outcome))
            for operation, outcome in mistral.send_all(map(operations.archive, ids))
        ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pattern")
    parser.add_argument("--scheduler", help="such as tcp://10.0.0.1:8786; without it, workers on this machine")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    local = {"n_workers": options.workers, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    # All workers share one rate limit, so give calls enough retries and time.
    with Mistral(retry_config=8, timeout_ms=600_000) as mistral:
        tuned = [card.id for card in mistral.models.list().data if isinstance(card, FTModelCard)]
        ids = [model_id for model_id in tuned if fnmatch(model_id, options.pattern)]
        batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
        with Client(options.scheduler) if options.scheduler else Client(**local) as workers:
            for future in as_completed(workers.map(partial(archive, mistral), batches, pure=False)):
                for model_id, outcome in future.result():
                    print(model_id, outcome)
