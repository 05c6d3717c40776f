"""Operations of a document, with their parameters, bodies, responses and security requirements."""

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from attrs import frozen

from .documents import Document, Node, UnusableError, printable
from .security import PLACEHOLDER, SecurityRequirement, requirements, server_url
from .variants import Schema

Key: TypeAlias = tuple[str, str]
"""Method and path of an operation, or location and name of a parameter."""

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_IGNORED_HEADERS: Final = frozenset({"accept", "authorization", "content-type"})  # OpenAPI: "shall be ignored"
_DEFAULT: Final = "default"
_DEFAULT_STYLES: Final = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}


@frozen(eq=False)
class Parameter:
    """A parameter of an operation."""

    name: str
    location: str
    node: Node
    is_required: bool
    is_deprecated: bool
    serialization: str
    """How the value is written: a style, or a media type."""
    schema: Schema


@frozen(eq=False)
class Body:
    """The body of a request or a response: a schema for each media type."""

    node: Node
    is_required: bool
    media: Mapping[str, Schema]


@frozen(eq=False)
class Operation:
    """An operation. Its parts are read on demand: most operations of a large document are never compared."""

    method: str
    path: str
    path_item: Node
    node: Node

    @property
    def name(self) -> str:
        """The operationId; without one, method and path."""
        return self.operation_id or self.place

    @property
    def operation_id(self) -> str | None:
        """The operationId."""
        node = self.node.get("operationId")
        return node.as_string() if node else None

    @property
    def place(self) -> str:
        """Method and path."""
        return f"{self.method.upper()} {self.path}"

    @property
    def key(self) -> Key:
        """Method and path without the names of path parameters."""
        return self.method, PLACEHOLDER.sub("{}", self.path)

    @property
    def is_deprecated(self) -> bool:
        """Whether the operation is marked as deprecated."""
        return _is_true(self.node, "deprecated")

    @property
    def tags(self) -> frozenset[str]:
        """The tags that group operations."""
        node = self.node.get("tags")
        return frozenset(tag.as_string() for tag in node.items()) if node else frozenset()

    def parameters(self) -> dict[Key, Parameter]:
        """Read the parameters by location and name; path parameters by location and position."""
        parameters: dict[Key, Parameter] = {}
        for holder in (self.path_item, self.node):
            nodes = holder.get("parameters")
            for node in nodes.items() if nodes else ():
                parameter = _parameter(node.resolved())
                parameters[self._key(parameter)] = parameter
        ignored = {("header", name) for name in _IGNORED_HEADERS}
        return {key: parameter for key, parameter in parameters.items() if key not in ignored}

    def _key(self, parameter: Parameter) -> Key:
        names = PLACEHOLDER.findall(self.path)
        if parameter.location == "path" and parameter.name in names:
            return "path", str(names.index(parameter.name))
        return parameter.location, parameter.name.lower() if parameter.location == "header" else parameter.name

    def request_body(self) -> Body | None:
        """Read the body of the request."""
        node = self.node.get("requestBody")
        return _body(node.resolved()) if node else None

    def responses(self) -> dict[str, Body]:
        """Read the responses by status code."""
        responses = self.node.get("responses")
        if responses is None:
            return {}
        return {
            status if status == _DEFAULT else status.upper(): _body(node.resolved())
            for status, node in responses.members() if not status.startswith("x-")
        }  # fmt: skip

    def security(self) -> list[SecurityRequirement]:
        """Read the security requirements, of which a call must satisfy one."""
        node = self.node.get("security") or self.node.document.root.get("security")
        return requirements(node) if node else [()]

    def servers(self) -> tuple[str, ...]:
        """Read the URLs of the servers; the first one is the default."""
        holders = (self.node, self.path_item, self.node.document.root)
        node = next((servers for holder in holders if (servers := holder.get("servers"))), None)
        return tuple(dict.fromkeys(server_url(server) for server in node.items())) if node else ()


def read_operations(document: Document) -> dict[Key, Operation]:
    """Read the operations of a document.

    Raises:
        UnusableError: The document is not an OpenAPI 3 document.
    """
    version, paths = document.root.get("openapi"), document.root.get("paths")
    if version is None or not str(version.value).startswith("3."):
        raise UnusableError(document.source, "not an OpenAPI document of version 3: `openapi` must be 3.0.x or 3.1.x")
    operations = (operation for path, item in (paths.members() if paths else ()) for operation in _in_item(path, item))
    return {operation.key: operation for operation in operations}


def _in_item(path: str, item: Node) -> Iterator[Operation]:
    if path.startswith("x-"):
        return
    item = item.resolved()
    for method in _METHODS:
        if (node := item.get(method)) is not None:
            node.mapping()
            yield Operation(method, path, item, node)


def _is_true(node: Node, keyword: str) -> bool:
    flag = node.get(keyword)
    return flag is not None and flag.value is True


def _parameter(node: Node) -> Parameter:
    name, location = node.get("name"), node.get("in")
    if name is None or location is None:
        raise node.error("a parameter needs `name` and `in`")
    schema, content = node.get("schema"), node.get("content")
    media = _media(content) if content else {}
    serialization = next(iter(media), None) or _style(node, location.as_string())
    return Parameter(
        name.as_string(), location.as_string(), node, _is_true(node, "required") or location.value == "path",
        _is_true(node, "deprecated"), serialization, (schema,) if schema else next(iter(media.values()), ()),
    )  # fmt: skip


def _style(node: Node, location: str) -> str:
    explicit, explode = node.get("style"), node.get("explode")
    style = explicit.as_string() if explicit else _DEFAULT_STYLES.get(location, "simple")
    is_exploded = style == "form" if explode is None else explode.value is True
    return f"{style}, {'exploded' if is_exploded else 'not exploded'}"


def _body(node: Node) -> Body:
    content = node.get("content")
    return Body(node, _is_true(node, "required"), _media(content) if content else {})


def _media(content: Node) -> dict[str, Schema]:
    return {
        name.partition(";")[0].strip().lower(): (schema,) if (schema := media.resolved().get("schema")) else ()
        for name, media in content.members()
    }


def matching_status(status: str, responses: Mapping[str, Body]) -> str | None:
    """Return the key that documents a status: the status itself, its range such as 4XX, or `default`."""
    return next((key for key in (status, f"{status[:1]}XX", _DEFAULT) if key in responses), None)


def title(document: Document) -> str:
    """Return the title of a document."""
    info = document.root.get("info")
    node = info.get("title") if info else None
    return printable(str(node.value)) if node else ""
