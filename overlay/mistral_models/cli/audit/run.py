"""One run: read the files, find the names in them, and fix them on request."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from ..id_files import BYTE_ORDER_MARK
from .files import Encoding, File, Skipped, encoding_of, find_files, read
from .findings import Baseline, FileReport, Finding, Policy, Report, Summary, count, report_file, sort
from .fixes import Plan, Remark, diff, edited, plan
from .git import Uncommitted, uncommitted
from .names import DEPRECATED, OK, RETIRED, Names
from .places import CODE
from .scan import scan
from .tokens import Scanner
from .writing import replace_content

STANDARD_INPUT: Final = "-"
"""What reports call names that were read from there."""


class Request(NamedTuple):
    """What to do: the arguments of the command."""

    paths: tuple[Path, ...]
    current: Path
    """The working directory."""
    catalogue: Path | None = None
    offline: bool = False
    as_of: dt.date | None = None
    show_all: bool = False
    fail_on: frozenset[str] | None = None
    fail_within: int | None = None
    exit_zero: bool = False
    exclude: tuple[str, ...] = ()
    baseline: Path | None = None
    write_baseline: bool = False
    fix: bool = False
    show_diff: bool = False
    force: bool = False
    in_hook: bool = False
    """Whether this is a hook of pre-commit, for which staged changes are as good as committed ones."""

    @property
    def reads_standard_input(self) -> bool:
        """Whether names come from the standard input."""
        return Path("-") in self.paths

    @property
    def policy(self) -> Policy:
        """Which findings fail the run."""
        chosen = Policy(fail_within=self.fail_within)
        return chosen if self.fail_on is None else chosen._replace(fail_on=self.fail_on)


class TextFile(NamedTuple):
    """A file that was read."""

    file: File
    content: bytes
    encoding: Encoding
    text: str


class Fix(NamedTuple):
    """What is fixed in a file."""

    source: TextFile
    after: str
    """The text with the names replaced."""
    plan: Plan

    def diff(self) -> bytes:
        """Return the change as a unified diff, in the encoding of the file unless that is UTF-16 or UTF-32."""
        mark = BYTE_ORDER_MARK if self.source.encoding.name == "utf-8" and self.source.encoding.mark else ""
        lines = diff(self.source.file.name, mark + self.source.text, mark + self.after)
        return "".join(lines).encode("utf-8", "surrogateescape")


class Outcome(NamedTuple):
    """What a run found."""

    report: Report
    all_findings: tuple[Finding, ...]
    """All findings, including those in the baseline and names that are in order."""
    skipped: tuple[Skipped, ...]
    gone: int = 0
    """Number of findings in the baseline that no longer exist."""
    all_excluded: bool = False
    """Whether only files were given, and all of them are excluded."""


class Auditor:
    """Audits files.

    Args:
        request: What to do.
        names: What is known about names.
    """

    def __init__(self, request: Request, names: Names) -> None:
        self._request: Final = request
        self.names: Final = names
        self._scanner: Final = Scanner(names.known)
        self._policy: Final = request.policy

    def files(self) -> list[File]:
        """Return the files to read, without the baseline and the list: their names are not uses of models."""
        request = self._request
        own = {each.resolve() for each in (request.baseline, request.catalogue) if each is not None}
        found = find_files(request.paths, request.exclude, request.current)
        return [each for each in found if not own or each.path.resolve() not in own]

    def read(self, file: File) -> TextFile | Skipped | None:
        """Read a file as text; text is empty if a quick look shows that there is no name in it."""
        content = read(file)
        if content is None or isinstance(content, Skipped):
            return content
        encoding = encoding_of(content)
        if encoding is None:
            return Skipped(file.name, "a binary file")
        if not encoding.mark and not self._scanner.may_match(content):
            return TextFile(file, content, encoding, "")
        try:
            return TextFile(file, content, encoding, encoding.decode(content))
        except UnicodeDecodeError:
            return Skipped(file.name, f"invalid {encoding.name.upper()}", is_failure=True)

    def report(self, source: TextFile) -> FileReport:
        """Find the names in a file."""
        if not source.text:
            return FileReport()
        return report_file(
            source.file, source.text, scan(source.text, self._scanner, self.names), self.names, self._policy
        )

    def plan(self, source: TextFile) -> Fix:
        """Decide what is to be fixed in a file."""
        planned = plan(self.report(source).findings, source.text, force=self._request.force)
        return Fix(source, edited(source.text, planned.edits), planned)


def audit(
    request: Request, auditor: Auditor, baseline: Baseline | None, on_file: Callable[[int, int], None]
) -> Outcome:
    """Audit files.

    Args:
        request: What to do.
        auditor: What reads files and finds the names in them.
        baseline: The known findings.
        on_file: Called after each file with the number of files that are done, and of all files.
    """
    files = auditor.files()
    reports: list[FileReport] = []
    skipped: list[Skipped] = []
    for number, file in enumerate(files, 1):
        source = auditor.read(file)
        if isinstance(source, Skipped):
            skipped.append(source)
        elif source is not None:
            reports.append(auditor.report(source))
        on_file(number, len(files))
    outcome = _outcome(request, auditor.names, baseline, reports, skipped)
    return outcome._replace(
        gone=_gone(request, baseline, outcome.all_findings, files) if baseline else 0,
        all_excluded=not files and not any(path.is_dir() for path in request.paths),
    )


def _gone(request: Request, baseline: Baseline, findings: Sequence[Finding], files: Sequence[File]) -> int:
    """Count the findings of the baseline that no longer exist, in files that were read or that were removed."""
    read_files = {each.name for each in files}
    removed = {key[0] for key in baseline.counts if not (request.current / key[0]).exists()}
    return baseline.gone(findings, read_files | removed)


def plan_fixes(request: Request, auditor: Auditor, findings: Sequence[Finding]) -> Iterator[Fix]:
    """Read the files of findings again, and decide what is to be fixed in them.

    Without `--force`, files are left alone if git could not undo the change.
    """
    to_fix = {each.file for each in findings if each.status in {RETIRED, DEPRECATED}}
    fixes = [
        auditor.plan(source)
        for file in auditor.files()
        if file.name in to_fix and isinstance(source := auditor.read(file), TextFile)
    ]
    edits = [fix.source.file.path for fix in fixes if fix.plan.edits]
    unsafe = Uncommitted() if request.force else uncommitted(edits, staged_is_safe=request.in_hook)
    for fix in fixes:
        path = fix.source.file.path
        if path in unsafe.outside:
            yield _not_fixed(fix, "the file is not in a git repository; use --force to change it anyway")
        elif path in unsafe.changed:
            yield _not_fixed(fix, "the file has uncommitted changes; use --force to change it anyway")
        else:
            yield fix


def _not_fixed(fix: Fix, reason: str) -> Fix:
    not_fixed = (*fix.plan.not_fixed, *(Remark(each, reason) for each in fix.plan.edits))
    return fix._replace(after=fix.source.text, plan=Plan(not_fixed=not_fixed))


def apply(fix: Fix) -> bool:
    """Write a fixed file; return False if it has changed in the meantime, and was left alone.

    Raises:
        OSError: It cannot be written.
    """
    source = fix.source
    return replace_content(source.file.path, source.encoding.encode(fix.after), source.content)


def audit_names(request: Request, names: Names, lines: Sequence[tuple[int, str]]) -> Outcome:
    """Audit names that somebody lists, each with the number of its line."""
    scanner = Scanner(names.known)
    findings: list[Finding] = []
    for number, line in lines:
        name = next((token.name for token in scanner.tokens(line) if token.name and token.end == len(line)), line)
        verdict = names.judge(name) or names.unknown(name)
        level = request.policy.level(verdict, CODE, names.today, is_offline=names.is_offline)
        column = line.rfind(name) + 1
        findings.append(
            Finding(STANDARD_INPUT, number, column, column + len(name), verdict, level, CODE, STANDARD_INPUT)
        )
    return _outcome(request, names, None, [FileReport(tuple(findings))] if findings else [], [])


def _outcome(
    request: Request, names: Names, baseline: Baseline | None, reports: Sequence[FileReport], skipped: Sequence[Skipped]
) -> Outcome:
    every = sort([finding for report in reports for finding in report.findings])
    new = baseline.new(every) if baseline else every
    statuses, levels = count(new)
    summary = Summary(
        files=len(reports),
        skipped=sum(not each.is_failure for each in skipped),
        unreadable=sum(each.is_failure for each in skipped),
        names=len(every),
        suppressed=sum(report.suppressed for report in reports),
        known=len(every) - len(new),
        dynamic=sum(report.dynamic for report in reports),
        statuses=statuses,
        levels=levels,
    )
    return Outcome(
        report=Report(
            names=names,
            findings=tuple(each for each in new if request.show_all or each.status != OK),
            unused_suppressions=tuple(sorted(each for report in reports for each in report.unused_suppressions)),
            summary=summary,
        ),
        all_findings=tuple(every),
        skipped=tuple(skipped),
    )
