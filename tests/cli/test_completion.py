"""Completion in shells: the scripts, what is suggested, and the file that ids are kept in."""

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from mistral_models.testing import FakeMistral, base_model, fine_tuned_model

from .running import ENTRY, Program, serving

MINE = fine_tuned_model("support-triage")["id"]


def suggested(program, *words):
    """What zsh would be told: values and not their descriptions."""
    line = " ".join(["mistral-models", *program.before, *words])
    result = program.__class__(Path(program.environment["XDG_CACHE_HOME"]))(
        _MISTRAL_MODELS_COMPLETE="zsh_complete", COMP_WORDS=line, COMP_CWORD=str(len(line.split()) - (words[-1] != ""))
    )
    assert result.stderr == ""
    return result.stdout.splitlines()[1::3]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(alone, shell):
    """It calls the program back by the variable that the program looks at."""
    script = alone("completion", shell).stdout
    assert "_MISTRAL_MODELS_COMPLETE" in script
    assert f"{shell}_complete" in script
    if (found := shutil.which(shell)) is not None:
        checked = subprocess.run([found, "-n"], input=script, capture_output=True, text=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")


def test_commands_and_options_are_suggested(alone):
    """Before anything was listed, there are no ids, and no error."""
    assert {"list", "show", "delete", "doctor"} <= set(suggested(alone, ""))
    assert "--capability" in suggested(alone, "list", "--cap")
    assert suggested(alone, "show", "") == []


def in_bash(program, line):
    """What bash would insert after its last word, which ends at a colon, too."""
    script = (
        'eval "$(mistral-models completion bash)"; COMP_LINE="$1"; COMP_POINT=${#1}; '
        '_mistral_models_completion; for word in "${COMPREPLY[@]}"; do echo "[$word]"; done'
    )
    path = f"{Path(ENTRY).parent}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        ["bash", "-c", script, "bash", line], env={**program.environment, "PATH": path},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")
    return [word[1:-1] for word in result.stdout.splitlines()]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_ids_with_colons(served):
    """The part before the last colon stands in the line already."""
    served("list")
    line = f"mistral-models {' '.join(served.before)} show"
    assert in_bash(served, f"{line} codestral") == ["codestral-2508"]
    assert in_bash(served, f"{line} {MINE[:-6]}") == [MINE.rpartition(":")[2]]
    assert len(in_bash(served, f"{line} ")) == 13
    assert "show" in in_bash(served, "mistral-models ")
    assert in_bash(served, "mistral-models show mis") == []
    assert in_bash(served, f"{line} zzz") == []
    assert in_bash(served, "mistral-models sh") == ["show"]


def test_ids_are_those_that_were_listed_last(served):
    """By their beginning; for many ids, those that are there already are left out."""
    assert suggested(served, "show", "") == []
    served("list")
    assert suggested(served, "show", "ministral") == []
    assert suggested(served, "show", "mistral-s") == ["mistral-small-2506"]
    assert MINE in suggested(served, "archive", "ft:")
    assert MINE not in suggested(served, "archive", MINE, "ft:")
    other = Program(Path(served.environment["XDG_CACHE_HOME"]), "http://127.0.0.1:1")
    assert suggested(other, "show", "") == []


def test_a_part_of_the_list_does_not_replace_it(served):
    """Nor does the embedded service."""
    served("list")
    served("list", "--model", "open-mistral-7b")
    served("list", "--type", "base")
    assert MINE in suggested(served, "show", "ft:")
    demo = Program(Path(served.environment["XDG_CACHE_HOME"]))
    assert MINE in suggested(demo, "--demo", "show", "ft:")


def test_the_file_holds_ids_and_nothing_else(tmp_path):
    """Only its owner can read it; ids that would disturb a line are left out; the key is not there."""
    models = [base_model("plain"), base_model("two\nlines"), base_model("esc\x1b[31m")]
    with serving(tmp_path / "cache", FakeMistral(models, api_key="very-secret")) as program:
        assert len(json.loads(program("list", "--json").stdout)) == 3
    (kept,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept.read_text(encoding="utf-8") == "plain\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


def test_ids_are_kept_below_the_home_by_default(served, tmp_path):
    """As the documentation says."""
    del served.environment["XDG_CACHE_HOME"]
    assert served("list", "--jsonl", HOME=str(tmp_path)).returncode == 0
    assert any(MINE in path.read_text() for path in (tmp_path / ".cache" / "mistral-models").iterdir())


def test_a_home_that_cannot_be_written_is_no_error(tmp_path):
    """The list is shown all the same."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with serving(tmp_path / "file") as program:
        result = program("list", "--jsonl")
    assert (result.returncode, result.stderr) == (0, "")
    assert MINE in result.stdout
