"""What editors ask about a program: jedi in this process, and the language server of pyright."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

import jedi

from tests.conftest import ROOT


class Place(NamedTuple):
    """A place in a program, counted from 0."""

    line: int
    column: int


class Editor(Protocol):
    """The questions, about a place in a program."""

    def completions(self, program: str, place: Place) -> set[str]:
        """Return the suggested names."""

    def parameters(self, program: str, place: Place) -> set[str]:
        """Return the parameters of the function that is being called."""

    def definition(self, program: str, place: Place) -> Path:
        """Return the file with the definition of a name."""

    def hover(self, program: str, place: Place) -> str:
        """Return the documentation of a name."""


class Jedi:
    """Asks jedi, which IPython, Jupyter and several editors use.

    Args:
        cache: The folder for parsed modules. Processes must not share one: jedi would read files that another one is
            still writing.
    """

    def __init__(self, cache: Path) -> None:
        jedi.settings.cache_directory = cache

    def completions(self, program: str, place: Place) -> set[str]:
        """Return the suggested names."""
        return {found.name for found in jedi.Script(program).complete(place.line + 1, place.column)}

    def parameters(self, program: str, place: Place) -> set[str]:
        """Return the parameters of the function that is being called."""
        (signature,) = jedi.Script(program).get_signatures(place.line + 1, place.column)
        return {parameter.name for parameter in signature.params}

    def definition(self, program: str, place: Place) -> Path:
        """Return the file with the definition of a name."""
        (found,) = jedi.Script(program).goto(place.line + 1, place.column, follow_imports=True)
        return Path(found.module_path)

    def hover(self, program: str, place: Place) -> str:
        """Return the documentation of a name."""
        return "\n".join(found.docstring() for found in jedi.Script(program).help(place.line + 1, place.column))


class Pyright:
    """Asks a language server, as VS Code and other editors do.

    Args:
        server: The process, whose standard streams carry the messages.
        folder: The workspace.
    """

    def __init__(self, server: "subprocess.Popen[bytes]", folder: Path) -> None:
        assert server.stdin is not None
        assert server.stdout is not None
        self._input, self._output = server.stdin, server.stdout
        self._uri = (folder / "program.py").as_uri()
        self._last = 0
        capabilities = {"textDocument": {"hover": {"contentFormat": ["plaintext"]}}}
        folders = [{"uri": folder.as_uri(), "name": "workspace"}]
        self._request("initialize", {"processId": None, "capabilities": capabilities, "workspaceFolders": folders})
        self._send({"method": "initialized", "params": {}})

    def completions(self, program: str, place: Place) -> set[str]:
        """Return the suggested names."""
        return {item["label"] for item in self._ask("completion", program, place)["items"]}

    def parameters(self, program: str, place: Place) -> set[str]:
        """Return the parameters of the function that is being called."""
        (signature,) = self._ask("signatureHelp", program, place)["signatures"]
        return {parameter["label"].partition(":")[0] for parameter in signature["parameters"]}

    def definition(self, program: str, place: Place) -> Path:
        """Return the file with the definition of a name."""
        (found,) = self._ask("definition", program, place)
        return Path(unquote(urlsplit(found["uri"]).path))

    def hover(self, program: str, place: Place) -> str:
        """Return the documentation of a name."""
        return str(self._ask("hover", program, place)["contents"]["value"])

    def _ask(self, question: str, program: str, place: Place) -> Any:
        document = {"uri": self._uri, "languageId": "python", "version": 1, "text": program}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        position = {"line": place.line, "character": place.column}
        result = self._request(f"textDocument/{question}", {"textDocument": {"uri": self._uri}, "position": position})
        self._send({"method": "textDocument/didClose", "params": {"textDocument": {"uri": self._uri}}})
        return result

    def _request(self, method: str, params: dict[str, Any]) -> Any:
        self._last += 1
        self._send({"id": self._last, "method": method, "params": params})
        while True:
            message = self._receive()
            if "method" in message and "id" in message:  # a request of the server, such as for settings
                self._send({"id": message["id"], "result": None})
            elif message.get("id") == self._last:
                return message["result"]

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._input.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._input.flush()

    def _receive(self) -> dict[str, Any]:
        length = 0
        while (header := self._output.readline().strip()) != b"":
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        message: dict[str, Any] = json.loads(self._output.read(length))
        return message


@contextmanager
def pyright(folder: Path) -> Iterator[Pyright]:
    """Run the language server in a folder."""
    paths = [str(ROOT / name) for name in ("overlay", "generated")]
    (folder / "pyrightconfig.json").write_text(json.dumps({"extraPaths": paths}), encoding="utf-8")
    command = [str(Path(sys.executable).parent / "pyright-langserver"), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder) as server:
        yield Pyright(server, folder)
        server.terminate()
