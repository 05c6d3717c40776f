"""Examples that need packages besides this one: FastAPI, Dask and Jupyter."""

import ast
import contextlib
import json
import re
import subprocess
import sys

import httpx
import pytest
from mistral_models.testing import FakeMistral, base_model, fine_tuned_model, status

from tests.conftest import ROOT

from .markdown import code_blocks

pytestmark = pytest.mark.slow
NOTEBOOK = ROOT / "examples" / "explore_models.ipynb"


def test_the_web_service_lists_models(program, fake):
    """It filters by capability, and maps an error of the service to a 502 with the error message."""
    command = [sys.executable, "-m", "uvicorn", "--app-dir", "examples", "web_service:app", "--port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, env=program.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process, contextlib.ExitStack() as stack:  # fmt: skip
        stack.callback(process.terminate)
        assert process.stderr
        url = next(found[0] for line in process.stderr if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
        with httpx.Client(base_url=url, trust_env=False) as client:
            assert len(client.get("/models").json()) == len(fake.models)
            filtered = client.get("/models", params={"capability": "vision"}).json()
            fake.inject(status(403, {"message": "not for you"}))
            failed = client.get("/models")
    assert [card["id"] for card in filtered] == [
        model["id"] for model in fake.models if model["capabilities"]["vision"]
    ]
    assert (failed.status_code, failed.json()["detail"][:11]) == (502, "not for you")


def test_a_cluster_archives_the_models_that_match(serve):
    """Worker processes archive batches of models, each model once."""
    fake = FakeMistral([fine_tuned_model(f"model {number}") for number in range(120)] + [base_model("base")])
    result = serve(fake)("examples/archive_on_a_cluster.py", "ft:open-mistral-7b:*")
    assert sorted(result.stdout.split()) == sorted([m["id"] for m in fake.models[:120]] + ["archived"] * 120)
    assert all(model["archived"] for model in fake.models[:120])


def test_the_program_on_the_page_about_clusters_runs(program, fake, tmp_path):
    """As a script, it archives all fine-tuned models with four worker processes."""
    script = tmp_path / "page.py"
    script.write_text("\n".join(code_blocks(ROOT / "docs" / "cluster.md", "python")), "utf-8")
    result = program(script)
    tuned = [model["id"] for model in fake.models if model["type"] == "fine-tuned"]
    assert ast.literal_eval(result.stdout) == dict.fromkeys(tuned, "archived")
    assert fake.count("archive") == len(tuned) > 0


def test_the_lines_for_other_libraries_work(program, fake, tmp_path):
    """JSON libraries, pydantic, FastAPI, cattrs, attrs, pandas, polars and hypothesis do what the page says."""
    script = tmp_path / "page.py"
    use_app = (
        "from fastapi.testclient import TestClient\n"
        "client = TestClient(app)\n"
        "print(len(client.get('/models').json()['data']))\n"
        "print(client.post('/context', json=cards[0].to_dict()).json())\n"
    )
    script.write_text("\n".join([*code_blocks(ROOT / "docs" / "elsewhere.md", "python"), use_app]), "utf-8")
    printed = program(script).stdout.splitlines()
    vision = [model["id"] for model in fake.models if model["capabilities"]["vision"]]
    assert printed[:7] == [
        "True",
        str(len(fake.models)),
        "True",
        "True",
        "('capabilities', 'vision') expected boolean, got \"yes\"",
        "True",
        "False {}",
    ]
    assert printed[-4:] == [f"{len(fake.models)} True", str(len(vision)), str(len(fake.models)), "256000"]


def test_the_notebook_runs(program, fake, tmp_path):
    """All cells run in a new kernel; the notebook in the repository has no outputs."""
    stored = json.loads(NOTEBOOK.read_text("utf-8"))
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in stored["cells"])
    run = (
        "import nbclient, nbformat, sys; book = nbformat.read(sys.argv[1], 4);"
        "nbclient.NotebookClient(book, timeout=60).execute(); nbformat.write(book, sys.argv[2])"
    )
    program("-W", "default", "-c", run, NOTEBOOK, tmp_path / "run.ipynb")
    cells = json.loads((tmp_path / "run.ipynb").read_text("utf-8"))["cells"]
    first, card, able, last = (
        {kind: "".join(text) for kind, text in cell["outputs"][0]["data"].items()}
        for cell in cells
        if cell["cell_type"] == "code"
    )
    assert first["text/plain"] == "Counter({'base': 17, 'fine-tuned': 4})"
    assert "mistral-small-2603" in card["text/html"]
    assert "('completion_chat', 11)" in able["text/plain"]
    assert last["text/plain"] == "17"
    assert fake.count() == 3
