"""The fuzzing targets, over the corpus that is kept here and, with Atheris, for a moment beyond it."""

import importlib.util
import subprocess
import sys

import pytest

from tests.conftest import ROOT

from .targets import CORPUS, TARGETS

SEEDS = [(name, path) for name in TARGETS for path in sorted((CORPUS / name).iterdir())]


def test_every_target_has_a_corpus_and_no_corpus_lacks_its_target():
    """A folder that nobody reads would be forgotten."""
    assert {path.name for path in CORPUS.iterdir()} == set(TARGETS)
    assert {name for name, _ in SEEDS} == set(TARGETS)


@pytest.mark.parametrize(("name", "path"), SEEDS, ids=[f"{name}-{path.name}" for name, path in SEEDS])
def test_what_was_found_once_holds(name, path):
    """Real answers, and inputs that broke something before."""
    TARGETS[name](path.read_bytes())
    assert path.stat().st_size < 4096, "seeds are small"


def test_a_target_notices_what_does_not_hold():
    """A list that loses an entry is no list."""
    from mistral_models_raw.models import ModelList

    from .properties import OPERATIONS, check_decoding

    operation = OPERATIONS["list"]
    whole = operation.decode
    shortened = type(operation)("list", "GET", "/", decode=lambda payload: ModelList(data=whole(payload).data[1:]))
    with pytest.raises(AssertionError):
        check_decoding(shortened, {"data": [None, None]})


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="Atheris is not installed: make fuzz does it")
@pytest.mark.parametrize("name", TARGETS)
def test_a_moment_of_fuzzing_finds_nothing(name, tmp_path):
    """One second for each target; `make fuzz` takes minutes."""
    command = [sys.executable, "-m", "tests.fuzz.run", name, "1", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Done" in done.stderr
