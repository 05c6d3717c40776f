"""A fast server: responds from memory, over HTTP and HTTPS, in a process of its own.

`python -m benchmarks.server FILE` prints the two URLs, and writes the certificates to trust to the file.
"""

import asyncio
import json
import ssl
import sys
from pathlib import Path

import certifi
import trustme

from .cards import cards


def response(body: bytes) -> bytes:
    """Return a response with head and body."""
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body


CARD = response(json.dumps(json.loads(cards(2))["data"][1]).encode())
LISTS: dict[int, bytes] = {}


def list_response(target: bytes) -> bytes:
    """Return a list of as many models as the parameter `model` says; 46 without it."""
    count = int(target.rpartition(b"model=")[2] or 46) if b"model=" in target else 46
    if count not in LISTS:
        LISTS[count] = response(cards(count))
    return LISTS[count]


class Connection(asyncio.Protocol):
    """Responds to requests without a body."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.received = b""

    def data_received(self, data: bytes) -> None:
        """Respond to every request that has been received in full."""
        self.received += data
        while b"\r\n\r\n" in self.received:
            head, _, self.received = self.received.partition(b"\r\n\r\n")
            target = head.split(b" ", 2)[1]
            path = target.partition(b"?")[0]
            self.transport.write(list_response(target) if path == b"/v1/models" else CARD)


def tls_context(trusted: Path) -> ssl.SSLContext:
    """Create a certificate for localhost, and write the certificates to trust to a file."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    # The usual number of certificates, so that loading them takes the usual time.
    trusted.write_bytes(Path(certifi.where()).read_bytes() + authority.cert_pem.bytes())
    return context


async def main(trusted: Path) -> None:
    """Serve until standard input ends."""
    context = tls_context(trusted)
    loop = asyncio.get_running_loop()
    plain = await loop.create_server(Connection, "127.0.0.1", 0)
    secure = await loop.create_server(Connection, "127.0.0.1", 0, ssl=context)
    ports = [server.sockets[0].getsockname()[1] for server in (plain, secure)]
    print(f"http://127.0.0.1:{ports[0]} https://localhost:{ports[1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
