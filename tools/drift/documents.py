"""Reading a document from a file or a URL, and pointing into it. What OpenAPI means is not known here."""

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
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]  # the same, without libyaml

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"
Pointer: TypeAlias = tuple[str, ...]

_TIMEOUT = 60
_LARGEST = 64 * 1024 * 1024


class UnusableError(Exception):
    """An input with which nothing can be done; says which, and the line where that is known."""

    def __init__(self, source: str, message: str, line: int | None = None) -> None:
        super().__init__(f"{source}{f':{line}' if line else ''}: {message}")


class _Loader(_SafeLoader):
    """YAML as OpenAPI wants it (the JSON schema of YAML 1.2): dates and `no` are strings, and so are all keys."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # the name is PyYAML's
        first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith((":timestamp", ":bool", ":value"))]
        for first, pairs in _SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> "dict[str, JSON]":  # type: ignore[override]  # noqa: FBT001, FBT002
        self.flatten_mapping(node)
        found: dict[str, JSON] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be a word", key.start_mark)
            found[key.value] = self.construct_object(value, deep=deep)
        return found


def _refuse(_: _Loader, node: yaml.Node) -> JSON:
    raise yaml.constructor.ConstructorError(None, None, f"JSON has no {node.tag}", node.start_mark)


for _name in ("binary", "omap", "pairs", "set", "timestamp"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_name}", _refuse)
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), [*"tTfF"])


@frozen(eq=False, slots=False)
class Document:
    """A parsed file. Its lines are looked up on demand, from the tree of the YAML parser."""

    source: str
    text: str
    data: JSON
    tree: yaml.Node | None
    """What the parser made; None where the file was JSON and was read without it."""

    @property
    def root(self) -> "Node":
        """The whole document."""
        return Node(self, (), self.data)

    def line(self, pointer: Pointer) -> int | None:
        """Find the line, counted from 1, at which the value at `pointer` is named; None where that is not known."""
        node, line = self._tree, 1
        for part in pointer:
            pairs: list[tuple[str, yaml.Node, yaml.Node]]
            if isinstance(node, yaml.MappingNode):
                pairs = [(key.value, key, value) for key, value in node.value]
            elif isinstance(node, yaml.SequenceNode):
                pairs = [(str(index), item, item) for index, item in enumerate(node.value)]
            else:
                return None
            found = next(((at, value) for name, at, value in pairs if name == part), None)
            if found is None:
                return None
            line, node = found[0].start_mark.line + 1, found[1]
        return line

    @cached_property
    def _tree(self) -> yaml.Node | None:
        if self.tree is not None:
            return self.tree
        try:
            return _compose(self.text)[0]
        except (yaml.YAMLError, ValueError, RecursionError):
            return None


@frozen(eq=False)
class Node:
    """A value and where it stands."""

    document: Document
    pointer: Pointer
    value: JSON

    def get(self, key: str) -> "Node | None":
        """The value under `key`, or None."""
        value = self.mapping().get(key)
        return None if value is None else Node(self.document, (*self.pointer, key), value)

    def mapping(self) -> dict[str, JSON]:
        """The value, which must be an object."""
        if not isinstance(self.value, dict):
            raise self.fault(f"expected an object, found {self.shown}")
        return self.value

    def fields(self) -> Iterator[tuple[str, "Node"]]:
        """The members of an object."""
        for key, value in self.mapping().items():
            yield key, Node(self.document, (*self.pointer, key), value)

    def items(self) -> Iterator["Node"]:
        """The items of an array."""
        if not isinstance(self.value, list):
            raise self.fault(f"expected an array, found {self.shown}")
        for index, value in enumerate(self.value):
            yield Node(self.document, (*self.pointer, str(index)), value)

    def word(self) -> str:
        """The value, which must be a string."""
        if not isinstance(self.value, str):
            raise self.fault(f"expected a string, found {self.shown}")
        return self.value

    def followed(self) -> "Node":
        """What a chain of `$ref` leads to; the value itself where there is none."""
        node, passed = self, {self.pointer}
        while (reference := node.reference()) is not None:
            node = reference
            if node.pointer in passed:
                raise self.fault("$ref leads back to itself")
            passed.add(node.pointer)
        return node

    def reference(self) -> "Node | None":
        """What `$ref` leads to (RFC 6901 within the document), or None where there is none."""
        if not isinstance(self.value, dict) or not isinstance(target := self.value.get("$ref"), str):
            return None
        if not target.startswith("#"):
            raise self.fault(f"$ref {target} leaves the document; bundle it into one file first")
        if target != "#" and not target.startswith("#/"):
            raise self.fault(f"$ref {target} is no path of the document (RFC 6901); anchors are not looked for")
        parts = [unquote(part).replace("~1", "/").replace("~0", "~") for part in target[1:].split("/")[1:]]
        value: JSON = self.document.data
        for part in parts:
            match value:
                case dict() if part in value:
                    value = value[part]
                case list() if part.isdecimal() and int(part) < len(value):
                    value = value[int(part)]
                case _:
                    raise self.fault(f"$ref {target} leads nowhere")
        return Node(self.document, tuple(parts), value)

    @property
    def shown(self) -> str:
        """The value in a few words, for messages."""
        text = json.dumps(self.value, default=str)
        return text if len(text) <= 60 else f"{text[:57]}..."

    def fault(self, message: str) -> UnusableError:
        """Make the error that says what is wrong here."""
        place = "/".join(self.pointer)
        return UnusableError(
            self.document.source, f"{place}: {message}" if place else message, self.document.line(self.pointer)
        )


def read(source: str) -> Document:
    """Read JSON or YAML.

    Args:
        source: A path, or a URL of http or https.

    Raises:
        UnusableError: It cannot be had, or is neither JSON nor YAML.
    """
    return parse(source, _fetch(source) if source.startswith(("http://", "https://")) else load(source))


def parse(source: str, text: str) -> Document:
    """Parse JSON or YAML that is at hand."""
    try:
        if text.lstrip().startswith(("{", "[")):
            try:
                return Document(source, text, json.loads(text), None)
            except json.JSONDecodeError:
                pass  # YAML in flow style begins alike
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
        _refuse_cycles(tree, set(), set())
        data: JSON = loader.construct_document(tree)
        return tree, data
    finally:
        loader.dispose()


def _refuse_cycles(node: yaml.Node, above: set[yaml.Node], done: set[yaml.Node]) -> None:
    """Refuse an alias of what it stands in: it would have no end."""
    if node in above:
        raise yaml.constructor.ConstructorError(None, None, "an alias leads back to itself", node.start_mark)
    if isinstance(node, yaml.ScalarNode) or node in done:
        return
    above.add(node)
    for child in node.value:
        for one in child if isinstance(child, tuple) else (child,):
            _refuse_cycles(one, above, done)
    above.remove(node)
    done.add(node)


def load(source: str) -> str:
    """Read the text of a file.

    Raises:
        UnusableError: There is none, or it is not UTF-8.
    """
    try:
        return Path(source).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableError(source, getattr(error, "strerror", None) or str(error)) from None


def _fetch(url: str) -> str:
    body = bytearray()
    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=_TIMEOUT) as response:
            response.raise_for_status()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > _LARGEST:
                    raise UnusableError(url, f"longer than {_LARGEST // 2**20} MiB")
        return body.decode("utf-8-sig")
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise UnusableError(url, str(error).partition("\n")[0] or type(error).__name__) from None
