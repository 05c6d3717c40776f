"""The fuzzing targets, with the stored corpus and, if Atheris is installed, with new inputs for a second each."""

import importlib.util
import subprocess
import sys

import pytest

from tests.conftest import ROOT

from .targets import CORPUS, TARGETS

SEEDS = [(name, path) for name in TARGETS for path in sorted((CORPUS / name).iterdir())]


def test_every_target_has_a_corpus():
    """Each folder of the corpus belongs to a target, and has at least one input."""
    assert {path.name for path in CORPUS.iterdir()} == set(TARGETS)
    assert {name for name, _ in SEEDS} == set(TARGETS)


@pytest.mark.parametrize(("name", "path"), SEEDS, ids=[f"{name}-{path.name}" for name, path in SEEDS])
def test_stored_inputs_pass(name, path):
    """Valid responses, and inputs that once failed, pass."""
    TARGETS[name](path.read_bytes())
    assert path.stat().st_size < 4096, "seeds are small"


def test_a_target_fails_if_a_list_loses_an_entry():
    """The properties can fail: decoding that drops the first entry is an error."""
    from mistral_models_raw.models import ModelList

    from .properties import OPERATIONS, check_decoding

    operation = OPERATIONS["list"]
    decode = operation.decode
    lossy = type(operation)("list", "GET", "/", decode=lambda payload: ModelList(data=decode(payload).data[1:]))
    with pytest.raises(AssertionError):
        check_decoding(lossy, {"data": [None, None]})


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="Atheris is not installed; `make fuzz` installs it"
)
@pytest.mark.parametrize("name", TARGETS)
def test_a_second_of_fuzzing_finds_no_failure(name, tmp_path):
    """Each target passes new inputs for one second; `make fuzz` takes minutes."""
    command = [sys.executable, "-m", "tests.fuzz.run", name, "1", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Done" in done.stderr
