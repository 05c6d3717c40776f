"""`--fix` and `--diff`: what is replaced, what is left alone, and that files stay whole."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.runner import ENTRY_POINT

from .conftest import LISTED

NAME = "open-mistral-7b"


def fixed(project, content: str, file: str = "app.py", *arguments: str) -> str:
    """The content of a file after `--fix --force`."""
    path = project.write(file, content)
    project.run("--fix", "--force", *arguments)
    return path.read_bytes().decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f'model = "{NAME}"', 'model = "ministral-8b-2512"'),
        ('model = "mistral/codestral-2405"', 'model = "mistral/codestral-2508"'),
        ('model = "mistral-small"', 'model = "mistral-small-latest"'),
        ('model = "pixtral-large-latest"', 'model = "mistral-medium-latest"'),
        ('model = "mistral-large-2411"', 'model = "mistral-medium-3-5"'),
        (f'x = "{NAME}"; y = "{NAME}"', 'x = "ministral-8b-2512"; y = "ministral-8b-2512"'),
        ('{"model": "open-mistral-nemo-2407"}', '{"model": "ministral-8b-2512"}'),
    ],
)
def test_a_name_is_replaced_by_a_listed_one(project, before, after):
    """A pinned name stays pinned, one that moves stays one that moves, and prefixes are kept."""
    assert fixed(project, before) == after


@pytest.mark.parametrize(
    "content",
    [
        f"x = 1  # {NAME}",
        f'"""{NAME}"""',
        f'prices = {{"{NAME}": 0.25}}',
        f"{{'{NAME}' => 1}}",
        'model = "mistral-large-2407"',
        'model = "mistral-large-latest"',
        'model = "mistral-large-lates"',
        'model = "mistral-medium-latest"',
        'model = "ft:open-mistral-7b:587a6b29:20240514:7e773925"',
        f'model = "{NAME}"  # mistral-models: ignore[{NAME}]',
        'model = f"mistral-{size}-2407"',
    ],
)
def test_names_that_should_not_be_replaced_are_left_alone(project, content):
    """These are names in comments and keys, without a listed replacement, not retired, or suppressed."""
    assert fixed(project, content) == content


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("poetry.lock", f'model = "{NAME}"'),
        ("tests/cassettes/a.yaml", f"model: {NAME}"),
        ("README.md", f"It was {NAME} then."),
        (
            "a.ipynb",
            json.dumps({"cells": [{"cell_type": "code", "outputs": [{"text": f"model='{NAME}'"}], "source": ""}]}),
        ),
    ],
)
def test_files_that_programs_write_and_sentences_are_left_alone(project, file, content):
    """Lock files, cassettes and outputs are records, and a sentence may be about the past."""
    assert fixed(project, content, file) == content


def test_examples_in_documentation_are_fixed(project):
    """They are meant to be copied."""
    before = f'Was {NAME}.\n\n    ask(model="{NAME}")\n'
    assert fixed(project, before, "README.md") == f'Was {NAME}.\n\n    ask(model="ministral-8b-2512")\n'


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("codestral-2501", "codestral-2508 has less context: 256,000 tokens, not 262,144"),
        ("voxtral-mini-2507", "voxtral-mini-2602 has less context"),
        ("mistral-large-2407", "its replacement mistral-large-2512 is not in the list"),
    ],
)
def test_a_replacement_that_can_do_less_needs_force(project, name, reason):
    """The message says what is lost; `--force` accepts it, but not a name that is not listed."""
    path = project.write("app.py", f'model = "{name}"\n')
    project.commit()
    result = project.run("--fix")
    assert f"app.py:1: {name} is not replaced: {reason}" in result.stderr
    assert (result.exit_code, path.read_text()) == (6, f'model = "{name}"\n')
    project.run("--fix", "--force")
    assert (name in path.read_text()) == (name == "mistral-large-2407")


def test_a_lost_capability_needs_force(project):
    """A model with fewer capabilities is not a drop-in replacement."""
    project.write("app.py", 'model = "voxtral-mini-2507"\n')
    listed = json.loads(Path(LISTED).read_text())["data"]
    for entry in listed:
        entry["max_context_length"] = 1_000_000
    catalogue = project.write("list.json", json.dumps(listed))
    project.commit()
    result = project.cli("audit", "--catalogue", str(catalogue), "--fix")
    assert "voxtral-mini-2602 lacks completion_chat, function_calling" in result.stderr


def test_fixing_needs_a_way_back(project):
    """Outside of a repository, and in files with uncommitted changes, nothing is changed without `--force`."""
    path = project.write("app.py", f'model = "{NAME}"\n')
    outside = project.run("--fix")
    assert "not in a git repository; use --force" in outside.stderr
    project.commit()
    project.write("new.py", f'model = "{NAME}"\n')
    project.write("app.py", f'model = "{NAME}"\nx = 1\n')
    changed = project.run("--fix")
    assert changed.stderr.count("uncommitted changes; use --force") == 2
    assert path.read_text() == f'model = "{NAME}"\nx = 1\n'
    project.git("add", ".")
    project.git("commit", "--quiet", "--message", "more")
    assert project.run("--fix").exit_code == 0
    assert path.read_text() == 'model = "ministral-8b-2512"\nx = 1\n'


def test_in_a_hook_staged_changes_are_enough(project):
    """pre-commit runs hooks on staged files, which git can restore from the index."""
    path = project.write("app.py", f'model = "{NAME}"\n')
    project.git("init", "--quiet")
    project.git("add", ".")
    assert "uncommitted changes" in project.run("--fix").stderr
    assert "app.py: replaced 1 name\n" in project.run("--fix", "app.py", PRE_COMMIT="1").stderr
    project.write("app.py", f'model = "{NAME}"  # more\n')
    assert "uncommitted changes" in project.run("--fix", "app.py", PRE_COMMIT="1").stderr
    assert path.read_text() == f'model = "{NAME}"  # more\n'


@pytest.mark.parametrize(
    ("prefix", "encoding"),
    [(b"", "utf-8"), (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\0\0\xfe\xff", "utf-32-be")],
)
def test_encoding_line_ends_and_mode_are_kept(project, prefix, encoding):
    """Nothing but the name changes, byte for byte."""
    text = '# caf\u00e9 \U0001f600\r\nmodel = "{}"\rx\n\n'
    path = project.write("app.py", prefix + text.format(NAME).encode(encoding))
    path.chmod(0o751)
    project.run("--fix", "--force")
    assert path.read_bytes() == prefix + text.format("ministral-8b-2512").encode(encoding)
    assert path.stat().st_mode & 0o777 == 0o751


def test_bytes_that_are_no_text_are_kept(project):
    """A file in Latin-1 is fixed without being converted."""
    path = project.write("app.py", b'# caf\xe9\nmodel = "open-mistral-7b"\n')
    project.run("--fix", "--force")
    assert path.read_bytes() == b'# caf\xe9\nmodel = "ministral-8b-2512"\n'


def test_a_fixed_tree_audits_clean(project):
    """The report after `--fix` is that of the fixed files, and a second run changes nothing."""
    project.write("app.py", f'model = "{NAME}"\nsmall_model = "mistral-small"\n')
    project.write("config.yaml", "model: mistral-medium-2505\n")
    project.commit()
    first = project.audit("--fix")
    assert (first.exit_code, first.findings) == (0, [])
    assert "app.py: replaced 2 names\n" in first.stderr
    assert "config.yaml: replaced 1 name\n" in first.stderr
    project.git("commit", "--all", "--quiet", "--message", "fixed")
    second = project.audit("--fix")
    assert (second.findings, "replaced" in second.stderr) == ([], False)
    assert subprocess.run(["git", "status", "--porcelain"], capture_output=True, check=True).stdout == b""


def test_the_diff_can_be_applied(project):
    """`--diff` prints what `--fix` would change, and changes nothing."""
    before = f'a\nmodel = "{NAME}"\r\nb\nother: "{NAME}"'
    path = project.write("lib/app.py", before)
    project.commit()
    command = [ENTRY_POINT, "audit", "--catalogue", LISTED, "--diff"]
    result = subprocess.run(command, capture_output=True, check=False)
    assert (result.returncode, path.read_bytes().decode()) == (6, before)
    subprocess.run(["git", "apply", "-"], input=result.stdout, check=True)
    assert path.read_bytes().decode() == before.replace(NAME, "ministral-8b-2512")


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfmodel = '%s'\n", b"# caf\xe9\nmodel = '%s'\n"])
def test_the_diff_of_files_in_other_encodings_can_be_applied(project, content):
    """It has the bytes of the file, a byte-order mark and Latin-1 included."""
    path = project.write("app.py", content % NAME.encode())
    project.commit()
    command = [ENTRY_POINT, "audit", "--catalogue", LISTED, "--diff"]
    result = subprocess.run(command, capture_output=True, check=False)
    subprocess.run(["git", "apply", "-"], input=result.stdout, check=True)
    assert path.read_bytes() == content % b"ministral-8b-2512"


def test_names_that_would_be_there_twice_are_reported(project):
    """Two retired names in a list can have the same replacement."""
    path = project.write("app.py", 'MODELS = ["mistral-small-2402", "mistral-small-2603", "open-mistral-7b"]\n')
    project.commit()
    result = project.run("--fix")
    assert "app.py:1: mistral-small-2603 is already nearby" in result.stderr
    assert "ministral-8b-2512 is already nearby" not in result.stderr
    assert path.read_text() == 'MODELS = ["mistral-small-2603", "mistral-small-2603", "ministral-8b-2512"]\n'


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_replacement_in_another_paragraph_is_not_reported(project, line_end):
    """An empty line ends a paragraph, with every kind of line end."""
    project.write("app.py", line_end.join(['x = "codestral-2405"', "", 'y = "codestral-2508"', ""]))
    assert "nearby" not in project.run("--fix", "--force").stderr
    project.write("app.py", line_end.join(['x = "codestral-2405"', 'y = "codestral-2508"', ""]))
    assert "nearby" in project.run("--fix", "--force").stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_cannot_be_written_is_reported(project):
    """One line names the file, which is as it was, and nothing is left behind."""
    path = project.write("lib/app.py", f'model = "{NAME}"\n')
    (project.folder / "lib").chmod(0o555)
    result = project.run("--fix", "--force")
    (project.folder / "lib").chmod(0o755)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith("lib/app.py: Permission denied\n")
    assert path.read_text() == f'model = "{NAME}"\n'
    assert [*path.parent.iterdir()] == [path]


@pytest.mark.slow
def test_an_interrupted_fix_leaves_every_file_whole(project):
    """Whenever the process is killed, each file has its old or its new content."""
    before, after = (f'model = "{name}"\n' + "#" * 50_000 for name in (NAME, "ministral-8b-2512"))
    names = [f"{number}.py" for number in range(150)]
    seen = set()
    for attempt in range(4):
        for name in names:
            project.write(name, before)
        command = [ENTRY_POINT, "audit", "--catalogue", LISTED, "--as-of", "2026-10-08", "--fix", "--force"]
        process = subprocess.Popen(command, cwd=project.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert process.stderr is not None
        for _ in range(1 + 20 * attempt):
            process.stderr.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stderr.close()
        contents = {(project.folder / name).read_text() for name in names}
        seen |= contents
        assert contents <= {before, after}
    assert seen == {before, after}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    st.lists(
        st.sampled_from([
            f'model = "{NAME}"', "# codestral-2405", 'x = f"mistral-{y}"', 'model="mistral-small"', "\u00e9 \U0001f600",
            'M = ["mistral-tiny", "mistral-medium-2505"]', "", 'p = {"mistral-small-2409": 1}', "model: codestral-2501",
        ]),
        max_size=12,
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
)  # fmt: skip
def test_fixing_twice_changes_nothing_more(project, lines, line_end):
    """Every file is fixed by one run; what is not a name of a model stays."""
    once = fixed(project, line_end.join(lines))
    assert fixed(project, once) == once
    assert len(once.split(line_end)) == max(len(lines), 1)
