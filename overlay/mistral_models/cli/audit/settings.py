"""The settings of a run: options of the command line, and `[tool.mistral-models.audit]` in `pyproject.toml`."""

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from .names import OK, STATUSES

if TYPE_CHECKING:
    from mistral_models._json import Json

TABLE: Final = "tool.mistral-models.audit"
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
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from None
    except ValueError as error:
        raise click.UsageError(f"{file}: {error}") from None
    return {key.replace("-", "_"): _value(file, key, value) for key, value in table.items()}


def _find(content: "dict[str, Json]") -> "dict[str, Json]":
    table = content
    for part in TABLE.split("."):
        found = table.get(part, {})
        if not isinstance(found, dict):
            raise ValueError(f"[{TABLE}] is not a table")  # noqa: TRY004 reported like other errors in the file
        table = found
    return table


def _value(file: Path, key: str, value: "Json") -> Any:  # noqa: ANN401 what the file has
    where = f"{file}: [{TABLE}] {key}"
    match key:
        case "exclude" | "fail-on":
            strings = [each for each in value if isinstance(each, str) and each] if isinstance(value, list) else []
            if strings != value:
                raise click.UsageError(f"{where} must be a list of strings, not {value!r}")
            return tuple(strings) if key == "exclude" else parse_statuses(",".join(strings), where)
        case "fail-within":
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise click.UsageError(f"{where} must be a number of days, not {value!r}")
            return value
        case "offline" | "exit-zero":
            if not isinstance(value, bool):
                raise click.UsageError(f"{where} must be true or false, not {value!r}")
            return value
        case "baseline" | "catalogue":
            if not isinstance(value, str) or not value:
                raise click.UsageError(f"{where} must be the name of a file, not {value!r}")
            return file.parent / value
        case _:
            raise click.UsageError(f"{file}: [{TABLE}] has no setting {key!r}; the settings are {', '.join(_KEYS)}")


def parse_statuses(text: str, where: str) -> frozenset[str]:
    """Parse statuses that are separated by commas.

    Raises:
        UsageError: One is unknown.
    """
    statuses = frozenset(each.strip() for each in text.split(",") if each.strip())
    known = [each for each in STATUSES if each != OK]
    for each in sorted(statuses):
        if each not in known:
            raise click.UsageError(f"{where}: {each!r} is not a status; choose from {', '.join(known)}")
    return statuses
