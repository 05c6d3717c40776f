"""Which files are read, and how they are decoded."""

import os

import pytest

CODE = 'model = "open-mistral-7b"\n'


def files(outcome) -> list[str]:
    return [name for name, _, _ in outcome.names]


def test_in_a_repository_git_decides(project):
    """Tracked and new files are read, in hidden folders too; ignored and deleted ones are not."""
    for name in (".github/workflows/ci.yml", "app.py", "gone.py", "node_modules/x.js"):
        project.write(name, CODE)
    project.commit()
    (project.folder / "gone.py").unlink()
    project.write(".gitignore", "ignored.py\n")
    project.write("ignored.py", CODE)
    project.write("new.py", CODE)
    assert files(project.audit()) == [".github/workflows/ci.yml", "app.py", "new.py", "node_modules/x.js"]


def test_a_repository_in_a_repository_is_counted_as_skipped(project):
    """Git lists it as one entry, whether it is a submodule or not; as PATH it is audited itself."""
    project.write("inner/app.py", CODE)
    project.git("init", "--quiet", "inner")
    project.git("init", "--quiet")
    project.write("app.py", CODE)
    outcome = project.audit("-v")
    assert (files(outcome), outcome.report["summary"]["skipped"]) == (["app.py"], 1)
    assert "inner: not read: a git repository of its own" in outcome.stderr
    assert files(project.audit("inner")) == ["inner/app.py"]


def test_a_repository_of_another_user_is_an_error(project):
    """Git refuses to list its files, as in containers; the message has the command that allows it."""
    project.write("app.py", CODE)
    project.commit()
    result = project.run(GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"safe.directory {project.folder}" in result.stderr


def test_a_symbolic_link_that_is_named_is_not_followed(project):
    """The message says why nothing was read."""
    project.write("target.py", CODE)
    (project.folder / "link.py").symlink_to("target.py")
    result = project.run("link.py")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nothing was read" in result.stderr
    assert "link.py is a symbolic link" in result.stderr


def test_outside_of_a_repository_folders_of_tools_are_left_out(project):
    """These are hidden folders, `node_modules` and virtual environments; hidden files are read."""
    for name in (".env", "app.py", ".cache/a.py", "node_modules/b.js", "venv/pyvenv.cfg", "venv/lib/c.py", "lib/d.py"):
        project.write(name, CODE)
    assert files(project.audit()) == [".env", "app.py", "lib/d.py"]


def test_a_file_that_is_named_is_read_in_any_case(project):
    """Ignoring is for folders; a file that is given twice counts once."""
    project.write(".gitignore", "app.py\n")
    project.write("app.py", CODE)
    project.commit()
    assert files(project.audit("app.py", "./app.py")) == ["app.py"]


def test_names_of_files_outside_of_the_working_directory_are_kept(project, tmp_path):
    """They are reported as they were given."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "app.py").write_text(CODE)
    outcome = project.audit(str(tmp_path / "elsewhere"))
    assert (files(outcome), outcome.exit_code) == ([f"{tmp_path}/elsewhere/app.py"], 6)
    assert files(project.audit("../elsewhere")) == ["../elsewhere/app.py"]


@pytest.mark.parametrize(
    "content",
    [
        CODE.encode("utf-8-sig"),
        b"\xff\xfe" + CODE.encode("utf-16-le"),
        b"\xfe\xff" + CODE.encode("utf-16-be"),
        b"\xff\xfe\0\0" + CODE.encode("utf-32-le"),
        b"\0\0\xfe\xff" + CODE.encode("utf-32-be"),
        CODE.encode() + b"# caf\xe9\n",
        CODE.encode() + b"x" * 9000 + b"\0",
    ],
    ids=["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "latin-1", "late-nul"],
)
def test_text_is_read_in_every_encoding_with_a_mark(project, content):
    """The column does not count the mark; bytes that are not UTF-8 do no harm."""
    project.write("app.py", content)
    (found,) = project.audit().findings
    assert (found["line"], found["column"]) == (1, 10)


def test_what_is_not_read_is_counted_and_reported_on_request(project, tmp_path):
    """Binary and large files and symbolic links are skipped; a file in a broken encoding is unreadable."""
    project.write("app.py", CODE)
    project.write("binary.dat", b"\0" + CODE.encode())
    project.write("large.py", CODE + "#" * 1024 * 1024)
    project.write("broken.txt", b"\xff\xfea")
    (tmp_path / "target.py").write_text(CODE)
    (project.folder / "link.py").symlink_to(tmp_path / "target.py")
    (project.folder / "folder").symlink_to(tmp_path)
    outcome = project.audit("-v")
    assert files(outcome) == ["app.py"]
    assert (outcome.report["summary"]["skipped"], outcome.report["summary"]["unreadable"]) == (4, 1)
    for reason in ("binary.dat: not read: a binary file", "large.py: not read: a file of more than 1 MiB",
                   "link.py: not read: a symbolic link", "broken.txt: not read: invalid UTF-16"):  # fmt: skip
        assert reason in outcome.stderr
    assert "not read" not in project.audit().stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_counted(project):
    """The others are audited nevertheless."""
    project.write("app.py", CODE)
    project.write("secret.py", CODE).chmod(0)
    outcome = project.audit()
    assert (files(outcome), outcome.report["summary"]["unreadable"]) == (["app.py"], 1)


def test_a_run_that_reads_nothing_is_not_a_success(project):
    """An empty folder, one with binary files only, excluded files and empty input have exit code 1, and a reason."""
    project.write("folder/binary.dat", b"\0")
    (project.folder / "empty").mkdir()
    for arguments, reason in (
        (["empty"], "there is no text file in the given paths\n"),
        (["folder"], "there is no text file in the given paths; folder/binary.dat is a binary file\n"),
        (["--exclude", "*"], "there is no text file in the given paths that is not excluded\n"),
        (["-"], "the standard input has no names\n"),
    ):
        result = project.run(*arguments, input="# nothing\n")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.endswith(f"mistral-models: nothing was read: {reason}")


def test_a_missing_path_is_a_usage_error(project):
    """A typing error in a workflow is noticed: the exit code is 2, and the message names the path."""
    result = project.run("nowhere")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "nowhere" in result.stderr


def test_globs_exclude_files_and_folders(project):
    """A glob is for the whole name, or for the last part of it or of a folder above."""
    for name in ("app.py", "lib/a.py", "lib/b.js", "vendor/lib/c.py"):
        project.write(name, CODE)
    assert files(project.audit("--exclude", "lib")) == ["app.py"]
    assert files(project.audit("--exclude", "lib/*.py", "--exclude", "vendor")) == ["app.py", "lib/b.js"]
    assert files(project.audit("--exclude", "*.py")) == ["lib/b.js"]
    assert project.run("--exclude", "*").exit_code == 1
    assert project.run("app.py", "--exclude", "app.py").exit_code == 0


def test_file_names_with_any_characters_are_reported(project):
    """Spaces, line breaks and bytes that are not UTF-8 are a part of the name."""
    for name in ("a b.py", "a\nb.py", "\u00e9.py", os.fsdecode(b"\xff.py")):
        project.write(name, CODE)
    project.commit()
    assert sorted(files(project.audit())) == sorted(["a\nb.py", "a b.py", "\u00e9.py", "\udcff.py"])
    assert "a\\nb.py:1:10" in project.run().stdout
