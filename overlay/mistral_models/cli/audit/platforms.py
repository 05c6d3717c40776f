"""Whether a token belongs to another platform, or is no model. Pure."""

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Final

from .surroundings import LINE_REACH, Surroundings
from .tokens import Token
from .words import (
    GENERIC_KEYS,
    is_other_platform,
    is_other_section,
    is_other_thing,
    is_section_of_other_platform,
    names_a_model,
)

_BUILDER: Final = re.compile(r"\b(?P<class>\w++)\.(?:builder|newBuilder|create|new)\(\)[^;{}]*\Z")
_COMMAND: Final = re.compile(
    r"(?:^|[;&|(`]|\$ |RUN |run: |sudo |exec |time )\s*[\"'`]?"
    r"(?P<command>cd|mkdir|rm|cp|mv|ollama|vllm|git|huggingface-cli|hf|lms|aws\s+bedrock\S*|docker|podman|kubectl|helm|llama-server|llamafile|brew|mlx_lm\S*"
    r"|pip\s+install|npm\s+i\w*)\s[^;&|\n]*\Z"
)
_CONTAINER_TOOLS: Final = ("docker", "podman", "kubectl", "helm")
_HTML_CLASS: Final = re.compile(
    r"\bclass(?:Name)?\s*=\s*\{?[\"'`][^\"'`<>]*\Z"
    r"|<(?:a|article|button|div|h[1-6]|input|label|li|p|section|span|t[dhr])\b[^<>]*\s(?:id|for|name)=[\"']?\Z"
)
"""Also an id, which has nothing to do with models either."""
_FIRST_ARGUMENT: Final = re.compile(r"\(\s*[\"'`:]?(?P<provider>[\w.:-]+)[\"'`]?\s*,[^(){}]*\Z")
_PROVIDER_KEYS: Final = ("provider", "api_type", "backend", "vendor", "platform")
_PROVIDER: Final = re.compile(
    r"(?im)(?:\b|_)(?:model_?provider|provider|custom_llm_provider|api_type|backend|vendor|platform)\b[\"'`]?\s*[:=]\s*[\"'`:]?"
    r"(?P<value>[\w.:-]+)"
)
_SIBLINGS: Final = 6
"""How many lines above and below can be about the same model."""


def is_elsewhere(text: str, token: Token, around: Surroundings) -> bool:
    """Tell whether a token without a prefix of this API belongs to another platform, or is no model."""
    return not token.has_prefix and (
        _is_in_other_platform(around)
        or _is_other_thing(around)
        or _is_in_command(around)
        or _names_other_platform(text, token)
    )


def _is_in_other_platform(around: Surroundings) -> bool:
    near = around.tail(LINE_REACH)
    builder = _BUILDER.search(near) if "()" in near else None
    first = _FIRST_ARGUMENT.search(near)
    identifiers = (around.key, *around.callees[:2], *([builder["class"]] if builder else []))
    sections = (*around.containers[:4], *([first["provider"]] if first else []))
    return any(map(is_other_platform, identifiers)) or any(map(is_section_of_other_platform, sections))


def _is_other_thing(around: Surroundings) -> bool:
    """Tell whether the token is the name of a container image, a branch, a CSS class, or the like."""
    key, container = around.key, around.containers[0] if around.containers else ""
    if key and is_other_thing(key) and not names_a_model(key):
        return True
    if (not key or key in GENERIC_KEYS) and is_other_thing(container):
        return True
    return is_other_section(container) or _HTML_CLASS.search(around.line) is not None


def _is_in_command(around: Surroundings) -> bool:
    """Tell whether the token is an argument of a program whose models, images or branches are others."""
    command = _COMMAND.search(around.line)
    if command is None:
        return False
    is_variable = around.key.isupper() or names_a_model(around.key)
    return not (command["command"] in _CONTAINER_TOOLS and is_variable)


def _names_other_platform(text: str, token: Token) -> bool:
    """Tell whether the same object or call has another platform as the provider of the model."""
    above = text[max(token.start - 600, 0) : token.start].split("\n")
    below = text[token.end : token.end + 400].split("\n")
    own = above.pop() + below.pop(0)
    nearby = "\n".join([own, *_siblings(above[::-1], own, is_above=True), *_siblings(below, own, is_above=False)])
    lower = nearby.lower()
    if not any(word in lower for word in _PROVIDER_KEYS):
        return False
    return any(is_other_platform(found["value"]) for found in _PROVIDER.finditer(nearby))


def _siblings(lines: Iterable[str], own: str, *, is_above: bool) -> Iterator[str]:
    """Yield the lines next to the token's own that belong to the same item: those with the same indentation."""
    if is_above and own.lstrip().startswith("- "):
        return
    for line in itertools.islice(lines, _SIBLINGS):
        begins_item = line.lstrip().startswith("- ")
        if not line.strip() or _indentation(line) != _indentation(own) or (begins_item and not is_above):
            return
        yield line
        if begins_item:
            return


def _indentation(line: str) -> int:
    """Return where the content of a line begins; the dash of an item in YAML is a part of the indentation."""
    return len(line) - len(line.lstrip(" \t-"))
