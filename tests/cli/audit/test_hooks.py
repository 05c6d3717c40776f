"""The hooks for pre-commit in `.pre-commit-hooks.yaml`."""

import shlex

import pytest
import yaml

from tests.conftest import ROOT

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_needs_neither_key_nor_network(project, hook):
    """It gets the names of staged text files, fails if a name is retired, and installs what the command line needs."""
    project.write("app.py", 'model = "open-mistral-7b"  # was codestral-2405\n')
    project.git("init", "--quiet")
    project.git("add", ".")
    program, *arguments = shlex.split(hook["entry"])
    result = project.cli(*arguments, "app.py", PRE_COMMIT="1")
    is_fixed = "--fix" in arguments
    assert (program, hook["types"], hook["additional_dependencies"]) == ("mistral-models", ["text"], [".[cli]"])
    assert result.exit_code == (0 if is_fixed else 6)
    assert ("open-mistral-7b" not in (project.folder / "app.py").read_text()) == is_fixed
