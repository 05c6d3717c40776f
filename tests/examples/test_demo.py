"""`make demo` runs the six operations."""

import os
import subprocess
import sys

from tests.conftest import ROOT


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "MISTRAL_API_KEY"}
    command = [sys.executable, "-m", "tools.demo", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_demo_runs_all_six_operations():
    """It prints each call with its result."""
    result = run()
    assert (result.returncode, result.stderr) == (0, "")
    for call, shown in (
        ("list()", "  # 50 entries for 21 models\n    codestral-2508 and 3 other names\n"),
        ("retrieve(model_id=", "FTModelCard(id='ft:"),
        ("update(model_id=", "name='triage-v2'"),
        ("archive(model_id=", "archived=True"),
        ("unarchive(model_id=", "archived=False"),
        ("delete(model_id=", "deleted=True"),
    ):
        assert f"mistral.models.{call}" in result.stdout
        assert shown in result.stdout.partition(f"mistral.models.{call}")[2]


def test_the_real_service_needs_a_key():
    """Without a key, one line says how to pass it."""
    result = run("--live")
    assert result.returncode == 1
    assert result.stderr == "demo: no API key: pass api_key, or set the environment variable MISTRAL_API_KEY\n"
