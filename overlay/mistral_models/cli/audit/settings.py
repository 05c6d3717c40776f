"""The settings of a run: options of the command line, and `[tool.mistral-models.audit]` in `pyproject.toml`."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from .names import OK, STATUSES

TABLE: Final = "tool.mistral-models.audit"
_PATHS: Final = ("baseline", "catalogue")
_KEYS: Final = ("exclude", "fail-on", "fail-within", "baseline", "catalogue", "offline", "exit-zero")


def read_settings(folder: Path) -> dict[str, Any]:
    """Read the table in the `pyproject.toml` of a folder, or of the nearest one above that has such a file.

    Returns:
        Values by the names of the command's arguments. Files are relative to the `pyproject.toml`.

    Raises:
        UsageError: The file is not valid, or a setting is unknown or has a wrong type.
    """
    file = next(
        (each / "pyproject.toml" for each in (folder, *folder.parents) if (each / "pyproject.toml").is_file()), None
    )
    if file is None:
        return {}
    try:
        table = _find(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{file}: {error}") from None
    return {key.replace("-", "_"): _value(file, key, value) for key, value in table.items()}


def _find(content: Mapping[str, Any]) -> Mapping[str, Any]:
    for part in TABLE.split("."):
        found = content.get(part, {})
        if not isinstance(found, dict):
            raise ValueError(f"{part} is not a table")  # noqa: TRY004 reported like other errors in the file
        content = found
    return content


def _value(file: Path, key: str, value: Any) -> Any:  # noqa: ANN401 what the file has
    def reject(expected: str) -> click.UsageError:
        return click.UsageError(f"{file}: [{TABLE}] {key} must be {expected}, not {value!r}")

    is_strings = isinstance(value, list) and all(isinstance(each, str) and each for each in value)
    match key:
        case "exclude":
            if not is_strings:
                raise reject("a list of globs")
            return tuple(value)
        case "fail-on":
            if not is_strings:
                raise reject("a list of statuses")
            return parse_statuses(",".join(value), f"{file}: [{TABLE}] fail-on")
        case "fail-within":
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise reject("a number of days")
            return value
        case "offline" | "exit-zero":
            if not isinstance(value, bool):
                raise reject("true or false")
            return value
        case _ if key in _PATHS:
            if not isinstance(value, str) or not value:
                raise reject("the name of a file")
            return file.parent / value
        case _:
            raise click.UsageError(f"{file}: [{TABLE}] has no setting {key!r}; there are {', '.join(_KEYS)}")


def parse_statuses(text: str, where: str) -> frozenset[str]:
    """Parse statuses that are separated by commas.

    Raises:
        UsageError: One is unknown.
    """
    statuses = frozenset(each.strip() for each in text.split(",") if each.strip())
    known = [each for each in STATUSES if each != OK]
    for each in sorted(statuses):
        if each not in known:
            raise click.UsageError(f"{where}: {each!r} is no status; there are {', '.join(known)}")
    return statuses
