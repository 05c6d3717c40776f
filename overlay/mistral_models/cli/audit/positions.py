"""What a token means where it stands: whether a model is named there, or something of another platform. Pure."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from .tokens import Token
from .words import (
    is_constant_for,
    is_model_function,
    is_model_table,
    is_other_platform,
    is_other_section,
    is_other_thing,
    names_a_model,
    words_of,
)

_REACH: Final = 2000
"""How many characters before a token are considered."""
_LINE_REACH: Final = 300
_KEY_REACH: Final = 180
_ENDING: Final = 80
_OPERATOR_ENDS: Final = ("=", ":", ">", "-", "in", "is", "to", "%3A", "%3a", "%3D", "%3d")
"""How every operator between a key and its value ends."""

_CONTINUED: Final = re.compile(r"\\\r?\n\s*")
_OPENING: Final = re.compile(r"(?:\b[fFrRbBuU]{1,2})?(?:\\*[\"'`\u201c\u201d\u2018\u2019\u00ab]|&quot;|%22)*\Z")
"""Quotation marks before a token, and the letter that tells the kind of string."""
_ANCHOR: Final = re.compile(r"(?:[&!][\w.!-]+\s+)+\Z")
_VARIABLE: Final = re.compile(r"\$\{(?P<key>[\w.-]+?)(?::[-=?+]|[-=?+])\Z")
"""`${MODEL:-`, which gives a variable a default."""
_KEY: Final = re.compile(
    r"(?P<key>(?:\$env:)?[\w.$-]+)(?:\\*[\"'`\])*]|%22|&quot;)*"
    r"(?:\s*[?!]?:[ \t]*(?:&'\w+ )?[A-Za-z_&\"'](?:[\w.\[\]<>\"'?&()]|\s*[|,]\s*){0,80}[ \t]*=(?!=)"  # with a type
    r"|\s*(?:={1,3}|!={1,2}|=>|:=|\?\?=|\|\|=|\?=|:{1,2}|~=|\b(?:in|is|to)\b|<-|%3[AaDd]))\s*\Z"
)
_ELEMENT: Final = re.compile(r"<(?P<tag>[\w.:-]+)(?:\s+(?:key|name)=[\"'](?P<key>[^\"'<>]*)[\"'])?[^<>]*>\s*\Z")
"""A tag of XML before its content."""
_FLAG: Final = re.compile(
    r"(?:^|[\s\"'`,\[(])--?(?P<key>[A-Za-z][\w-]*)[\"'`]?(?:\s*,\s*|\s+|=)[\"'`]?(?P<before>(?:[^\s-]\S*[\s,]+)*)\Z"
)
_ENVIRONMENT: Final = re.compile(
    r"(?:\b(?:ENV|ARG|export|setx?|SET|setenv|def)\s+(?:-\w+\s+)*|(?<!\w):)(?P<key>[\w-]+)\s+\Z"
)
"""Names and values with a space between them, as in Dockerfiles, shells and Lisp."""
_ALTERNATIVE: Final = re.compile(
    r"(?P<key>[\w.$-]+)(?:\\?[\"'`\])])*(?:\(\))?\s*(?:\|\||\?\?|\bor\b|\?:|\belse\b|\|\s*default\b|\bunwrap_or(?:_else)?\()\s*\(?\Z"
)
_CALLEE: Final = re.compile(
    r"(?P<callee>[\w.$:]+)(?:\s*<[^<>()]*>|\[[^\[\]()]*\])?(?:\([^()]*\))?\s*(?:::new|\.new|\.of)?\s*\Z"
)
_FIRST_STRING_ARGUMENT: Final = re.compile(r"\A\s*[\"'`]?(?P<key>[\w.$ -]+)[\"'`]?(?:\s*,[^,]*)*,\s*\Z")
_MATCH: Final = re.compile(r"\b(?:switch|match|when|case)\b[^\n{:]*?(?P<key>[\w.$]*[mM]odel\w*(?:\.\w+)*)")
_CASE: Final = re.compile(r"(?:\b(?:case|when)\s+|\|\s*|(?:^|\n)\s*|,\s*)\Z")
_UNION: Final = re.compile(r"(?P<key>\w+)\s*=\s*(?:\|?\s*[\"'][^\"'\n]*[\"']\s*)*\|\s*\Z")
"""A union of literal types in TypeScript."""
_BUILDER: Final = re.compile(r"(?P<class>\w+)\.(?:builder|newBuilder|create|new)\(\)[^;{}]*\Z")
_LIST_ITEM: Final = re.compile(r"(?:^|\n)(?P<indent>[ \t]*)(?:-[ \t]+)*[\"'`]?\Z")
_COMPARED: Final = re.compile(r"\\?[\"'`]?\s*(?:={2,3}|!={1,2}|\bin\b)\s*(?P<key>[\w.$]+)")
_DEFAULT_FOR: Final = re.compile(r"[\"'`]?\s*(?:\|\s*)?(?P<key>[$\w.]+)")
_NAMED_VALUE: Final = re.compile(
    r"\b(?:name|key)[\"']?\s*[:=]\s*[\"']?(?P<key>[\w.-]+)[\"']?\s*,?\s*[\"']?value[\"']?\s*[:=]\s*\Z"
)
"""`name: MODEL` and `value:`, as environment variables of containers are written."""
_DEFAULT_FUNCTIONS: Final = frozenset({"default", "defaultValue", "withDefault", "orElse"})
_TEXTS: Final = frozenset({"label", "title", "description", "color", "icon", "text", "tag", "note"})
_OPTION_AFTER: Final = re.compile(r"[\"']\s*,\s*[\"']--(?P<key>[\w-]+)[\"']")
"""The option whose default stands before it, as in typer."""
_GENERIC_KEYS: Final = frozenset({"name", "id", "value", "primary", "fallback", "const", "example", "from", "alias"})
_PROVIDER_KEYS: Final = ("provider", "api_type", "backend", "vendor", "platform")
_PROVIDER: Final = re.compile(
    r"(?im)(?:\b|_)(?:model_?provider|provider|custom_llm_provider|api_type|backend|vendor|platform)\b[\"'`]?\s*[:=]\s*[\"'`]?"
    r"(?P<value>[\w-]+)"
)
_COMMAND: Final = re.compile(
    r"(?:^|[;&|(`]|\$ |RUN |run: |sudo |exec |time )\s*[\"'`]?"
    r"(?P<command>ollama|vllm|git|huggingface-cli|hf|lms|aws\s+bedrock\S*|docker|podman|kubectl|helm|llama-server|mlx_lm\S*"
    r"|pip\s+install|npm\s+i\w*)\s[^;&|\n]*\Z"
)
_CONTAINER_TOOLS: Final = ("docker", "podman", "kubectl", "helm")
_HTML_CLASS: Final = re.compile(r"\bclass(?:Name)?\s*=\s*\{?[\"'`][^\"'`<>]*\Z")
_BRACKET: Final = re.compile(r"[()\[\]{}]")
_TABLE_HEADER: Final = re.compile(r"^\s*\[+(?P<key>[^\[\]\n]+)\]+\s*$", re.MULTILINE)
_LINE_KEY: Final = re.compile(r"^(?P<indent>[ \t]*)(?P<dash>(?:-[ \t]+)*)[\"']?(?P<key>[\w./$-]+)[\"']?[ \t]*:(?=\s|$)")
_STATEMENT: Final = re.compile(r"^\s*(?:[\w<>?\[\]&*]+\s+)*?(?P<key>[\w.$]+)\s*(?::\s*[\w.\[\]|<> ]+)?(?::?=|=>)(?!=)")


class Surroundings(NamedTuple):
    """What surrounds a token, as far as it matters."""

    key: str
    """The variable, key, option or environment variable whose value it is."""
    callees: tuple[str, ...]
    """The functions in whose arguments it stands, the innermost first."""
    containers: tuple[str, ...]
    """The keys and variables of the lists and objects in which it stands, the innermost first."""
    lead: str
    """The text before it, without its quotation mark."""


def surroundings(text: str, token: Token) -> Surroundings:
    """Read what surrounds a token."""
    start = token.start
    if token.has_prefix:
        while start and text[start - 1] not in "\"'`= \t\n(,":
            start -= 1
    lead = _without(_ANCHOR, _without(_OPENING, text[max(start - _REACH, 0) : start]))
    line = _CONTINUED.sub(" ", lead[-_REACH // 2 :]).rpartition("\n")[2]
    near = lead[max(len(lead) - _LINE_REACH, 0) :]
    variable = _VARIABLE.search(near) if near.endswith(("-", "=", "?", "+")) else None
    if variable and not names_a_model(variable["key"]):
        lead, near = lead[: len(lead) - len(variable[0])], near[: -len(variable[0])]
        variable = None
    found = variable or _key(near) or _FLAG.search(line) or _ENVIRONMENT.search(line)
    element = _ELEMENT.search(near) if near.rstrip().endswith(">") and not found else None
    callees, containers = _enclosing(lead)
    return Surroundings(
        key=found["key"] if found else (element["key"] or element["tag"]) if element else "",
        callees=tuple(callees),
        containers=(*containers, *_parents(lead)),
        lead=lead,
    )


def _without(pattern: re.Pattern[str], lead: str) -> str:
    """Remove what a pattern finds at the end."""
    found = pattern.search(lead[-_ENDING:])
    return lead[: len(lead) - len(found[0])] if found and found[0] else lead


def _key(lead: str) -> re.Match[str] | None:
    """Find the key or variable at the end, followed by an operator."""
    return _KEY.search(lead[-_KEY_REACH:]) if lead.rstrip().endswith(_OPERATOR_ENDS) else None


def _enclosing(lead: str) -> tuple[list[str], list[str]]:
    """Return the functions and the keys before the brackets that are open at the end."""
    opened: list[int] = []
    for bracket in _BRACKET.finditer(lead):
        if bracket[0] in "([{":
            opened.append(bracket.start())
        elif opened:
            opened.pop()
    callees: list[str] = []
    containers: list[str] = []
    for position in reversed(opened[-4:]):
        head = lead[max(position - 150, 0) : position]
        if found := _key(head):
            containers.append(found["key"])
        elif lead[position] != "{" and (found := _CALLEE.search(head)):
            if lead[position] == "(":
                callees.append(found["callee"])
            if assigned := _key(head[: found.start()]):
                containers.append(assigned["key"])
        elif lead[position] == "{" and (
            found := re.search(r"(?P<key>[\w-]+)[\"']?(?:\s+[\"'][\w-]+[\"'])*\s*\Z", head)
        ):
            # The label of a block names it too: `variable "model" {`.
            containers.extend(reversed(re.findall(r"[\w-]+", found[0])))
    return callees, containers


def _parents(lead: str) -> Iterator[str]:
    """Yield the keys of the enclosing blocks of YAML, the innermost first, or the table of TOML."""
    lines = lead.split("\n")
    last = re.match(r"[ \t]*(?:-[ \t]+)*", lines[-1])
    is_item = last is not None and "-" in last[0] and not lines[-1][last.end() :].strip()
    indent = len(lines[-1]) - len(lines[-1].lstrip(" \t"))
    for line in reversed(lines[:-1]):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE_KEY.match(line)
        depth = len(line) - len(line.lstrip(" \t"))
        if found is not None and (depth < indent or (is_item and depth == indent and not found["dash"])):
            yield found["key"]
            indent, is_item = depth, bool(found["dash"])
        elif depth < indent:
            indent = depth
        if indent == 0 and not is_item:
            break
    tables = _TABLE_HEADER.findall(lead)
    if tables:
        yield tables[-1]


def is_elsewhere(text: str, token: Token, around: Surroundings) -> bool:
    """Tell whether a token without a prefix of this API belongs to another platform, or is no model."""
    if token.has_prefix:
        return False
    line = around.lead[around.lead.rfind("\n") + 1 :]
    if is_other_platform(around.key) or any(map(is_other_platform, (*around.callees[:2], *around.containers[:3]))):
        return True
    if around.key and is_other_thing(around.key) and not names_a_model(around.key):
        return True
    if not around.key and any(is_other_thing(each) for each in around.containers[:1]):
        return True
    if around.key in _GENERIC_KEYS and any(is_other_thing(each) for each in around.containers[:1]):
        return True
    if any(map(is_other_section, around.containers[:1])):
        return True
    if (builder := _BUILDER.search(around.lead[-_LINE_REACH:])) and is_other_platform(builder["class"]):
        return True
    if _HTML_CLASS.search(line):
        return True
    command = _COMMAND.search(line)
    if command and not (command["command"] in _CONTAINER_TOOLS and around.key):
        return True
    return _is_elsewhere_by_provider(text, token)


def _is_elsewhere_by_provider(text: str, token: Token) -> bool:
    """Tell whether the same object or call names another platform as the provider of the model."""
    before = text.rfind("\n", 0, token.start) + 1
    after = text.find("\n", token.end)
    lines = [text[before : after if after >= 0 else len(text)]]
    indent = len(lines[0]) - len(lines[0].lstrip(" \t-"))
    for step in (-1, 1):
        position = before - 1 if step < 0 else after
        for _ in range(6):
            if position < 0 or position >= len(text):
                break
            start, end = (
                (text.rfind("\n", 0, position) + 1, position)
                if step < 0
                else (position + 1, (text.find("\n", position + 1) + 1 or len(text) + 1) - 1)
            )
            line = text[start:end]
            if not line.strip() or len(line) - len(line.lstrip(" \t-")) != indent:
                break
            if step > 0 and line.lstrip().startswith("- "):
                break
            lines.append(line)
            if step < 0 and line.lstrip().startswith("- "):
                break
            position = start - 1 if step < 0 else end
    nearby = "\n".join(each[-400:] if number else each[:600] for number, each in enumerate(lines))
    lower = nearby.lower()
    if not any(word in lower for word in _PROVIDER_KEYS):
        return False
    return any(is_other_platform(found["value"]) for found in _PROVIDER.finditer(nearby))


def names_model(text: str, token: Token, around: Surroundings) -> bool:
    """Tell whether a model is named where a token stands."""
    return (
        token.has_prefix
        or _is_value_of_model(text, token, around)
        or _is_argument(around)
        or _is_list_item(around)
        or _is_compared(text, token, around)
    )


def _is_value_of_model(text: str, token: Token, around: Surroundings) -> bool:
    key = around.key
    if names_a_model(key) or key.split(".")[-1] in {"default", "defaultValue", "default_value"}:
        return True
    if key and (is_constant_for(key, text[token.start : token.end])):
        return True
    if key == "value" and (named := _NAMED_VALUE.search(around.lead[-_LINE_REACH:])):
        return names_a_model(named["key"])
    if key and around.containers and is_model_table(around.containers[0]) and not _is_text(key):
        return True
    if key in _GENERIC_KEYS:
        return any(map(names_a_model, around.containers[:2])) or any(map(is_model_function, around.callees[:1]))
    line = around.lead[around.lead.rfind("\n") + 1 :][-_LINE_REACH:]
    alternative = _ALTERNATIVE.search(line)
    if alternative:
        statement = _STATEMENT.match(line)
        return names_a_model(alternative["key"]) or (statement is not None and names_a_model(statement["key"]))
    statement = _STATEMENT.match(line) if re.search(r"[?:]\s*\Z|\breturn\s*\Z", line) else None
    return statement is not None and names_a_model(statement["key"])


def _is_text(key: str) -> bool:
    return not _TEXTS.isdisjoint(words_of(key))


def _is_argument(around: Surroundings) -> bool:
    if around.key or not around.callees:
        return False
    opening = around.lead.rfind("(")
    arguments = around.lead[opening + 1 :]
    if not arguments.strip():
        is_default = around.callees[0].rpartition(".")[2] in _DEFAULT_FUNCTIONS
        return is_default or is_model_function(around.callees[0]) or _is_wrapped(around)
    first = _FIRST_STRING_ARGUMENT.match(arguments)
    return first is not None and (names_a_model(first["key"]) or is_model_function(around.callees[0]))


def _is_wrapped(around: Surroundings) -> bool:
    """Tell whether the token is the only argument of a function whose result is a model: `model=Some("…")`."""
    return bool(around.containers) and around.lead.endswith("(") and names_a_model(around.containers[0])


def _is_list_item(around: Surroundings) -> bool:
    if around.key:
        return False
    if union := _UNION.search(around.lead[-_REACH // 2 :]):
        return names_a_model(union["key"])
    ends_item = re.search(r"[\[({,]\s*\Z", around.lead) or _LIST_ITEM.search(around.lead[-_LINE_REACH:])
    if not ends_item:
        return False
    return any(names_a_model(each) for each in around.containers[:1])


def _is_compared(text: str, token: Token, around: Surroundings) -> bool:
    if around.key:
        return False
    option = _OPTION_AFTER.match(text, token.end)
    if option and names_a_model(option["key"]):
        return True
    compared = _COMPARED.match(text, token.end)
    if compared and names_a_model(compared["key"]):
        return True
    if re.search(r"\{\{[^{}]*\bdefault\s+\Z", around.lead[-_ENDING:]):
        fallback = _DEFAULT_FOR.match(text, token.end)
        return fallback is not None and names_a_model(fallback["key"])
    return _CASE.search(around.lead[-_ENDING:]) is not None and _is_in_match(around.lead)


def _is_in_match(lead: str) -> bool:
    """Tell whether a `switch`, `match` or `when` about a model is open."""
    found = list(_MATCH.finditer(lead))
    if not found:
        return False
    after = lead[found[-1].end() :]
    return after.count("{") > after.count("}") or re.search(r"\b(?:case|when)\b", after) is not None
