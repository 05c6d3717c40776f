"""Keep the vendor's document, openapi.yaml, generated/ and overlay/ in step.

The exit code is 0 if there is nothing to do, 1 if there are differences, 2 if an input cannot be used, and 3 if the
result cannot be written.
"""

import argparse
import sys
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path

from . import generated, observed, overlay
from .documents import UnusableError
from .output import OutputError, write, write_message
from .rules import Severity
from .vendor import FORMATS, compare_with_client


class ExitCode(IntEnum):
    """Exit codes; argparse uses 2 for wrong arguments, too."""

    OK = 0
    DIFFERENCES = 1
    UNUSABLE_INPUT = 2
    OUTPUT_FAILED = 3


def main(arguments: list[str] | None = None) -> int:
    """Run one comparison, and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return ExitCode.DIFFERENCES if options.run(options) else ExitCode.OK
    except UnusableError as error:
        write_message(str(error))
        return ExitCode.UNUSABLE_INPUT
    except RecursionError:
        write_message(f"{' '.join(arguments or sys.argv[1:])}: nested too deeply")
        return ExitCode.UNUSABLE_INPUT
    except OutputError as error:
        write_message(str(error))
        return ExitCode.OUTPUT_FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.drift", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("generated", help="compare generated/ with what openapi.yaml compiles to")
    command.set_defaults(run=lambda _: generated.main())
    command = commands.add_parser(
        "overlay", help="compare the overlay, README.md and the fake service with openapi.yaml"
    )
    command.set_defaults(run=lambda _: overlay.main())
    command = commands.add_parser("vendor", help="compare openapi.yaml with a document of the vendor")
    command.add_argument("document", help="a file or a URL; JSON or YAML, OpenAPI 3.0 or 3.1")
    command.add_argument("--base", help="the document that the client was built from (openapi.yaml)")
    command.add_argument("--accepted", help="accepted differences (drift-accepted.yml, if the base is openapi.yaml)")
    command.add_argument("--all-operations", action="store_true", help="also compare operations that the client lacks")
    command.add_argument(
        "--fail-on", default="breaking", choices=[*Severity, "none"], help="the least severe difference that fails"
    )
    command.set_defaults(run=_vendor)
    _add_output_options(command, [*FORMATS])
    command = commands.add_parser("observed", help="compare recorded responses with openapi.yaml")
    command.add_argument("recorded", type=Path, help="a file or a folder of *.json, *.jsonl and *.ndjson")
    command.set_defaults(run=_observed)
    _add_output_options(command, [*observed.FORMATS])
    return parser


def _add_output_options(parser: argparse.ArgumentParser, formats: list[str]) -> None:
    parser.add_argument("--format", default="text", choices=formats)
    parser.add_argument("--output", type=Path, help="write to this file instead of standard output")


def _vendor(options: argparse.Namespace) -> bool:
    report = compare_with_client(
        options.document,
        base=options.base,
        accepted=options.accepted,
        all_operations=options.all_operations,
        fail_on=None if options.fail_on == "none" else Severity(options.fail_on),
        today=datetime.now(UTC).date(),
    )
    write(FORMATS[options.format](report), options.output)
    return report.has_failed


def _observed(options: argparse.Namespace) -> bool:
    summary = observed.observe(options.recorded)
    write(observed.FORMATS[options.format](summary), options.output)
    return summary.has_failed


if __name__ == "__main__":
    sys.exit(main())
