"""The soak: what it believes, what it measures, and that a short one ends well."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tools.soak import beliefs, samples
from tools.soak.beliefs import Action, Contradiction, State
from tools.soak.samples import Sample

FRESH = State(archived=False, name="new")
KNOWN: beliefs.Belief = frozenset([FRESH])
ARCHIVE = Action("archive", "m")
DELETE = Action("delete", "m")


def test_after_a_failure_both_states_are_possible_until_somebody_looks():
    """An answer that got lost says neither."""
    archived = FRESH._replace(archived=True)
    maybe = beliefs.unsure(KNOWN, ARCHIVE)
    assert maybe == {FRESH, archived}
    assert beliefs.seen(maybe, "m", archived) == {archived}
    assert beliefs.done(maybe, Action("update", "m", "n")) == {State(False, "n"), State(True, "n")}


def test_what_cannot_be_is_a_contradiction():
    """A state that nobody made, a model that nobody deleted, and one that came back."""
    for impossible in (
        lambda: beliefs.seen(KNOWN, "m", FRESH._replace(archived=True)),
        lambda: beliefs.absent(KNOWN, ARCHIVE),
        lambda: beliefs.done(frozenset([None]), ARCHIVE),
    ):
        with pytest.raises(Contradiction):
            impossible()


def test_a_deletion_may_have_been_carried_out_by_its_own_first_attempt():
    """Its second one then finds nothing."""
    assert beliefs.absent(KNOWN, DELETE) == {None}
    assert beliefs.done(KNOWN, DELETE) == {None}


def test_the_end_is_held_against_what_was_told():
    """Models too many, models too few, and models that are something else."""
    assert beliefs.differences({"m": KNOWN}, {"m": FRESH}) == []
    assert beliefs.differences({}, {"m": FRESH}) == ["m is there, though it was deleted"]
    assert "m is gone" in beliefs.differences({"m": KNOWN}, {})[0]


def measured(memory: float = 40, descriptors: int = 20) -> Sample:
    return Sample(1, 1, 0, memory, descriptors, 5, 5)


def test_what_grows_is_named_with_its_medians():
    """After warm-up; an outlier is no growth."""
    flat = [measured()] * 30
    assert samples.growth(flat) == []
    assert samples.growth([*flat[:29], measured(memory=99)]) == []
    (grown,) = samples.growth([measured(memory=40 + index) for index in range(30)])
    assert grown.startswith("memory grew from")
    (leaked,) = samples.growth([measured(descriptors=20 + index) for index in range(30)])
    assert leaked.startswith("descriptors grew from")
    assert "too few" in samples.growth(flat[:2])[0]
    assert len(samples.table(flat, rows=10).splitlines()) == 11


def test_a_short_soak_ends_well():
    """Nothing grows in eight seconds, and the service holds what the clients were told."""
    command = [sys.executable, "-m", "tools.soak", "--seconds", "8"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing grew" in done.stdout


@pytest.mark.parametrize("options", [("--seconds", "0"), ("--seconds", "nan"), ("--faults", "2")])
def test_a_soak_of_no_time_is_refused(options):
    """In one line."""
    command = [sys.executable, "-m", "tools.soak", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith("--seconds must be a number above 0, --faults one from 0 to 1")
