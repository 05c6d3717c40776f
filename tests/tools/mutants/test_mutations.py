"""The mutations of a source file."""

import ast
import json

from tests.conftest import ROOT
from tools.mutants.__main__ import ACCEPTED
from tools.mutants.mutations import mutations

SOURCE = """\
'''Text with 1 == 2.'''
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    LIMIT = 3

def wait(seconds: int = 5) -> int | None:
    '''Not mutated: True.'''
    if seconds < 0 or not seconds:
        raise ValueError("ä", seconds)
    self.total = f"{seconds + 1}"
    return seconds * 2
"""


def test_each_mutation_changes_one_place():
    """Comparisons, logic, numbers, conditions, results and statements change; texts and annotations do not."""
    assert [(each.line, each.before, each.after) for each in mutations(SOURCE)] == [
        (7, "5", "6"),
        (9, "seconds < 0 or not seconds", "((seconds < 0) and (not seconds))"),
        (9, "seconds < 0", "(seconds <= 0)"),
        (9, "0", "1"),
        (9, "not seconds", "(seconds)"),
        (10, 'raise ValueError("ä", seconds)', "pass"),
        (11, 'self.total = f"{seconds + 1}"', "pass"),
        (12, "return seconds * 2", "return None"),
        (12, "seconds * 2", "(seconds / 2)"),
        (12, "2", "3"),
    ]


def test_a_description_names_the_statement_but_not_its_place():
    """It stays the same when the file changes elsewhere."""
    (first, *_), (_, *others) = (
        [each.description for each in mutations(source)] for source in ("x = 1", "y = 2\nx = 1")
    )
    assert [first] == others == ["1 → 2 in x = 1"]
    assert [each.description for each in mutations("raise ValueError\nraise ValueError")] == [
        "raise ValueError → pass",
        "raise ValueError → pass (2)",
    ]


def test_a_mutant_is_valid_python_and_differs_from_the_source():
    """Every mutant can be imported, so that tests notice it by its behaviour."""
    for each in mutations(SOURCE):
        assert ast.dump(ast.parse(each.source)) != ast.dump(ast.parse(SOURCE))


def test_every_accepted_mutant_exists_and_has_a_reason():
    """A reason goes with the code that it is about."""
    for file, reasons in json.loads(ACCEPTED.read_text("utf-8")).items():
        assert {*reasons} <= {each.description for each in mutations((ROOT / file).read_text("utf-8"))}
        assert all(reason.endswith(".") for reason in reasons.values())
