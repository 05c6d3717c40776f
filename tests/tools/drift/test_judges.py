"""A comparison that nobody here wrote says the same about breaking or not, or the reason why not stands here."""

import json
import os
import subprocess

import pytest

from tests.tools.drift.documents import CLIENT, VENDOR, differences, mutated
from tests.tools.drift.test_mutations import ROWS
from tests.tools.drift.test_rewrites import REWRITES, WHOLE

DISAGREEMENTS = {
    "request-body-added-required": "the judge counts any body that is new as harmless; a call without it is refused",
    "request-property-removed": "the judge holds that servers ignore what they do not know; users lose an effect",
    "security-changed": "the judge counts it as harmless that no key is asked for any more; people must look",
    "server-removed": "the judge does not look at the servers of an operation",
    "response-variant-added": "absorbed by the permissive variant, of which the judge does not know",
    "response-enum-value-added": "absorbed: the client keeps values that nobody listed",
    "response-enum-opened": "absorbed: the client keeps values that nobody listed",
    "operation-id-changed": "the judge thinks of generated names; the names of this client's methods are its own",
    "request-constraint-changed": "the client does not check constraints; the service's refusal is an ordinary 4XX",
    "error-status-removed": "the client raises for every 4XX and 5XX, documented or not",
}
ONE_OF_EACH = {row[1]: row for row in ROWS}


def is_breaking(node_modules, folder, base: str, other: str) -> bool:
    (folder / "base.json").write_text(base)
    (folder / "other.json").write_text(other)
    result = subprocess.run(
        [node_modules / ".bin" / "redocly", "diff", folder / "base.json", folder / "other.json", "--format=json"],
        capture_output=True, text=True, check=False,
        env={**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
    )  # fmt: skip
    summary = json.loads(result.stdout)["summary"]
    return bool(summary["major"])


@pytest.mark.parametrize(("severity", "rule", "places", "mutation"), ONE_OF_EACH.values(), ids=ONE_OF_EACH)
def test_the_judge_agrees_on_a_change_or_the_reason_is_known(node_modules, tmp_path, severity, rule, places, mutation):
    """A reason that is no longer needed fails too."""
    found = is_breaking(node_modules, tmp_path, json.dumps(CLIENT), json.dumps(mutated(mutation)))
    assert (found == (severity == "breaking")) == (rule not in DISAGREEMENTS)


@pytest.mark.parametrize("name", ["shuffled", "bare", "renamed"])
def test_the_judge_agrees_that_a_rewrite_breaks_nothing(node_modules, tmp_path, name):
    """Those rewrites that it understands."""
    other = mutated(lambda tree: tree)
    assert not is_breaking(node_modules, tmp_path, json.dumps(CLIENT), json.dumps(WHOLE[name](other)))


@pytest.mark.parametrize("name", ["nullable by anyOf", "allOf of one", "no discriminator"])
def test_the_judge_takes_a_rewrite_for_a_break_where_this_one_does_not(node_modules, tmp_path, name):
    """The false alarms for which there is a comparison of our own: it does not resolve and normalise as deeply."""
    other = mutated(REWRITES[name])
    assert is_breaking(node_modules, tmp_path, json.dumps(CLIENT), json.dumps(other))
    assert differences(CLIENT, other) == []


def test_the_judge_agrees_on_the_vendors_documents(node_modules, tmp_path):
    """Both find that `job` may be missing and may be null."""
    if not VENDOR.exists():
        pytest.skip("the vendor's documents are not here")
    older, newer = (VENDOR / f"vendor-{day}.yaml" for day in ("2026-03-04", "2026-07-24"))
    assert is_breaking(node_modules, tmp_path, older.read_text(), newer.read_text())
