"""Read a document from a file or a URL, and point into it. Nothing here knows what OpenAPI means."""

import json
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote

import httpx
import yaml
from attrs import frozen

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]  # the same interface, without libyaml

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"
Pointer: TypeAlias = tuple[str, ...]
"""Path from the root of a document to a value, as in RFC 6901."""

_TIMEOUT_SECONDS = 60
_MAX_DOWNLOAD_BYTES = 64 * 1024 * 1024


def printable(text: str) -> str:
    """Escape characters that start a line, control a terminal or change the direction of text.

    GitHub executes workflow commands at the start of a line of the log, even if they come from a document.
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


class UnusableError(Exception):
    """An input cannot be used. The message names the input, and the line if it is known."""

    def __init__(self, source: str, message: str, line: int | None = None) -> None:
        super().__init__(printable(f"{source}{f':{line}' if line else ''}: {message}"))


class _Loader(_SafeLoader):
    """YAML as OpenAPI requires it (the JSON schema of YAML 1.2): a date, `no`, `16:9` and all keys are strings."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # the name is PyYAML's
        first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith((":null", ":merge"))]
        for first, resolvers in _SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> "dict[str, JSON]":  # type: ignore[override]  # noqa: FBT001, FBT002
        self.flatten_mapping(node)
        mapping: dict[str, JSON] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be a scalar", key.start_mark)
            mapping[key.value] = self.construct_object(value, deep=deep)
        return mapping


def _reject(_: _Loader, node: yaml.Node) -> JSON:
    raise yaml.constructor.ConstructorError(None, None, f"JSON has no {node.tag}", node.start_mark)


for _name in ("binary", "omap", "pairs", "set", "timestamp"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_name}", _reject)
_NUMBER_STARTS = [*"-0123456789"]
for _name, _pattern, _starts in (
    ("bool", "true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    ("int", "-?(?:0|[1-9][0-9]*)", _NUMBER_STARTS),
    ("float", r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?", _NUMBER_STARTS),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(f"^(?:{_pattern})$"), _starts)


@frozen(eq=False, slots=False)
class Document:
    """A parsed file. Line numbers are looked up on demand in the tree of the YAML parser."""

    source: str
    text: str
    data: JSON
    yaml_tree: yaml.Node | None
    """The tree of the YAML parser; None if the file was parsed as JSON."""

    @property
    def root(self) -> "Node":
        """The value at the root."""
        return Node(self, (), self.data)

    def line(self, pointer: Pointer) -> int | None:
        """Return the line, counted from 1, of the key of the value at `pointer`; None if it is unknown."""
        node, line = self._tree, 1
        for part in pointer:
            children: list[tuple[str, yaml.Node, yaml.Node]]
            if isinstance(node, yaml.MappingNode):
                children = [(key.value, key, value) for key, value in node.value]
            elif isinstance(node, yaml.SequenceNode):
                children = [(str(index), item, item) for index, item in enumerate(node.value)]
            else:
                return None
            child = next(((key, value) for name, key, value in children if name == part), None)
            if child is None:
                return None
            line, node = child[0].start_mark.line + 1, child[1]
        return line

    @cached_property
    def _tree(self) -> yaml.Node | None:
        if self.yaml_tree is not None:
            return self.yaml_tree
        try:
            return _compose(self.text)[0]
        except (yaml.YAMLError, ValueError, RecursionError):
            return None


@frozen(eq=False)
class Node:
    """A value of a document and its position."""

    document: Document
    pointer: Pointer
    value: JSON

    def get(self, key: str) -> "Node | None":
        """Return the value under `key`, or None if it is absent or null."""
        value = self.mapping().get(key)
        return None if value is None else Node(self.document, (*self.pointer, key), value)

    def mapping(self) -> dict[str, JSON]:
        """Return the value, which must be an object."""
        if not isinstance(self.value, dict):
            raise self.error(f"expected an object, found {self.summary}")
        return self.value

    def members(self) -> Iterator[tuple[str, "Node"]]:
        """Iterate over the members of an object."""
        for key, value in self.mapping().items():
            yield key, Node(self.document, (*self.pointer, key), value)

    def items(self) -> Iterator["Node"]:
        """Iterate over the items of an array."""
        if not isinstance(self.value, list):
            raise self.error(f"expected an array, found {self.summary}")
        for index, value in enumerate(self.value):
            yield Node(self.document, (*self.pointer, str(index)), value)

    def as_string(self) -> str:
        """Return the value, which must be a string."""
        if not isinstance(self.value, str):
            raise self.error(f"expected a string, found {self.summary}")
        return self.value

    def resolved(self) -> "Node":
        """Follow a chain of `$ref` to its end; without `$ref`, return this node."""
        node, visited = self, {self.pointer}
        while (target := node.reference()) is not None:
            node = target
            if node.pointer in visited:
                raise self.error("$ref leads back to itself")
            visited.add(node.pointer)
        return node

    def reference(self) -> "Node | None":
        """Return the target of `$ref` (RFC 6901, within the document), or None without `$ref`."""
        if not isinstance(self.value, dict) or not isinstance(target := self.value.get("$ref"), str):
            return None
        if not target.startswith("#"):
            raise self.error(f"$ref {target} points to another document; bundle both into one file first")
        if target != "#" and not target.startswith("#/"):
            raise self.error(f"$ref {target} is not a JSON pointer (RFC 6901); anchors are not supported")
        parts = [unquote(part).replace("~1", "/").replace("~0", "~") for part in target[1:].split("/")[1:]]
        value: JSON = self.document.data
        for part in parts:
            match value:
                case dict() if part in value:
                    value = value[part]
                case list() if part.isdecimal() and int(part) < len(value):
                    value = value[int(part)]
                case _:
                    raise self.error(f"$ref {target} points to nothing")
        return Node(self.document, tuple(parts), value)

    @property
    def summary(self) -> str:
        """The value as JSON, truncated for messages."""
        text = json.dumps(self.value, default=str)
        return text if len(text) <= 60 else f"{text[:57]}..."

    def error(self, message: str) -> UnusableError:
        """Create an error about this node; the caller raises it."""
        place = "/".join(self.pointer)
        return UnusableError(
            self.document.source, f"{place}: {message}" if place else message, self.document.line(self.pointer)
        )


def read(source: str) -> Document:
    """Read a JSON or YAML document.

    Args:
        source: A path, or an http or https URL.

    Raises:
        UnusableError: The document cannot be read, or is neither JSON nor YAML.
    """
    return parse(source, _download(source) if source.startswith(("http://", "https://")) else read_text(source))


def parse(source: str, text: str) -> Document:
    """Parse the text of a JSON or YAML document.

    Raises:
        UnusableError: The text is neither JSON nor YAML.
    """
    try:
        if text.lstrip().startswith(("{", "[")):
            try:
                return Document(source, text, json.loads(text), None)
            except json.JSONDecodeError:
                pass  # YAML in flow style starts with the same characters.
        tree, data = _compose(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise UnusableError(source, f"neither JSON nor YAML: {error.problem}", line) from None
    except (yaml.YAMLError, ValueError) as error:
        raise UnusableError(source, f"neither JSON nor YAML: {str(error).partition(chr(10))[0]}") from None
    except RecursionError:
        raise UnusableError(source, "nested too deeply") from None
    return Document(source, text, data, tree)


def _compose(text: str) -> tuple[yaml.Node | None, JSON]:
    loader = _Loader(text)
    try:
        tree = loader.get_single_node()
        if tree is None:
            return None, None
        _reject_cycles(tree, set(), set())
        data: JSON = loader.construct_document(tree)
        return tree, data
    finally:
        loader.dispose()


def _reject_cycles(node: yaml.Node, ancestors: set[yaml.Node], checked: set[yaml.Node]) -> None:
    """Reject an alias of one of its own ancestors: the data would be infinite."""
    if node in ancestors:
        raise yaml.constructor.ConstructorError(None, None, "an alias leads back to itself", node.start_mark)
    if isinstance(node, yaml.ScalarNode) or node in checked:
        return
    ancestors.add(node)
    for child in node.value:
        for value in child if isinstance(child, tuple) else (child,):
            _reject_cycles(value, ancestors, checked)
    ancestors.remove(node)
    checked.add(node)


def read_text(path: str) -> str:
    """Read a text file.

    Raises:
        UnusableError: The file does not exist, cannot be read, or is not UTF-8.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableError(path, getattr(error, "strerror", None) or str(error)) from None


def _download(url: str) -> str:
    body = bytearray()
    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=_TIMEOUT_SECONDS) as response:
            response.raise_for_status()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > _MAX_DOWNLOAD_BYTES:
                    raise UnusableError(url, f"larger than {_MAX_DOWNLOAD_BYTES // 2**20} MiB")
        return body.decode("utf-8-sig")
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise UnusableError(url, str(error).partition("\n")[0] or type(error).__name__) from None
