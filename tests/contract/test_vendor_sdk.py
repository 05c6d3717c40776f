"""The vendor's SDK works with the fake service, so the fake matches the real protocol and not just our client."""

import json
import subprocess

from mistral_models.testing import fine_tuned_model

MODEL = fine_tuned_model("support-triage")["id"]
VENDOR = """
import sys
from mistralai.client import Mistral, errors
url, key, model, count = sys.argv[1:]
with Mistral(api_key=key, server_url=url) as mistral:
    listed = mistral.models.list()
    assert len(listed.data) == int(count), listed
    assert not any(getattr(card, "is_unknown", False) for card in listed.data), listed
    assert mistral.models.retrieve(model_id=model).type == "fine-tuned"
    assert mistral.models.update(model_id=model, name="n", description=None).name == "n"
    assert mistral.models.archive(model_id=model).archived is True
    assert mistral.models.unarchive(model_id=model).archived is False
    assert mistral.models.delete(model_id=model).deleted is True
    try:
        mistral.models.retrieve(model_id=model)
    except errors.SDKError as error:
        assert error.status_code == 404
    else:
        raise AssertionError("a deleted model was found")
    try:
        mistral.models.update(model_id=model, name=None)
    except errors.SDKError as error:
        assert error.status_code == 404
    else:
        raise AssertionError("a deleted model was updated")
print("all six")
"""


def test_the_vendors_sdk_completes_all_six_operations(fake, url, vendor_python):
    """It knows the type of every model that the fake lists."""
    command = [vendor_python, "-c", VENDOR, url, fake.api_key, MODEL, str(len(fake.models))]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr) == ("all six\n", "")
    assert [json.loads(request.body) for request in fake.requests if request.operation == "update"] == [
        {"name": "n", "description": None},
        {"name": None},
    ]
