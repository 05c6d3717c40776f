"""In what kind of place a name stands: code, configuration, comment, documentation, test or the output of a notebook.

The kind of a file follows from its path, that of a part of it from the syntax of its language. Pure.
"""

import itertools
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final, NamedTuple

CODE: Final = "code"
CONFIGURATION: Final = "configuration"
COMMENT: Final = "comment"
DOCUMENTATION: Final = "documentation"
TEST: Final = "test"
OUTPUT: Final = "output"
EFFECTIVE: Final = frozenset({CODE, CONFIGURATION})
"""Places where a name reaches the service when the program runs."""

_DOCUMENTATION_SUFFIXES: Final = frozenset({
    ".md", ".markdown", ".mdx", ".mkd", ".rst", ".adoc", ".asciidoc", ".txt", ".org", ".tex", ".textile",
    ".pod", ".rdoc",
})  # fmt: skip
_CONFIGURATION_SUFFIXES: Final = frozenset({
    ".yaml", ".yml", ".toml", ".json", ".jsonc", ".json5", ".ini", ".cfg", ".conf", ".env", ".properties", ".tf",
    ".tfvars", ".hcl", ".xml", ".csv", ".tsv", ".plist", ".nix",
})  # fmt: skip
_DOCUMENTATION_FOLDERS: Final = frozenset({"doc", "docs", "documentation"})
_DOCUMENTATION_NAMES: Final = re.compile(
    r"(?i)(?:readme|changelog|changes|history|news|contributing|license|licence|notice|authors|security)(?:\.\w+)?"
)
_CONFIGURATION_TEXTS: Final = re.compile(r"(?i)(?:requirements|constraints)[\w.-]*\.txt|cmakelists\.txt")
_TEST_FOLDERS: Final = frozenset({
    "test", "tests", "__tests__", "spec", "specs", "testdata", "test-data", "test_data", "testing", "fixtures",
    "__fixtures__",
    "cassettes", "__snapshots__", "snapshots", "e2e", "__mocks__", "mocks",
})  # fmt: skip
_TEST_NAMES: Final = re.compile(
    r"test_.*|.*_test\.\w+|.*_tests\.\w+|.*[.-](?:test|spec)\.\w+|.*_spec\.rb|conftest\.py|.*(?:Test|Tests|IT|Spec)\.\w+|.*\.snap"
)
_CASSETTE_FOLDERS: Final = frozenset({"cassettes", "__snapshots__", "snapshots"})
_LOCK_FILES: Final = re.compile(
    r"(?i).*\.lock(?:\.\w+)?|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|go\.sum|.*[.-]lock\.(?:json|ya?ml)|.*\.snap"
)


def file_place(path: str) -> str:
    """Return the kind of a file, by its path with `/` between its parts."""
    pure = PurePosixPath(path)
    folders = {part.lower() for part in pure.parts[:-1]}
    if not _TEST_FOLDERS.isdisjoint(folders) or _TEST_NAMES.fullmatch(pure.name):
        return TEST
    suffix = pure.suffix.lower()
    if _CONFIGURATION_TEXTS.fullmatch(pure.name):
        return CONFIGURATION
    is_documentation = suffix in _DOCUMENTATION_SUFFIXES or not _DOCUMENTATION_FOLDERS.isdisjoint(folders)
    if is_documentation or _DOCUMENTATION_NAMES.fullmatch(pure.name):
        return DOCUMENTATION
    if suffix in _CONFIGURATION_SUFFIXES or pure.name.lower().startswith((".env", "dockerfile")):
        return CONFIGURATION
    return CODE


def is_recorded(path: str) -> bool:
    """Tell whether a file is written by programs: a lock file, a cassette or a snapshot."""
    pure = PurePosixPath(path)
    folders = {part.lower() for part in pure.parts[:-1]}
    return bool(_LOCK_FILES.fullmatch(pure.name)) or not _CASSETTE_FOLDERS.isdisjoint(folders)


class Span(NamedTuple):
    """A part of a text, and its place."""

    start: int
    end: int
    place: str


def spans(path: str, text: str, last: int) -> Sequence[Span]:
    """Return the parts of a text whose place is not that of the file, in their order.

    Args:
        path: The path of the file.
        text: Its content.
        last: The last index that matters.
    """
    pure = PurePosixPath(path)
    suffix = pure.suffix.lower()
    if suffix == ".ipynb":
        return _notebook_spans(text)
    comments = _COMMENTS.get(_LANGUAGES.get(suffix) or _language_of_name(pure.name))
    if comments is None:
        return []
    return [
        Span(start, end, COMMENT) for start, end in itertools.takewhile(lambda span: span[0] <= last, comments(text))
    ]


def place_of(position: int, file: str, parts: Sequence[Span]) -> str:
    """Return the place of a position: that of its part of the text, or else that of the file."""
    index = bisect_right(parts, position, key=lambda part: part.start) - 1
    inner = parts[index].place if index >= 0 and position < parts[index].end else CODE
    if file == TEST and inner in EFFECTIVE:
        return TEST
    return file if inner in EFFECTIVE else inner


def _language_of_name(name: str) -> str:
    lower = name.lower()
    if lower.startswith("jenkinsfile"):
        return "slash"
    named = lower.startswith((".env", "dockerfile", "makefile", "gemfile", "rakefile", "procfile", "justfile"))
    return "hash" if named or "." not in name.lstrip(".") else ""


_LANGUAGES: Final = {
    suffix: language
    for language, suffixes in {
        "python": "py pyi pyw",
        "hash": "sh bash zsh fish yaml yml toml rb r pl pm ps1 psm1 env properties cfg conf jl ex exs nim mk cmake nix"
        " tcl awk gitignore dockerfile graphql coffee",
        "hash-slash": "tf tfvars hcl php",
        "slash": "js mjs cjs ts mts cts jsx tsx java kt kts go rs c h cc cpp hpp cxx cs swift scala dart groovy gradle"
        " json5 jsonc scss less css proto m mm zig sol fs",
        "markup": "html htm xml xhtml svg plist vue svelte astro",
        "dash": "sql lua hs elm adb ads",
        "semicolon": "ini clj cljs lisp el scm asm",
        "percent": "erl hrl matlab",
    }.items()
    for suffix in (f".{each}" for each in suffixes.split())
}

_STRING: Final = r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
# The first alternative skips what neither begins a string nor a comment.
_PYTHON: Final = re.compile(
    rf"[^\"'#]+|(?P<long>(?P<quotes>\"\"\"|''')(?s:.*?)(?:(?P=quotes)|\Z))|{_STRING}|(?P<comment>#[^\n]*)"
)
_SLASH: Final = re.compile(rf"[^\"'`/]+|{_STRING}|`(?:\\.|[^`\\])*`|(?P<comment>//[^\n]*|/\*(?s:.*?)(?:\*/|\Z))")
_HASH: Final = re.compile(rf"[^\"'#]+|{_STRING}|(?P<comment>(?:(?<=[\s;])|\A)#[^\n]*)")
_HASH_SLASH: Final = re.compile(
    rf"[^\"'#/]+|{_STRING}|(?P<comment>(?:(?<=[\s;])|\A)(?:#|//)[^\n]*|/\*(?s:.*?)(?:\*/|\Z))"
)
_MARKUP: Final = re.compile(
    r"(?P<comment><!--(?s:.*?)(?:-->|\Z)|(?:(?<=\n)|\A)[ \t]*(?://[^\n]*|/\*(?s:.{0,2000}?)\*/)|\{#(?s:.{0,2000}?)#\})"
)
_DASH: Final = re.compile(rf"{_STRING}|(?P<comment>--[^\n]*|/\*(?s:.*?)(?:\*/|\Z)|\{{-(?s:.*?)(?:-\}}|\Z))")
_SEMICOLON: Final = re.compile(rf"{_STRING}|(?P<comment>(?:(?<=\s)|\A)[;#][^\n]*)")
_PERCENT: Final = re.compile(rf"{_STRING}|(?P<comment>%[^\n]*)")


def _comments_by(pattern: re.Pattern[str]) -> Callable[[str], Iterator[tuple[int, int]]]:
    def comments(text: str) -> Iterator[tuple[int, int]]:
        for found in pattern.finditer(text):
            if found["comment"] is not None:
                yield found.start(), found.end()

    return comments


def _python_comments(text: str) -> Iterator[tuple[int, int]]:
    """Yield comments, and strings that are statements of their own: documentation, or code that is switched off."""
    for found in _PYTHON.finditer(text):
        if found["comment"] is not None or (found["long"] is not None and _begins_statement(text, found.start())):
            yield found.start(), found.end()


def _begins_statement(text: str, start: int) -> bool:
    """Tell whether a string begins a line, and the code before it is complete."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    if line.strip(" \trRuU"):
        return False
    before = text[max(start - 1000, 0) : start - len(line)].rstrip()
    return not before or before[-1] not in "([{,=+%\\"


_COMMENTS: Final[dict[str, Callable[[str], Iterator[tuple[int, int]]]]] = {
    "python": _python_comments,
    "slash": _comments_by(_SLASH),
    "hash": _comments_by(_HASH),
    "hash-slash": _comments_by(_HASH_SLASH),
    "markup": _comments_by(_MARKUP),
    "dash": _comments_by(_DASH),
    "semicolon": _comments_by(_SEMICOLON),
    "percent": _comments_by(_PERCENT),
}

_NOTEBOOK: Final = re.compile(r"(?P<open>[\[{])|(?P<close>[\]}])|\"(?P<string>(?:\\.|[^\"\\])*)\"(?P<colon>\s*:)?")


def _notebook_spans(text: str) -> Sequence[Span]:
    """Return the outputs, the text cells, and the comments of code cells."""
    found: list[Span] = []
    sources: list[tuple[int, int]] = []
    cell_type, key, depth, opened = "", "", 0, 0
    for each in _NOTEBOOK.finditer(text):
        if each["open"]:
            depth += 1
            if depth == 4:  # a field of a cell: {"cells": [{"source": [
                opened = each.start()
            elif depth == 3:
                cell_type, sources = "", []
        elif each["close"]:
            if depth == 4 and key in {"outputs", "metadata"}:
                found.append(Span(opened, each.end(), OUTPUT))
            elif depth == 3:
                found.extend(_cell_spans(text, cell_type, sources))
            depth -= 1
        elif each["colon"]:
            if depth == 3:
                key = each["string"]
        elif depth == 3 and key == "cell_type":
            cell_type = each["string"]
        elif key == "source" and depth in {3, 4}:
            sources.append((each.start() + 1, each.end() - 1))
    return sorted(found)


def _cell_spans(text: str, cell_type: str, sources: Sequence[tuple[int, int]]) -> Iterator[Span]:
    for start, end in sources:
        if cell_type in {"markdown", "raw"}:
            yield Span(start, end, DOCUMENTATION)
            continue
        position = start
        for line in re.split(r"(?<=\\n)", text[start:end]):
            comment = re.match(r"(?:[^\"'#\\]|\\\"(?:[^\"\\]|\\[^\"])*\\\"|'[^'\\]*')*(#)", line)
            if comment:
                yield Span(position + comment.start(1), position + len(line), COMMENT)
            position += len(line)
