"""The command line: `python -m tools.drift generated|overlay|vendor|observed`."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from . import generated, observed, overlay
from .documents import UnusableError
from .rules import Severity
from .vendor import FORMATS, vendor

_UNUSABLE = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one comparison.

    Returns:
        0 if there is nothing to act on, 1 if there is, 2 if an input is unusable.
    """
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except UnusableError as error:
        print(_writable(str(error)), file=sys.stderr)
    except RecursionError:
        print(f"{' '.join(arguments or sys.argv[1:])}: nested too deeply", file=sys.stderr)
    return _UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.drift", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("generated", help="generated/ against what the generator makes of openapi.yaml")
    one.set_defaults(run=lambda _: generated.main())
    one = commands.add_parser("overlay", help="the overlay, its documentation and its fake against openapi.yaml")
    one.set_defaults(run=lambda _: overlay.main())
    one = commands.add_parser("vendor", help="openapi.yaml against a document of the vendor")
    one.add_argument("document", help="a file or a URL; JSON or YAML, OpenAPI 3.0 or 3.1")
    one.add_argument("--base", help="the document that the client was built from (openapi.yaml)")
    one.add_argument("--accepted", help="accepted differences (drift-accepted.yml, if the base is openapi.yaml)")
    one.add_argument("--all-operations", action="store_true", help="also those that the client does not implement")
    one.add_argument("--fail-on", default="breaking", choices=[*Severity, "none"], help="the least that is a failure")
    one.set_defaults(run=_vendor)
    _output(one, [*FORMATS])
    one = commands.add_parser("observed", help="recorded answers against openapi.yaml")
    one.add_argument("recorded", type=Path, help="a file or a folder of *.json, *.jsonl and *.ndjson")
    one.set_defaults(run=_observed)
    _output(one, [*observed.FORMATS])
    return parser


def _output(parser: argparse.ArgumentParser, formats: list[str]) -> None:
    parser.add_argument("--format", default="text", choices=formats)
    parser.add_argument("--output", type=Path, help="write to this file, not to standard output")


def _vendor(chosen: argparse.Namespace) -> int:
    report = vendor(
        chosen.document,
        base=chosen.base,
        accepted=chosen.accepted,
        every=chosen.all_operations,
        level=None if chosen.fail_on == "none" else Severity(chosen.fail_on),
        today=datetime.now(UTC).date(),
    )
    _write(FORMATS[chosen.format](report), chosen.output)
    return int(report.has_failed)


def _observed(chosen: argparse.Namespace) -> int:
    found = observed.observe(chosen.recorded)
    _write(observed.FORMATS[chosen.format](found), chosen.output)
    return int(found.has_failed)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(_writable(text))
        return
    try:
        output.write_text(_writable(text), encoding="utf-8")
    except OSError as error:
        raise UnusableError(str(output), error.strerror or str(error)) from None


def _writable(text: str) -> str:
    """A document may hold halves of surrogate pairs, which no encoding can write."""
    return text.encode(errors="backslashreplace").decode()


if __name__ == "__main__":
    sys.exit(main())
