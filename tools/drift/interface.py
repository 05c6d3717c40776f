"""What a document says about HTTP: its operations with their parameters, bodies, answers and ways to authenticate."""

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from attrs import frozen

from .access import NAME, Way, url, ways
from .documents import Document, Node, UnusableError
from .variants import Schema

Key: TypeAlias = tuple[str, str]

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_HEADERS_OF_OTHERS: Final = frozenset({"accept", "authorization", "content-type"})  # "shall be ignored", says OpenAPI
_REST: Final = "default"
_STYLES: Final = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}


@frozen(eq=False)
class Parameter:
    """A parameter of an operation."""

    name: str
    location: str
    node: Node
    is_required: bool
    is_deprecated: bool
    notation: str
    """How the value is written: its style, or its media type."""
    schema: Schema


@frozen(eq=False)
class Body:
    """What a request or an answer carries: a schema for each media type."""

    node: Node
    is_required: bool
    media: Mapping[str, Schema]


@frozen(eq=False)
class Operation:
    """One call. What it consists of is read when it is asked for: most operations of a large document never are."""

    method: str
    path: str
    item: Node
    node: Node

    @property
    def name(self) -> str:
        """Its operationId, else method and path."""
        return self.operation_id or self.place

    @property
    def operation_id(self) -> str | None:
        """Its operationId."""
        found = self.node.get("operationId")
        return found.word() if found else None

    @property
    def place(self) -> str:
        """Method and path."""
        return f"{self.method.upper()} {self.path}"

    @property
    def key(self) -> Key:
        """The same whatever the parameters of the path are called."""
        return self.method, NAME.sub("{}", self.path)

    @property
    def is_deprecated(self) -> bool:
        """Whether it will go one day."""
        return _is_true(self.node, "deprecated")

    @property
    def tags(self) -> frozenset[str]:
        """What it is filed under."""
        found = self.node.get("tags")
        return frozenset(tag.word() for tag in found.items()) if found else frozenset()

    def parameters(self) -> dict[Key, Parameter]:
        """Read the parameters, by location and name; those of the path by their position."""
        found: dict[Key, Parameter] = {}
        for holder in (self.item, self.node):
            listed = holder.get("parameters")
            for node in listed.items() if listed else ():
                parameter = _parameter(node.followed())
                found[self._key(parameter)] = parameter
        ignored = {("header", name) for name in _HEADERS_OF_OTHERS}
        return {key: parameter for key, parameter in found.items() if key not in ignored}

    def _key(self, parameter: Parameter) -> Key:
        names = NAME.findall(self.path)
        if parameter.location == "path" and parameter.name in names:
            return "path", str(names.index(parameter.name))
        return parameter.location, parameter.name.lower() if parameter.location == "header" else parameter.name

    def body(self) -> Body | None:
        """Read what is sent."""
        found = self.node.get("requestBody")
        return _body(found.followed()) if found else None

    def answers(self) -> dict[str, Body]:
        """Read what may come back, by status."""
        found = self.node.get("responses")
        if found is None:
            return {}
        return {
            one if one == _REST else one.upper(): _body(node.followed())
            for one, node in found.fields() if not one.startswith("x-")
        }  # fmt: skip

    def security(self) -> list[Way]:
        """Read the ways to authenticate, of which a call needs one."""
        found = self.node.get("security") or self.node.document.root.get("security")
        return ways(found) if found else [()]

    def servers(self) -> tuple[str, ...]:
        """Read the URLs that it can be called at, the first one being the usual one."""
        holders = (self.node, self.item, self.node.document.root)
        found = next((servers for holder in holders if (servers := holder.get("servers"))), None)
        return tuple(dict.fromkeys(url(server) for server in found.items())) if found else ()


def operations(document: Document) -> dict[Key, Operation]:
    """Find the operations of a document.

    Raises:
        UnusableError: It is not a document of OpenAPI 3.
    """
    version, paths = document.root.get("openapi"), document.root.get("paths")
    if version is None or not str(version.value).startswith("3."):
        raise UnusableError(document.source, "not an OpenAPI document of version 3: `openapi` must be 3.0.x or 3.1.x")
    found = (operation for path, item in (paths.fields() if paths else ()) for operation in _item(path, item))
    return {operation.key: operation for operation in found}


def _item(path: str, item: Node) -> Iterator[Operation]:
    if path.startswith("x-"):
        return
    item = item.followed()
    for method in _METHODS:
        if (node := item.get(method)) is not None:
            node.mapping()
            yield Operation(method, path, item, node)


def _is_true(node: Node, word: str) -> bool:
    found = node.get(word)
    return found is not None and found.value is True


def _parameter(node: Node) -> Parameter:
    name, location = node.get("name"), node.get("in")
    if name is None or location is None:
        raise node.fault("a parameter needs `name` and `in`")
    schema, content = node.get("schema"), node.get("content")
    media = _media(content) if content else {}
    notation = next(iter(media), None) or _style(node, location.word())
    return Parameter(
        name.word(), location.word(), node, _is_true(node, "required") or location.value == "path",
        _is_true(node, "deprecated"), notation, (schema,) if schema else next(iter(media.values()), ()),
    )  # fmt: skip


def _style(node: Node, location: str) -> str:
    said, explode = node.get("style"), node.get("explode")
    style = said.word() if said else _STYLES.get(location, "simple")
    is_exploded = style == "form" if explode is None else explode.value is True
    return f"{style}, {'exploded' if is_exploded else 'not exploded'}"


def _body(node: Node) -> Body:
    content = node.get("content")
    return Body(node, _is_true(node, "required"), _media(content) if content else {})


def _media(content: Node) -> dict[str, Schema]:
    return {
        name.partition(";")[0].strip().lower(): (schema,) if (schema := media.followed().get("schema")) else ()
        for name, media in content.fields()
    }


def described(status: str, answers: Mapping[str, Body]) -> str | None:
    """What describes a status: the status itself, the range that it is in, or what stands for all others."""
    return next((known for known in (status, f"{status[:1]}XX", _REST) if known in answers), None)


def title(document: Document) -> str:
    """What a document calls itself."""
    info = document.root.get("info")
    found = info.get("title") if info else None
    return str(found.value) if found else ""
