"""The load, in a process of its own: reads one job a line, answers with one line of figures.

A job is a closed loop of so many clients for so many seconds: each sends, waits for the whole answer, notes how long
it took and sends again. HTTP goes over kept connections; a reader of our own keeps the client's share of the machine
small.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import cycle
from typing import Any
from uuid import UUID

import asyncpg
import uvloop

Turn = Callable[[], Awaitable[int]]
MOST_REQUESTS = 60_000
LENGTH = b"content-length:"


class Wrong(Exception):
    """An answer that is not the one that was asked for: its figures would be worthless."""


class Connection(asyncio.Protocol):
    """One kept connection; one request at a time."""

    def __init__(self) -> None:
        self.buffer = b""
        self.whole = 0
        self.transport: Any = None
        self.waiting: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_exception(error or Wrong("the server hung up"))

    def ask(self, request: bytes) -> asyncio.Future[bytes]:
        self.buffer, self.whole = b"", 0
        self.waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.waiting

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.whole:
            head = self.buffer.find(b"\r\n\r\n")
            if head < 0:
                return
            at = self.buffer[:head].lower().find(LENGTH)
            if at < 0:
                self._fail(Wrong(f"no length in {self.buffer[:200]!r}"))
                return
            self.whole = head + 4 + int(self.buffer[at + len(LENGTH) :].split(b"\r\n", 1)[0])
        if len(self.buffer) >= self.whole and self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(self.buffer)

    def _fail(self, error: Exception) -> None:
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_exception(error)


async def answer(port: int, request: bytes) -> bytes:
    """The whole answer to one request, head and body."""
    _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    found = await connection.ask(request)
    connection.transport.close()
    return found


async def _http_turn(port: int, requests: list[bytes], wanted: bytes) -> Turn:
    _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    following = cycle(requests)

    async def turn() -> int:
        found = await connection.ask(next(following))
        if not found.startswith(b"HTTP/1.1 " + wanted):
            raise Wrong(found[:400].decode("latin-1"))
        return len(found)

    return turn


async def _commit_turn(dsn: str, row: UUID) -> Turn:
    """The barest thing that is durable: one row changed, one commit, nothing between us and the database."""
    link = await asyncpg.connect(dsn)
    statement = await link.prepare("UPDATE session SET last_seen_at = now() WHERE id = $1")

    async def turn() -> int:
        await statement.fetch(row)
        return 0

    return turn


async def _client(turn: Turn, until: float, times: list[float]) -> int:
    received = 0
    while (began := time.perf_counter()) < until and len(times) < MOST_REQUESTS:
        received += await turn()
        times.append(time.perf_counter() - began)
    return received


async def run(job: dict[str, Any]) -> dict[str, float]:
    """Requests a second and percentiles of one job."""
    if job["kind"] == "http":
        turns = [
            await _http_turn(job["port"], [text.encode("latin-1") for text in own], job["status"].encode())
            for own in job["requests"]
        ]
    else:
        turns = [await _commit_turn(job["dsn"], UUID(row)) for row in job["rows"]]
    times: list[float] = []
    began = time.perf_counter()
    received = await asyncio.gather(*(_client(turn, began + job["seconds"], times) for turn in turns))
    took = time.perf_counter() - began
    times.sort()
    return {
        "rate": len(times) / took,
        "p50": times[len(times) // 2] * 1000,
        "p95": times[int(len(times) * 0.95)] * 1000,
        "bytes": sum(received) / len(times),
        "count": len(times),
    }


def main() -> None:
    for line in sys.stdin:
        try:
            print(json.dumps(uvloop.run(run(json.loads(line)))), flush=True)
        except (Wrong, OSError, asyncpg.PostgresError) as fault:
            print(json.dumps({"fault": f"{type(fault).__name__}: {fault}"}), flush=True)


if __name__ == "__main__":
    main()
