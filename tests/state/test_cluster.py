"""The program of docs/cluster.md, run with worker processes against the fake service."""

import json
import re
import subprocess
import sys
from pathlib import Path

from mistral_models.testing import FakeMistral, fine_tuned_model, status

PAGE = Path(__file__).parents[2] / "docs" / "cluster.md"
PROGRAM, _ = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
MAIN = """
if __name__ == "__main__":
    import json, sys
    from dask.distributed import LocalCluster

    url, *ids = sys.argv[1:]
    mistral = Mistral("fake-key", server_url=url, retry_config=8)
    local = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with mistral, LocalCluster(n_workers=2, threads_per_worker=1, processes=True, **local) as cluster:
        outcomes = archive_all(cluster, mistral, ids, batch=30)
        with Client(cluster) as workers:
            card = workers.submit(mistral.models.retrieve, model_id=ids[0]).result()
            try:
                workers.submit(mistral.models.retrieve, model_id="gone").result()
            except errors.NotFoundError as error:
                caught = [error.status_code, error.attempts, json.loads(error.body)["code"]]
    print(json.dumps([outcomes, card.id, caught]))
"""


def test_dask_workers_archive_hundreds_of_models(tmp_path):
    """Every model is archived once despite 429 responses, and results and errors return with their attributes."""
    fake = FakeMistral([fine_tuned_model(f"model {number}") for number in range(200)])
    ids = [model["id"] for model in fake.models]
    fake.inject(status(429, headers={"Retry-After": "0"}), nth=10, times=20)
    script = tmp_path / "page.py"
    script.write_text(PROGRAM + MAIN, encoding="utf-8")
    with fake.serve() as url:
        command = [sys.executable, script, url, *ids, "gone"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    outcomes, retrieved, caught = json.loads(result.stdout)
    assert outcomes.pop("gone").startswith("Model gone not found (404 Not Found")
    assert outcomes == dict.fromkeys(ids, "archived")
    assert all(model["archived"] for model in fake.models)
    assert fake.count("archive") == 200 + 1 + 20
    assert (retrieved, caught) == (ids[0], [404, 1, "1500"])
