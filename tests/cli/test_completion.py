"""Shell completion: scripts, suggestions, and the cache of model ids."""

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from mistral_models.testing import FakeMistral, base_model, fine_tuned_model

from .runner import ENTRY_POINT, Cli, serving

MINE = fine_tuned_model("support-triage")["id"]


def suggestions(cli, *words, **variables):
    """The values that zsh gets, without their descriptions."""
    line = " ".join(["mistral-models", *cli.options, *words])
    position = len(line.split()) - (words[-1] != "")
    result = Cli(Path(cli.variables["XDG_CACHE_HOME"]))(
        _MISTRAL_MODELS_COMPLETE="zsh_complete", COMP_WORDS=line, COMP_CWORD=str(position), **variables
    )
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.splitlines()[1::3]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(cli, shell):
    """The script is valid, and calls the program with the variable that requests suggestions."""
    script = cli("completion", shell).stdout
    assert "_MISTRAL_MODELS_COMPLETE" in script
    assert f"{shell}_complete" in script
    if (found := shutil.which(shell)) is not None:
        checked = subprocess.run([found, "-n"], input=script, capture_output=True, text=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")


def test_commands_and_options_are_suggested(cli):
    """Commands and options are suggested; without cached ids no ids are."""
    assert {"list", "show", "delete", "doctor"} <= set(suggestions(cli, ""))
    assert "--capability" in suggestions(cli, "list", "--cap")
    assert suggestions(cli, "show", "") == []


def in_bash(cli, *lines):
    """What bash would insert after the last word of each line; a word ends at a colon, too."""
    script = (
        'eval "$(mistral-models completion bash)"; for line; do COMP_LINE="$line"; COMP_POINT=${#line}; '
        '_mistral_models_completion; printf "[%s]" "${COMPREPLY[@]}"; echo; done'
    )
    path = f"{Path(ENTRY_POINT).parent}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        ["bash", "-c", script, "bash", *lines], env={**cli.environment(), "PATH": path},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")
    return [line[1:-1].split("][") for line in result.stdout.splitlines()]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_ids_with_colons(tmp_path):
    """In bash, only the part of an id after the last colon of the incomplete word is inserted."""
    with serving(tmp_path, [base_model("codestral"), fine_tuned_model("support-triage")]) as cli:
        cli("list")
        show = f"mistral-models {' '.join(cli.options)} show"
        completed = in_bash(cli, f"{show} codes", f"{show} {MINE[:-6]}", "mistral-models sh")
    assert completed == [["codestral"], [MINE.rpartition(":")[2]], ["show"]]


def test_listed_ids_are_suggested(tmp_path):
    """All names of the models of the last list are suggested by their prefix, each once, except given ones."""
    names = {"name": "small", "aliases": ["small-2506", "small-latest"]}
    models = [base_model("small-2506", **names), base_model("small", **names), fine_tuned_model("support-triage")]
    with serving(tmp_path, models) as cli:
        assert suggestions(cli, "show", "") == []
        cli("list")
        assert suggestions(cli, "show", "") == ["small", "small-2506", "small-latest", MINE]
        assert suggestions(cli, "show", "small-") == ["small-2506", "small-latest"]
        assert suggestions(cli, "archive", "ft:") == [MINE]
        assert suggestions(cli, "archive", MINE, "ft:") == []
    other = Cli(Path(cli.variables["XDG_CACHE_HOME"]), "http://127.0.0.1:1")
    assert suggestions(other, "show", "") == []


def test_each_address_has_its_own_cache(fake, url, tmp_path):
    """It does not matter whether `--server-url` or MISTRAL_SERVER_URL sets the address."""
    Cli(tmp_path, key=fake.api_key)("list", MISTRAL_SERVER_URL=f"{url}/")
    cli, other = Cli(tmp_path), Cli(tmp_path, "http://127.0.0.1:1")
    assert suggestions(cli, "show", "ft:") == []
    assert suggestions(Cli(tmp_path, url), "show", MINE) == [MINE]
    assert suggestions(cli, "show", MINE, MISTRAL_SERVER_URL=url) == [MINE]
    assert suggestions(other, "show", MINE, MISTRAL_SERVER_URL=url) == []


def test_a_partial_list_does_not_replace_the_cache(connected_cli):
    """The cache is written by complete lists only; `--demo` suggests the ids of the fake service."""
    connected_cli("list")
    connected_cli("list", "--model", "nothing")
    connected_cli("list", "--type", "base")
    assert MINE in suggestions(connected_cli, "show", "ft:")
    demo = Cli(Path(connected_cli.variables["XDG_CACHE_HOME"]))
    assert MINE in suggestions(demo, "--demo", "show", "ft:")


def test_the_cache_contains_ids_only(tmp_path):
    """The cache is readable by its owner only, and has neither the key nor ids that would mean more to a shell."""
    unsafe = [
        "two\nlines",
        "esc\x1b[31m",
        "x;reboot",
        "$(reboot)",
        "`reboot`",
        "a b",
        "--yes",
        "x|y",
        "x'y",
        "*",
        "~x",
        "é",
    ]
    models = [base_model("plain"), *map(base_model, unsafe)]
    with serving(tmp_path / "cache", FakeMistral(models, api_key="very-secret")) as cli:
        assert len(json.loads(cli("list", "--json").stdout)) == len(models)
    (cached,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert cached.read_text(encoding="utf-8") == "plain\n"
    assert stat.S_IMODE(cached.stat().st_mode) == 0o600
    assert stat.S_IMODE(cached.parent.stat().st_mode) == 0o700


def test_the_cache_is_in_the_home_directory_by_default(connected_cli, tmp_path):
    """Without XDG_CACHE_HOME the cache is in ~/.cache."""
    home = tmp_path / "home"
    assert connected_cli("list", "--jsonl", HOME=str(home), XDG_CACHE_HOME="").exit_code == 0
    assert any(MINE in path.read_text() for path in (home / ".cache" / "mistral-models").iterdir())


def cache_file(cli):
    """Return the only file in the cache."""
    (path,) = (Path(cli.variables["XDG_CACHE_HOME"]) / "mistral-models").iterdir()
    return path


def test_a_cache_with_other_content_is_filtered(connected_cli):
    """Lines that are not ids, binary content and devices suggest nothing; a cache of any size is read at once."""
    connected_cli("list")
    path = cache_file(connected_cli)
    path.write_text("$(reboot)\nplain\nx\x1b[31m\n", encoding="utf-8")
    assert suggestions(connected_cli, "show", "") == ["plain"]
    path.write_bytes(b"\xff\xfe\n")
    assert suggestions(connected_cli, "show", "") == []
    with path.open("wb") as file:
        file.truncate(1 << 40)
    assert suggestions(connected_cli, "show", "") == []


@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe", "directory", "writable by others"])
def test_a_cache_that_others_could_have_written_is_not_used(connected_cli, tmp_path, kind):
    """It is not read, what it links to is not written, and the next list replaces it."""
    connected_cli("list")
    path = cache_file(connected_cli)
    target = tmp_path / "target"
    path.unlink()
    match kind:
        case "link" | "dangling link":
            if kind == "link":
                target.write_text("stolen\n", encoding="utf-8")
            path.symlink_to(target)
        case "pipe":
            os.mkfifo(path)
        case "directory":
            path.mkdir()
        case _:
            path.write_text("stolen\n", encoding="utf-8")
            path.chmod(0o666)
    assert suggestions(connected_cli, "show", "") == []
    assert connected_cli("list").exit_code == 0
    assert not target.exists() or target.read_text() == "stolen\n"
    assert (MINE in suggestions(connected_cli, "show", "")) == (kind != "directory")
    assert [*path.parent.iterdir()] == [path]


def test_other_files_in_the_folder_of_the_cache_are_not_overwritten(connected_cli, tmp_path):
    """A link with the name of a temporary file, which another program may have placed there, is not followed."""
    connected_cli("list")
    path = cache_file(connected_cli)
    target = tmp_path / "target"
    target.write_text("kept", encoding="utf-8")
    for pid in range(os.getpid(), os.getpid() + 5000):
        path.with_name(f"{path.name}.{pid}").symlink_to(target)
    connected_cli("list")
    assert target.read_text() == "kept"


def test_a_read_only_cache_is_not_an_error(tmp_path):
    """If the ids cannot be cached, the list is printed all the same."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with serving(tmp_path / "file") as cli:
        result = cli("list", "--jsonl")
    assert (result.exit_code, result.stderr) == (0, "")
    assert MINE in result.stdout


def test_a_relative_cache_folder_is_ignored(tmp_path, monkeypatch):
    """The XDG specification says to ignore a relative path: the ids are cached in the home directory."""
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "home"
    with serving(tmp_path) as cli:
        assert cli("list", XDG_CACHE_HOME="relative", HOME=str(home)).exit_code == 0
    assert len(list((home / ".cache" / "mistral-models").iterdir())) == 1
    assert not (tmp_path / "relative").exists()
