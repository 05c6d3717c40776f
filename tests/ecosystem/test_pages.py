"""The programs on the pages about other tools run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from mistral_models.testing import FakeMistral, status

from tests.conftest import ROOT
from tests.examples.markdown import programs_by_section

pytestmark = pytest.mark.slow
PAGE = ROOT / "docs" / "observability.md"
# A part of what the programs of each section of docs/observability.md print if the first attempt fails.
OBSERVABILITY = {
    "OpenTelemetry": ['"name": "list models"', '"http.status_code": 503', '"http.status_code": 200'],
    "Sentry": [],
    "Logfire": ["list models", "GET"],
    "Metrics": [
        'mistral_attempts_total{operation="list",outcome="InternalServerError"} 1.0',
        'mistral_attempt_seconds_count{operation="list",outcome="success"} 1.0',
    ],
    "Logging": ["INFO:mistral_models:retrying GET /v1/models in 0.001 s: (503"],
}


def run(program: str, folder: Path, fake: FakeMistral, url: str) -> str:
    """Run a program with warnings as errors against a served fake, and return its output."""
    script = folder / "page.py"
    script.write_text(program, "utf-8")
    variables = {"MISTRAL_SERVER_URL": url, "MISTRAL_API_KEY": fake.api_key, "PYTHONUTF8": "1"}
    result = subprocess.run(
        [sys.executable, "-W", "error", str(script)], env=os.environ | variables,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout
    return result.stdout


def test_each_section_about_observability_is_tested():
    """A new section with a program needs a test."""
    assert programs_by_section(PAGE).keys() == OBSERVABILITY.keys()


@pytest.mark.parametrize("section", OBSERVABILITY)
def test_the_programs_about_observability_run(section, fake, url, tmp_path):
    """They show the retry of a failed attempt, without the API key."""
    fake.inject(status(503, headers={"retry-after-ms": "1"}))
    printed = run(programs_by_section(PAGE)[section], tmp_path, fake, url)
    assert not [expected for expected in OBSERVABILITY[section] if expected not in printed]
    assert fake.api_key not in printed
    assert fake.count() == 2
