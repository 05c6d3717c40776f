"""A result that cannot be written is not mistaken for a difference: it has an exit code of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tools.drift import observed, vendor

RESPONSE = '{"operation": "list", "status": 302, "body": null}\n'
COMMANDS = [
    *(("vendor", name) for name in vendor.FORMATS),
    *(("observed", name) for name in observed.FORMATS),
]
needs_dev_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")


@pytest.fixture
def arguments(tmp_path, command) -> list[str]:
    """A command that finds differences, in one of its formats."""
    name, format_ = command
    if name == "vendor":
        other = tmp_path / "other.yaml"
        other.write_text((ROOT / "openapi.yaml").read_text().replace("/v1/models:", "/v2/models:"))
        return [name, str(other), "--format", format_]
    responses = tmp_path / "responses.jsonl"
    responses.write_text(RESPONSE)
    return [name, str(responses), "--format", format_]


def run(arguments: list[str], stdout: int, stderr: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.drift", *arguments],
        cwd=ROOT, stdout=stdout, stderr=stderr, text=True, check=False,
    )  # fmt: skip


@needs_dev_full
@pytest.mark.parametrize("command", COMMANDS, ids="-".join)
def test_a_full_disk_is_reported_in_one_line(arguments):
    """The exit code is 3, and standard error names the reason."""
    with Path("/dev/full").open("w") as full:
        result = run(arguments, full.fileno())
    assert (result.returncode, result.stderr) == (3, "cannot write to standard output: No space left on device\n")


@pytest.mark.parametrize("command", COMMANDS, ids="-".join)
def test_a_closed_pipe_is_reported_in_one_line(arguments):
    """The exit code is 3, and standard error names the reason."""
    reading, writing = os.pipe()
    os.close(reading)
    result = run(arguments, writing)
    os.close(writing)
    assert (result.returncode, result.stderr) == (3, "cannot write to standard output: Broken pipe\n")


@needs_dev_full
@pytest.mark.parametrize("command", COMMANDS, ids="-".join)
def test_a_full_disk_under_the_output_file_is_reported_in_one_line(arguments):
    """The exit code is 3, standard output stays empty, and standard error names the file and the reason."""
    result = run([*arguments, "--output", "/dev/full"], subprocess.PIPE)
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr == "cannot write to /dev/full: No space left on device\n"


@pytest.mark.parametrize("command", [("vendor", "text"), ("observed", "text")], ids="-".join)
def test_a_missing_output_folder_is_reported_in_one_line(arguments, tmp_path):
    """The exit code is 3, and standard error names the file and the reason."""
    path = tmp_path / "missing" / "result"
    result = run([*arguments, "--output", str(path)], subprocess.PIPE)
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr == f"cannot write to {path}: No such file or directory\n"


@needs_dev_full
@pytest.mark.parametrize("command", [("vendor", "text")], ids="-".join)
def test_the_exit_code_is_kept_if_the_message_cannot_be_written_either(arguments):
    """The exit code is 3 although standard error is full, too."""
    with Path("/dev/full").open("w") as full:
        assert run(arguments, full.fileno(), full.fileno()).returncode == 3


@pytest.mark.parametrize("command", [("vendor", "json"), ("observed", "json")], ids="-".join)
def test_a_complete_result_has_the_exit_code_of_the_differences(arguments):
    """The same commands end with 1 if their result can be written."""
    assert run(arguments, subprocess.PIPE).returncode == 1
