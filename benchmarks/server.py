"""A server that costs little itself: answers from memory, over HTTP or TLS, in a process of its own.

`python -m benchmarks.server FILE` prints the two URLs, and writes the certificate to trust to the file.
"""

import asyncio
import json
import ssl
import sys
from pathlib import Path

import certifi
import trustme

from .cards import cards


def reply(body: bytes) -> bytes:
    """Make a whole answer."""
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body


ONE = reply(json.dumps(json.loads(cards(2))["data"][1]).encode())
LISTS: dict[int, bytes] = {}


def listed(target: bytes) -> bytes:
    """Make the list whose length is the value of `model`, 80 without one."""
    count = int(target.rpartition(b"model=")[2] or 80) if b"model=" in target else 80
    if count not in LISTS:
        LISTS[count] = reply(cards(count))
    return LISTS[count]


class Answering(asyncio.Protocol):
    """One connection: a request without a body gets an answer."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.received = b""

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self.received += data
        while b"\r\n\r\n" in self.received:
            head, _, self.received = self.received.partition(b"\r\n\r\n")
            target = head.split(b" ", 2)[1]
            path = target.partition(b"?")[0]
            self.transport.write(listed(target) if path == b"/v1/models" else ONE)


def certified(trusted: Path) -> ssl.SSLContext:
    """Make a certificate for localhost, and write what to trust."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    # As many certificates as everywhere else, so that reading them costs what it costs everywhere else.
    trusted.write_bytes(Path(certifi.where()).read_bytes() + authority.cert_pem.bytes())
    return context


async def main(trusted: Path) -> None:
    """Serve until standard input ends."""
    context = certified(trusted)
    loop = asyncio.get_running_loop()
    plain = await loop.create_server(Answering, "127.0.0.1", 0)
    secure = await loop.create_server(Answering, "127.0.0.1", 0, ssl=context)
    ports = [server.sockets[0].getsockname()[1] for server in (plain, secure)]
    print(f"http://127.0.0.1:{ports[0]} https://localhost:{ports[1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
