"""Whether a model is named where a token stands: `model=`, `"model":`, `--model`, and the like. Pure."""

import re
from typing import Final

from .surroundings import LINE_REACH, REACH, Surroundings
from .tokens import Token
from .words import (
    GENERIC_KEYS,
    is_constant_for,
    is_model_function,
    is_model_table,
    is_provider,
    names_a_model,
    words_of,
)

_ENDING: Final = 80
_ALTERNATIVE: Final = re.compile(
    r"(?P<key>[\w.$-]+)(?:\\?[\"'`\])])*(?:\(\))?\s*(?:\|\||\?\?|\bor\b|\?:|\belse\b|\|\s*default\b|\.?\bunwrap_or(?:_else)?\((?:\|\w*\|)?)\s*\(?\Z"
)
_STATEMENT: Final = re.compile(r"^\s*(?:[\w<>?\[\]&*]+\s+)*?(?P<key>[\w.$]+)\s*(?::\s*[\w.\[\]|<> ]+)?(?::?=|=>)(?!=)")
_FIRST_STRING_ARGUMENT: Final = re.compile(r"\A\s*[\"'`]?(?P<key>[\w.:$ -]+)[\"'`]?\s*(?:,[^,]*)*,\s*\Z")
_PAIR: Final = re.compile(r"[\[({]\s*[\"'](?P<key>[\w.-]+)[\"']\s*,\s*\Z")
"""A key and its value in a list or tuple."""
_RETURN: Final = re.compile(r"\b(?P<key>\w+)\s*\([^(){}\n]*\)[^(){};\n]*[{:](?:(?!\b(?:def|func)\b)[^}])*\breturn\s*\Z")
"""What a function returns, unless a block in it ends before."""
_ENUMERATION: Final = re.compile(
    r"\b(?:enum|class|object|struct)\s+(?:class\s+)?(?P<key>\w+)(?P<head>[^\n{};]*)(?=[\n{])[^}]*\Z"
)
_MATCH: Final = re.compile(
    r"\b(?:switch|match|when|case)\b[^\n{:]*?[\w.$]*[mM]odel\w*(?:\.\w+)*|[mM]odel\w*\s+match\b"  # the latter in Scala
)
_CASE: Final = re.compile(r"(?:\b(?:case|when)\s+|\|\s*|(?:^|\n)\s*|[{,]\s*)\Z")
_UNION: Final = re.compile(r"(?P<key>\w+)\s*=\s*(?:\|?\s*[\"'][^\"'\n]*[\"']\s*)*\|\s*\Z")
"""A union of literal types in TypeScript."""
_LIST_ITEM: Final = re.compile(r"^[ \t]*(?:-[ \t]+)*\Z")
_COMPARED: Final = re.compile(r"\\?[\"'`]?\s*(?:={2,3}|!={1,2}|\bin\b)\s*(?P<key>[\w.$]+)")
_DEFAULT_FOR: Final = re.compile(r"[\"'`]?\s*(?:\|\s*)?(?P<key>[$\w.]+)")
_NAMED_VALUE: Final = re.compile(
    r"\b(?:name|key)[\"']?\s*[:=]\s*[\"']?(?P<key>[\w.-]+)[\"']?\s*,?\s*[\"']?value[\"']?\s*[:=]\s*\Z"
)
"""`name: MODEL` and `value:`, as environment variables of containers are written."""
_DEFAULT_FUNCTIONS: Final = frozenset({"default", "defaultValue", "DefaultValue", "withDefault", "orElse"})
_TEXTS: Final = frozenset({"label", "title", "description", "color", "icon", "text", "tag", "note"})
_GENERIC_LISTS: Final = frozenset({"enum", "choices", "options", "values", "examples", "allowed"})
"""Keys of lists that belong to what surrounds them."""
_OPTION_AFTER: Final = re.compile(r"[\"']\s*,\s*[\"']--(?P<key>[\w-]+)[\"']")
"""The option whose default stands before it, as in typer."""


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
    if key and (is_constant_for(key, text[token.start : token.end]) or _is_in_enumeration(around)):
        return True
    if key == "value" and (named := _NAMED_VALUE.search(around.tail(LINE_REACH))):
        return names_a_model(named["key"])
    if key and around.containers and is_model_table(around.containers[0]) and not _is_text(key):
        return True
    if key in GENERIC_KEYS:
        return any(map(names_a_model, around.containers[:2])) or any(map(is_model_function, around.callees[:1]))
    line = around.line
    alternative = _ALTERNATIVE.search(line[-_ENDING:])
    if alternative:
        statement = _STATEMENT.match(line)
        return names_a_model(alternative["key"]) or (statement is not None and names_a_model(statement["key"]))
    if re.search(r"\breturn\s*\Z", line):
        returned = _RETURN.search(around.tail(REACH // 2))
        return returned is not None and names_a_model(returned["key"])
    statement = _STATEMENT.match(line) if re.search(r"[?:]\s*\Z", line) else None
    return statement is not None and names_a_model(statement["key"])


def _is_in_enumeration(around: Surroundings) -> bool:
    """Tell whether the token is a constant of a type that lists models: `enum ChatModel`, `class Models`."""
    declared = list(_ENUMERATION.finditer(around.preceding))
    if not declared or _is_text(around.key):
        return False
    name, head = declared[-1]["key"], declared[-1][0]
    return is_model_table(name) or (("enum" in head.lower()) and names_a_model(name))


def _is_text(key: str) -> bool:
    return not _TEXTS.isdisjoint(words_of(key))


def _is_argument(around: Surroundings) -> bool:
    if around.key:
        return False
    if not around.callees:
        pair = _PAIR.search(around.tail(_ENDING))
        return pair is not None and names_a_model(pair["key"])
    opening = around.preceding.rfind("(")
    arguments = around.preceding[opening + 1 :]
    if not arguments.strip():
        is_default = around.callees[0].rpartition(".")[2] in _DEFAULT_FUNCTIONS
        return (
            is_default
            or is_model_function(around.callees[0])
            or _is_wrapped(around)
            or (around.callees[0].isupper() and _is_in_enumeration(around))
        )
    first = _FIRST_STRING_ARGUMENT.match(arguments)
    return first is not None and any(
        (names_a_model(first["key"]), is_provider(first["key"]), is_model_function(around.callees[0]))
    )


def _is_wrapped(around: Surroundings) -> bool:
    """Tell whether the token is the only argument of a function whose result is a model: `model=Some("…")`."""
    return bool(around.containers) and around.preceding.endswith("(") and names_a_model(around.containers[0])


def _is_list_item(around: Surroundings) -> bool:
    if around.key:
        return False
    last = around.preceding.rstrip()[-1:]
    if last == "|" and (union := _UNION.search(around.tail(REACH // 2))):
        return names_a_model(union["key"])
    if last not in set("[({,") and not _LIST_ITEM.search(around.tail(LINE_REACH).rpartition("\n")[2]):
        return False
    inner = next((each for each in around.containers if each not in _GENERIC_LISTS), "")
    return names_a_model(inner)


def _is_compared(text: str, token: Token, around: Surroundings) -> bool:
    if around.key:
        return False
    option = _OPTION_AFTER.match(text, token.end)
    if option and names_a_model(option["key"]):
        return True
    compared = _COMPARED.match(text, token.end)
    if compared and names_a_model(compared["key"]):
        return True
    if re.search(r"\{\{[^{}]*\bdefault\s+\Z", around.tail(_ENDING)):
        fallback = _DEFAULT_FOR.match(text, token.end)
        return fallback is not None and names_a_model(fallback["key"])
    is_case = "odel" in around.preceding and _CASE.search(around.tail(_ENDING)) is not None
    return is_case and _is_in_match(around.preceding)


def _is_in_match(preceding: str) -> bool:
    """Tell whether a `switch`, `match` or `when` about a model is open."""
    found = list(_MATCH.finditer(preceding))
    if not found:
        return False
    after = preceding[found[-1].end() :]
    return after.count("{") > after.count("}") or re.search(r"\b(?:case|when)\b", after) is not None
