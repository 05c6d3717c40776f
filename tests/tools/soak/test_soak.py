"""The soak test: its oracle, its measurements, and a short run."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tools.soak import oracle, samples
from tools.soak.oracle import Action, InconsistencyError, State
from tools.soak.samples import Sample

NEW = State(archived=False, name="new")
KNOWN: oracle.PossibleStates = frozenset([NEW])
ARCHIVE = Action("archive", "m")
DELETE = Action("delete", "m")


def test_after_a_failure_both_states_are_possible_until_the_model_is_read():
    """A lost response leaves open whether the operation was carried out."""
    archived = NEW._replace(archived=True)
    states = oracle.after_failure(KNOWN, ARCHIVE)
    assert states == {NEW, archived}
    assert oracle.after_read(states, "m", archived) == {archived}
    assert oracle.after_success(states, Action("update", "m", "n")) == {State(False, "n"), State(True, "n")}


@pytest.mark.parametrize(
    "observe",
    [
        lambda: oracle.after_read(KNOWN, "m", NEW._replace(archived=True)),
        lambda: oracle.after_not_found(KNOWN, ARCHIVE),
        lambda: oracle.after_success(frozenset([None]), ARCHIVE),
    ],
    ids=["a state that no operation caused", "a model that nothing deleted", "a model that exists after its deletion"],
)
def test_an_impossible_result_is_an_inconsistency(observe):
    """A result that contradicts earlier ones raises an error."""
    with pytest.raises(InconsistencyError):
        observe()


def test_a_retried_deletion_may_find_no_model():
    """The first attempt may have deleted the model although its response was lost."""
    assert oracle.after_not_found(KNOWN, DELETE) == {None}
    assert oracle.after_success(KNOWN, DELETE) == {None}


def test_the_final_models_are_compared_with_the_expected_ones():
    """Additional and missing models are reported, and matching ones are not."""
    assert oracle.differences({"m": KNOWN}, {"m": NEW}) == []
    assert oracle.differences({}, {"m": NEW}) == ["m exists after it was deleted"]
    assert "m is deleted" in oracle.differences({"m": KNOWN}, {})[0]


def measured(memory: float = 40, descriptors: int = 20) -> Sample:
    return Sample(1, 1, 0, memory, descriptors, 5, 5)


def test_constant_usage_is_not_growth():
    """Equal samples, and a single outlier among them, are not reported."""
    flat = [measured()] * 30
    assert samples.growth(flat) == []
    assert samples.growth([*flat[:29], measured(memory=99)]) == []


def test_growing_usage_is_reported():
    """A resource whose median rises is named."""
    (grown,) = samples.growth([measured(memory=40 + index) for index in range(30)])
    assert grown.startswith("memory grew from")
    (leaked,) = samples.growth([measured(descriptors=20 + index) for index in range(30)])
    assert leaked.startswith("descriptors grew from")


def test_too_few_samples_are_reported():
    """Growth cannot be ruled out with two samples."""
    assert "too few" in samples.growth([measured()] * 2)[0]


def test_a_table_of_samples_has_at_most_the_given_number_of_rows():
    """Thirty samples fit into ten rows and a head."""
    assert len(samples.table([measured()] * 30, rows=10).splitlines()) == 11


def test_a_short_soak_finds_no_problems():
    """In eight seconds nothing grows, and the models of the service are as the clients observed them."""
    command = [sys.executable, "-m", "tools.soak", "--seconds", "8"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert "Nothing grew" in result.stdout


@pytest.mark.parametrize("options", [("--seconds", "0"), ("--seconds", "nan"), ("--faults", "2")])
def test_invalid_options_are_rejected(options):
    """A duration of zero or an impossible share of faults is a usage error."""
    command = [sys.executable, "-m", "tools.soak", *options]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].endswith("--seconds must be a number above 0, --faults a number from 0 to 1")
