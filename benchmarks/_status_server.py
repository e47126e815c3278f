"""A vendor reduced to its status page: every job is always running. A process of its own, so that its work is not ours.

``python -m benchmarks._status_server`` prints its port and answers until its standard input ends.
"""

from __future__ import annotations

import asyncio
import sys

ANSWER = b'{"status":"IN_PROGRESS","request_id":"0","logs":[]}'
RESPONSE = (
    b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(ANSWER) + ANSWER
)


class Status(asyncio.Protocol):
    """Answers whatever ends in an empty line."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._asked = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        *asked, self._asked = (self._asked + data).split(b"\r\n\r\n")
        self._transport.write(RESPONSE * len(asked))


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Status, "127.0.0.1", 0, backlog=2048)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
