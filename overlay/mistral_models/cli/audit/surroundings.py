"""What surrounds a token: the key whose value it is, the functions and the objects in which it stands. Pure.

This is no parser: it reads the text before a token in the same way in every language.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from .tokens import Token, touching
from .words import names_a_model

REACH: Final = 2000
"""How many characters before a token are considered."""
LINE_REACH: Final = 300
"""How many characters before a token are near it."""
_KEY_REACH: Final = 180
_ENDING: Final = 80
_OPERATOR_REACH: Final = 5

_CONTINUED: Final = re.compile(r"\\\r?\n\s*")
_QUOTATION_MARK: Final = (
    r"\\*[\"'`\u201c\u201d\u2018\u2019\u00ab]|\\+(?:u00|x)2[27]|&(?:quot|apos|#3[49]|#x2[27]);|%2[27]"
)
"""Also one that JSON, HTML or a URL escapes."""
_OPENING: Final = re.compile(rf"(?:\b[fFrRbBuU]{{1,2}}|[@$]{{1,2}})?(?:{_QUOTATION_MARK})+\Z")
"""Quotation marks before a token, and what tells the kind of string."""
_ANCHOR: Final = re.compile(r"(?:[&!][\w.!-]+\s+)+\Z")
_VARIABLE: Final = re.compile(r"\$\{(?P<key>[\w.-]+?)(?::[-=?+]|[-=?+])\Z")
"""`${MODEL:-`, which gives a variable a default."""
_TYPE: Final = r"(?:\[?(?:&'\w+ )?[A-Za-z_&]|[\"'])(?:[\w.\[\]<>\"'?&]|\(\)|;[ \t]*\w+\]|[ \t]*[|,][ \t]*){0,80}+"
"""The type of a variable, such as `str | None` or `&'static str`."""
_TYPED: Final = re.compile(
    rf"(?<![\w.$-])(?!\$env:)(?P<key>[\w.$-]++)(?:[\])*]|{_QUOTATION_MARK})*[?!]?:[ \t]*{_TYPE}[ \t]*\Z"
)
"""A variable with a type, whose value follows."""
_PROPERTY: Final = re.compile(r"(?P<key>\w+)\s*\{\s*get;[^{}]*\}\s*\Z")
"""A property of C#, whose initial value follows."""
_OPERATOR: Final = re.compile(r"(?:={1,3}|!={1,2}|=>|:=|\?\?=|\|\|=|\?=|->|:{1,2}\**|~=|\b(?:in|is|to)|<-|%3[AaDd])\Z")
_KEY: Final = re.compile(rf"(?<![\w.$-])(?P<key>(?:\$env:)?[\w.$-]++)(?:[\])*]|{_QUOTATION_MARK})*\Z")
_ELEMENT: Final = re.compile(r"<(?P<tag>[\w.:-]+)(?:\s+(?:key|name)=[\"'](?P<key>[^\"'<>]*)[\"'])?[^<>]*>\s*\Z")
"""A tag of XML before its content."""
_FLAG: Final = re.compile(
    r"(?:^|[\s\"'`,\[(])--?(?P<key>[A-Za-z][\w.-]*)[\"'`]?(?:\s*,\s*|\s+|=)[\"'`]?(?P<before>(?:[^\s,-][^\s,]*[\s,]+)*)\Z"
)
_ENVIRONMENT: Final = re.compile(
    r"(?:\b(?:ENV|ARG|export|setx?|SET|setenv|define|def|setq|defvar|defconst|defcustom)\s+(?:-\w+\s+)*|(?<![\w:]):)(?P<key>[\w-]+),?\s+\Z"
)
"""Names and values with a space between them, as in Dockerfiles, shells, C and Lisp."""
_CALLEE: Final = re.compile(
    r"(?P<callee>[\w.$:]+)(?:\s*<[^<>()]*>|\[[^\[\]()]*\])?(?:\([^()]*\))?\s*(?:::new|\.new|\.of)?\s*\Z"
)
_BRACKET: Final = re.compile(r"[()\[\]{}]")
_TABLE_HEADER: Final = re.compile(r"^[ \t]*\[+(?P<key>[^\[\]\n]+)\]+[ \t\r]*$", re.MULTILINE)
_LINE_KEY: Final = re.compile(r"^(?P<indent>[ \t]*)(?P<dash>(?:-[ \t]+)*)[\"']?(?P<key>[\w./$-]+)[\"']?[ \t]*:(?=\s|$)")


class Surroundings(NamedTuple):
    """What surrounds a token, as far as it matters."""

    key: str
    """The variable, key, option or environment variable whose value it is."""
    callees: tuple[str, ...]
    """The functions in whose arguments it stands, the innermost first."""
    containers: tuple[str, ...]
    """The keys and variables of the lists and objects in which it stands, the innermost first."""
    preceding: str
    """The text before it, without its quotation mark."""

    def tail(self, length: int) -> str:
        """Return the end of the text before it."""
        return self.preceding[-length:]

    @property
    def line(self) -> str:
        """The line before it."""
        return self.tail(LINE_REACH).rpartition("\n")[2]


def surroundings(text: str, token: Token) -> Surroundings:
    """Read what surrounds a token."""
    start = token.start - (len(touching(text, token.start)) if token.has_prefix else 0)
    preceding = _without(_ANCHOR, _without(_OPENING, text[max(start - REACH, 0) : start], 24))
    line = _CONTINUED.sub(" ", preceding[-REACH // 2 :]).rpartition("\n")[2]
    near = preceding[max(len(preceding) - LINE_REACH, 0) :]
    variable = _VARIABLE.search(near) if near.endswith(("-", "=", "?", "+")) else None
    if variable and not names_a_model(variable["key"]):
        preceding, near = preceding[: len(preceding) - len(variable[0])], near[: -len(variable[0])]
        variable = None
    key = variable["key"] if variable else _key(near)
    if not key and (found := _ENVIRONMENT.search(line) or _FLAG.search(line)):
        key = found["key"]
    if not key and near.rstrip().endswith(">") and (element := _ELEMENT.search(near)):
        key = element["key"] or element["tag"]
    callees, containers = _enclosing(preceding)
    return Surroundings(
        key=key,
        callees=tuple(callees),
        containers=(*containers, *_parents(preceding)),
        preceding=preceding,
    )


def _without(pattern: re.Pattern[str], preceding: str, reach: int = _ENDING) -> str:
    """Remove what a pattern finds at the end."""
    found = pattern.search(preceding[-reach:])
    return preceding[: len(preceding) - len(found[0])] if found and found[0] else preceding


def _key(preceding: str) -> str:
    """Return the key or variable before the operator at the end; empty if there is none."""
    head = preceding[-_KEY_REACH:].rstrip()
    operator = _OPERATOR.search(head[-_OPERATOR_REACH:])
    if operator is None:
        return ""
    head = head[: -len(operator[0])]
    found = None
    if operator[0] == "=":
        found = _PROPERTY.search(head) if head.rstrip().endswith("}") else _TYPED.search(head) if ":" in head else None
    nearest = _KEY.search(head.rstrip())
    if found is None or (nearest and names_a_model(nearest["key"]) and not names_a_model(found["key"])):
        found = nearest
    return found["key"] if found else ""


def _enclosing(preceding: str) -> tuple[list[str], list[str]]:
    """Return the functions and the keys before the brackets that are open at the end."""
    opened: list[int] = []
    for bracket in _BRACKET.finditer(preceding):
        if bracket[0] in "([{":
            opened.append(bracket.start())
        elif opened:
            opened.pop()
    callees: list[str] = []
    containers: list[str] = []
    for position in reversed(opened[-4:]):
        head = preceding[max(position - 150, 0) : position]
        if key := _key(head):
            containers.append(key)
        elif preceding[position] != "{" and (found := _CALLEE.search(head)):
            if preceding[position] == "(":
                callees.append(found["callee"])
            if assigned := _key(head[: found.start()]):
                containers.append(assigned)
        elif preceding[position] == "{" and (found := re.search(r"[\w-]+[\"']?(?:\s+[\"'][\w-]+[\"'])*\s*\Z", head)):
            # The label of a block names it too: `variable "model" {`.
            containers.extend(reversed(re.findall(r"[\w-]+", found[0])))
    return callees, containers


def _parents(preceding: str) -> Iterator[str]:
    """Yield the keys of the enclosing blocks of YAML, the innermost first, or the table of TOML."""
    lines = preceding.split("\n")
    last = re.match(r"[ \t]*(?:-[ \t]+)*", lines[-1])
    is_item = last is not None and "-" in last[0] and not lines[-1][last.end() :].strip()
    indent = len(lines[-1]) - len(lines[-1].lstrip(" \t"))
    for line in reversed(lines[:-1]):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        depth = len(line) - len(line.lstrip(" \t"))
        if depth > indent or (depth == indent and not is_item):
            continue
        found = _LINE_KEY.match(line)
        if found is not None and (depth < indent or not found["dash"]):
            yield found["key"]
            indent, is_item = depth, bool(found["dash"])
        elif depth < indent:
            indent = depth
        if indent == 0 and not is_item:
            break
    if "]" in preceding and (tables := _TABLE_HEADER.findall(preceding)):
        yield tables[-1]
