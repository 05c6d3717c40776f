"""Redocly, an independent comparison, agrees about which changes are breaking, or the reason why not is listed."""

import json
import os
import subprocess

import pytest

from tests.conftest import VENDOR_DOCUMENTS, needs_vendor_documents
from tests.tools.drift.documents import CLIENT, differences, mutated
from tests.tools.drift.test_mutations import ROWS
from tests.tools.drift.test_rewrites import DOCUMENT_REWRITES, REWRITES

DISAGREEMENTS = {
    "request-body-added-required": "Redocly counts every new body as compatible, but a call without it is rejected",
    "request-property-removed": "Redocly assumes that servers ignore unknown fields, but users lose the effect",
    "security-changed": "Redocly counts it as compatible that no key is needed any more, but a maintainer must check",
    "server-removed": "Redocly does not compare the servers of an operation",
    "response-variant-added": "the permissive variant handles it, which Redocly does not know",
    "response-enum-value-added": "the client keeps values that are not listed",
    "response-enum-opened": "the client keeps values that are not listed",
    "operation-id-changed": "Redocly assumes that method names are generated from it; this client's are not",
    "request-constraint-changed": "the client does not check constraints; a rejection is an ordinary 4XX",
    "error-status-removed": "the client raises for every 4XX and 5XX, documented or not",
}
ONE_ROW_PER_RULE = {row[1]: row for row in ROWS}


def is_breaking(node_modules, folder, base: str, other: str) -> bool:
    (folder / "base.json").write_text(base)
    (folder / "other.json").write_text(other)
    result = subprocess.run(
        [node_modules / ".bin" / "redocly", "diff", folder / "base.json", folder / "other.json", "--format=json"],
        capture_output=True, text=True, check=False,
        env={**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
    )  # fmt: skip
    return bool(json.loads(result.stdout)["summary"]["major"])


@pytest.mark.parametrize(("severity", "rule", "places", "mutation"), ONE_ROW_PER_RULE.values(), ids=ONE_ROW_PER_RULE)
def test_redocly_agrees_about_a_change_or_the_reason_is_listed(
    node_modules, tmp_path, severity, rule, places, mutation
):
    """Redocly and this comparison agree, except about the listed rules; a rule that needs no reason fails, too."""
    found = is_breaking(node_modules, tmp_path, json.dumps(CLIENT), json.dumps(mutated(mutation)))
    assert (found == (severity == "breaking")) == (rule not in DISAGREEMENTS)


@pytest.mark.parametrize("name", ["reordered", "without annotations", "renamed"])
def test_redocly_agrees_that_an_equivalent_document_breaks_nothing(node_modules, tmp_path, name):
    """Redocly recognizes these notations as equivalent."""
    other = DOCUMENT_REWRITES[name](mutated(lambda tree: None))
    assert not is_breaking(node_modules, tmp_path, json.dumps(CLIENT), json.dumps(other))


@pytest.mark.parametrize("name", ["nullable by anyOf", "allOf of one", "no discriminator"])
def test_redocly_reports_false_alarms_that_this_comparison_does_not(node_modules, tmp_path, name):
    """Redocly does not normalize these notations, which is the reason to have a comparison of our own."""
    other = mutated(REWRITES[name])
    assert is_breaking(node_modules, tmp_path, json.dumps(CLIENT), json.dumps(other))
    assert differences(CLIENT, other) == []


@needs_vendor_documents
def test_redocly_agrees_about_the_vendors_documents(node_modules, tmp_path):
    """Both comparisons find that `job` may be absent and may be null."""
    older, newer = (VENDOR_DOCUMENTS / f"vendor-{day}.yaml" for day in ("2026-03-04", "2026-07-24"))
    assert is_breaking(node_modules, tmp_path, older.read_text(), newer.read_text())
